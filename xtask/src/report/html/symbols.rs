//! What a shipped file consists of, in numbers: what a treemap says to who does not see it.

use super::{
    markup::Html,
    table::{Cell, Table, folded},
};
use crate::{
    analysis::{
        code_map::{CodeMap, Part},
        symbol_diff::difference,
    },
    report::table::{Column, grouped, share, signed},
};

/// So many functions and changes are listed.
const SHOWN: usize = 60;

/// The file in a sentence.
pub fn summary(map: &CodeMap) -> Html {
    let length = |build: &Option<crate::analysis::code_map::Build>| build.as_ref().map(|build| build.file_bytes);
    let said = match (length(&map.before), length(&map.after)) {
        (Some(before), Some(after)) if map.is_changed() => {
            let changed = map.changes().len();
            let symbols = if changed == 1 { "1 symbol".to_string() } else { format!("{changed} symbols") };
            format!(
                "{} bytes, {} bytes in the baseline ({}); {symbols} changed.",
                grouped(after),
                grouped(before),
                signed(difference(before, after))
            )
        }
        (Some(_), Some(after)) => format!("{} bytes, symbol by symbol what the baseline has.", grouped(after)),
        (Some(before), None) => format!("{} bytes, as the baseline has it.", grouped(before)),
        (None, Some(after)) => format!("{} bytes, as built; the baseline has no symbols of it.", grouped(after)),
        (None, None) => return Html::new(),
    };
    let mut html = Html::new();
    html.element("p", &[], &said).raw("\n");
    html
}

/// Tables of what changed, of crates, of functions and of sections.
pub fn tables(map: &CodeMap) -> Html {
    let (changes, functions) = (map.changes(), map.functions());
    let (most, large) = (changes.len().min(SHOWN), functions.len().min(SHOWN));
    let mut html = Html::new();
    html.add(&folded(
        &format!("What changed: {most} of {}", changes.len()),
        &parts("Symbols by the size of their change", "symbol", map, &changes[..most]),
    ));
    html.add(&folded("By crate", &parts("Crates; what has no crate is in brackets", "crate", map, &map.crates())));
    let title = format!("Largest functions: {large} of {}", functions.len());
    html.add(&folded(
        &title,
        &parts("Functions as shipped; one that was inlined counts in its caller", "function", map, &functions[..large]),
    ));
    html.add(&folded("Sections of the file", &sections(map)));
    html
}

fn parts(caption: &str, of: &str, map: &CodeMap, parts: &[Part]) -> Html {
    let compared = [("before", Column::Number), ("after", Column::Number), ("change", Column::Number)];
    let single = [("bytes", Column::Number), ("of the file", Column::Number)];
    let numbers: &[_] = if map.is_changed() { &compared } else { &single };
    let total = map.after.as_ref().or(map.before.as_ref()).map_or(0, |build| build.file_bytes);
    let mut table = Table::new(caption, &[(of, Column::Name)].into_iter().chain(numbers.iter().copied()).collect::<Vec<_>>());
    for part in parts {
        let (before, after) = (part.before_bytes, part.after_bytes);
        let name = Cell::name(&part.name);
        if map.is_changed() {
            let delta = Cell::delta(difference(before.unwrap_or(0), after.unwrap_or(0)));
            table.row([name, Cell::maybe(before), Cell::maybe(after), delta]);
        } else {
            table.row([name, Cell::number(part.area_bytes), of_file(part.area_bytes, total)]);
        }
    }
    table.html()
}

fn sections(map: &CodeMap) -> Html {
    let mut table = Table::new(
        "Sections, the largest first",
        &[("section", Column::Name), ("bytes", Column::Number), ("of the file", Column::Number)],
    );
    let total = map.sections.iter().fold(0, |sum: u64, (_, bytes)| sum.saturating_add(*bytes));
    for (name, bytes) in &map.sections {
        table.row([Cell::name(name), Cell::number(*bytes), of_file(*bytes, total)]);
    }
    table.html()
}

fn of_file(bytes: u64, total: u64) -> Cell {
    Cell::html(Html::of(&share(bytes, total)), &bytes.to_string())
}
