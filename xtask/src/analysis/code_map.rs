//! What a shipped file consists of, as a tree: section, crate, function. Of one build, or of two beside each other.

use super::symbols::{SymbolTable, group_of};
use crate::data::variant::Variant;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// A shipped file before and after, as far as it is known.
#[derive(Clone, Debug)]
pub struct CodeMap {
    /// Of which variant.
    pub variant: Variant,
    /// As the baseline has it.
    pub before: Option<Build>,
    /// As it was built.
    pub after: Option<Build>,
    /// Why one of them is missing, a sentence each.
    pub notes: Vec<String>,
    /// The sections of the file that was built, the largest first: what is around the main module too.
    pub sections: Vec<(String, u64)>,
}

/// One build of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// The length of the shipped file.
    pub file_bytes: u64,
    /// The symbols of its main module.
    pub symbols: SymbolTable,
}

/// Which bytes the areas stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Those of the baseline.
    Before,
    /// Those that were built.
    After,
    /// Those between the two, grown or shrunk.
    Change,
}

/// A part of a file, and what it consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Section, crate or symbol.
    pub name: String,
    /// What its area stands for: of the view.
    pub area_bytes: u64,
    /// Bytes in the baseline; absent where it was not there.
    pub before_bytes: Option<u64>,
    /// Bytes as built; absent where it is gone.
    pub after_bytes: Option<u64>,
    /// What it consists of, the largest first; empty of a symbol.
    pub parts: Vec<Part>,
}

/// How a part changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It did not.
    Same,
    /// More bytes.
    Grew,
    /// Fewer bytes.
    Shrank,
    /// It was not there.
    New,
    /// It is not there any more.
    Gone,
}

impl Part {
    /// How it changed.
    pub fn mark(&self) -> Mark {
        match (self.before_bytes, self.after_bytes) {
            (None, Some(_)) => Mark::New,
            (Some(_), None) => Mark::Gone,
            (before, after) if before < after => Mark::Grew,
            (before, after) if before > after => Mark::Shrank,
            _ => Mark::Same,
        }
    }
}

/// Everything of the main module is in its code, its data, or what describes both; the rest of the file is around it.
const CODE: &str = "code";
const DATA: &str = "data";
const FORMAT: &str = "sections and framing";
const AROUND: &str = "around the main module";

/// What is smaller than this part of the whole is drawn together with its neighbours: nobody could tell it apart.
const SMALLEST: u64 = 2_000;
/// The same for crates.
const SMALLEST_CRATE: u64 = 250;

impl CodeMap {
    /// Whether both builds are known.
    pub fn is_compared(&self) -> bool {
        self.before.is_some() && self.after.is_some()
    }

    /// Whether both are known and differ.
    pub fn is_changed(&self) -> bool {
        self.is_compared() && self.before != self.after
    }

    /// Whether there is something to draw.
    pub fn has(&self, view: View) -> bool {
        match view {
            View::Before => self.before.is_some(),
            View::After => self.after.is_some(),
            View::Change => self.is_changed(),
        }
    }

    /// The sections, largest first, with their crates and functions; the areas add up to the file's length.
    pub fn tree(&self, view: View) -> Vec<Part> {
        let mut sections: BTreeMap<&str, BTreeMap<String, Vec<Part>>> = BTreeMap::new();
        for (section, owner, part) in self.symbols(view) {
            sections.entry(section).or_default().entry(owner).or_default().push(part);
        }
        let total = sections.values().flat_map(BTreeMap::values).map(|parts| total(parts)).fold(0, u64::saturating_add);
        let section = |(name, owners): (&str, BTreeMap<String, Vec<Part>>)| {
            let owners = owners.into_iter().map(|(owner, parts)| sum(owner, merged(parts, total / SMALLEST, "smaller symbols")));
            let parts = match name {
                CODE => merged(owners.collect(), total / SMALLEST_CRATE, "smaller crates"),
                // Only code has crates.
                _ => owners.flat_map(|owner| owner.parts).collect(),
            };
            sum(name.to_string(), sorted(parts))
        };
        sorted(sections.into_iter().map(section).collect())
    }

    /// Each crate with its bytes in both, the largest first. What has no crate is in brackets.
    pub fn crates(&self) -> Vec<Part> {
        let mut crates: BTreeMap<String, Vec<Part>> = BTreeMap::new();
        for (_, owner, part) in self.symbols(self.last()) {
            crates.entry(owner).or_default().push(part);
        }
        sorted(crates.into_iter().map(|(name, parts)| sum(name, parts)).collect())
    }

    /// Each symbol that is in the code, the largest first.
    pub fn functions(&self) -> Vec<Part> {
        let functions = self.symbols(self.last()).into_iter().filter(|(section, ..)| *section == CODE);
        sorted(functions.map(|(.., part)| part).collect())
    }

    /// Each symbol that changed, the largest change first.
    pub fn changes(&self) -> Vec<Part> {
        let changes = if self.is_compared() { self.symbols(View::Change) } else { Vec::new() };
        sorted(changes.into_iter().map(|(.., part)| part).collect())
    }

    /// The newest build there is.
    pub fn last(&self) -> View {
        if self.after.is_some() { View::After } else { View::Before }
    }

    /// Section, crate and symbol of everything that has an area in the view.
    fn symbols(&self, view: View) -> Vec<(&'static str, String, Part)> {
        let [before, after] = [&self.before, &self.after].map(|build| build.as_ref().map(|build| &build.symbols));
        let names: BTreeSet<&String> = before.into_iter().chain(after).flat_map(BTreeMap::keys).collect();
        let bytes = |table: Option<&SymbolTable>, name: &str| table?.get(name).map(|size| size.bytes);
        let mut found: Vec<(&'static str, String, Part)> = Vec::new();
        for name in names {
            let group = group_of(name);
            let (section, shown) = match group.as_str() {
                "[data]" => (DATA, name.strip_prefix("data ").unwrap_or(name)),
                "[sections]" => (FORMAT, name.strip_prefix("section ").unwrap_or(name)),
                _ => (CODE, name.as_str()),
            };
            found.push((section, group, self.part(shown, view, bytes(before, name), bytes(after, name))));
        }
        let rest = |build: &Option<Build>| build.as_ref().map(around).filter(|bytes| *bytes > 0);
        found.push((AROUND, "[around]".into(), self.part("component", view, rest(&self.before), rest(&self.after))));
        found.retain(|(.., part)| part.area_bytes > 0);
        found
    }

    fn part(&self, name: &str, view: View, before: Option<u64>, after: Option<u64>) -> Part {
        let area_bytes = match view {
            View::Before => before.unwrap_or(0),
            View::After => after.unwrap_or(0),
            View::Change => before.unwrap_or(0).abs_diff(after.unwrap_or(0)),
        };
        // Of a single build nothing is new or gone.
        let (before_bytes, after_bytes) = if self.is_compared() { (before, after) } else { (before.or(after), after.or(before)) };
        Part { name: name.to_string(), area_bytes, before_bytes, after_bytes, parts: Vec::new() }
    }
}

/// The bytes of a file that are not its main module's.
fn around(build: &Build) -> u64 {
    let own = build.symbols.values().fold(0_u64, |sum, size| sum.saturating_add(size.bytes));
    build.file_bytes.saturating_sub(own)
}

/// The bytes that the areas of `parts` stand for, at most what there can be: tables are read from files, and those may say anything.
pub fn total(parts: &[Part]) -> u64 {
    parts.iter().fold(0, |sum, part| sum.saturating_add(part.area_bytes))
}

fn sum(name: String, parts: Vec<Part>) -> Part {
    let of = |pick: fn(&Part) -> Option<u64>| {
        parts.iter().filter_map(pick).fold(None, |sum: Option<u64>, bytes| Some(sum.unwrap_or(0).saturating_add(bytes)))
    };
    let (before_bytes, after_bytes) = (of(|part| part.before_bytes), of(|part| part.after_bytes));
    let area_bytes = total(&parts);
    Part { name, area_bytes, before_bytes, after_bytes, parts }
}

/// The parts of at least `least` bytes, and one more of all others if they are two or more.
fn merged(parts: Vec<Part>, least: u64, what: &str) -> Vec<Part> {
    let (mut large, small): (Vec<Part>, Vec<Part>) = parts.into_iter().partition(|part| part.area_bytes >= least);
    match small.len() {
        0 | 1 => large.extend(small),
        count => large.push(Part { parts: Vec::new(), ..sum(format!("{count} {what}"), small) }),
    }
    sorted(large)
}

fn sorted(mut parts: Vec<Part>) -> Vec<Part> {
    parts.sort_by(|a, b| (Reverse(a.area_bytes), &a.name).cmp(&(Reverse(b.area_bytes), &b.name)));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::symbols::SymbolSize;

    fn build(file_bytes: u64, symbols: &[(&str, u64)]) -> Option<Build> {
        let size = |bytes| SymbolSize { bytes, count: 1 };
        Some(Build { file_bytes, symbols: symbols.iter().map(|(name, bytes)| ((*name).to_string(), size(*bytes))).collect() })
    }

    fn map(before: Option<Build>, after: Option<Build>) -> CodeMap {
        CodeMap { variant: "a/t/p/talc".parse().unwrap(), before, after, notes: Vec::new(), sections: Vec::new() }
    }

    fn both() -> CodeMap {
        let before = build(1000, &[("a::run", 500), ("a::gone", 40), ("b::same", 60), ("data .rodata", 100), ("framing", 20)]);
        map(before, build(1100, &[("a::run", 560), ("a::new", 50), ("b::same", 60), ("data .rodata", 90), ("framing", 20)]))
    }

    #[test]
    fn the_areas_of_a_view_add_up_to_the_file() {
        let map = both();
        let total = |view| map.tree(view).iter().map(|section| section.area_bytes).sum::<u64>();
        assert_eq!((total(View::Before), total(View::After)), (1000, 1100));
        let names: Vec<String> = map.tree(View::After).into_iter().map(|part| part.name).collect();
        assert_eq!(names, ["code", "around the main module", "data", "sections and framing"]);
    }

    #[test]
    fn changes_are_marked_and_sorted_by_their_size() {
        let changes: Vec<(String, Mark, u64)> =
            both().changes().into_iter().map(|part| (part.name.clone(), part.mark(), part.area_bytes)).collect();
        let of = |name: &str, mark, bytes| (name.to_string(), mark, bytes);
        assert_eq!(
            changes,
            [
                of("a::run", Mark::Grew, 60),
                of("a::new", Mark::New, 50),
                of("a::gone", Mark::Gone, 40),
                of("component", Mark::Grew, 40),
                of(".rodata", Mark::Shrank, 10)
            ]
        );
    }

    #[test]
    fn a_single_build_is_shown_and_nothing_of_it_changed() {
        let map = map(build(100, &[("a::run", 60)]), None);
        assert!(map.has(View::Before) && !map.has(View::After) && !map.has(View::Change) && map.changes().is_empty());
        assert_eq!(map.functions()[0].mark(), Mark::Same);
        assert_eq!(map.crates().iter().map(|part| part.name.as_str()).collect::<Vec<_>>(), ["a", "[around]"]);
    }

    #[test]
    fn sizes_that_no_build_has_do_not_overflow() {
        let map = map(build(1, &[("a::f", u64::MAX), ("a::g", 1), ("b::h", u64::MAX)]), build(u64::MAX, &[]));
        for view in [View::Before, View::After, View::Change] {
            assert_eq!(total(&map.tree(view)), u64::MAX);
        }
        assert_eq!(map.changes().len(), 4);
    }

    #[test]
    fn what_is_too_small_to_see_is_drawn_together() {
        let names: Vec<String> = (0..50).map(|index| format!("a::f{index}")).collect();
        let mut symbols: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 1)).collect();
        symbols.push(("a::large", 100_000));
        let tree = map(None, build(100_050, &symbols)).tree(View::After);
        let parts: Vec<(&str, u64)> = tree[0].parts[0].parts.iter().map(|part| (part.name.as_str(), part.area_bytes)).collect();
        assert_eq!(parts, [("a::large", 100_000), ("50 smaller symbols", 50)]);
    }
}
