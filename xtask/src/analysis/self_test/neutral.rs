//! Changes of source that change nothing: whole items in another order, a local by another name, a comment more.
//!
//! What a change does is known from the syntax alone, so it keeps to what is certain: items that a `cfg` or a macro is about stay where they are, and a
//! name is only changed where each of its occurrences in the function is the local.

mod names;

use crate::{analysis::shuffle::next, data::self_test::NeutralKind as Kind};
use std::ops::Range;
use syn::{Attribute, File, ImplItem, Item, Visibility, spanned::Spanned};

/// A changed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What was changed, in a few words.
    pub said: String,
    /// The whole file.
    pub text: String,
}

/// A change of `kind` of the file `text`, drawn by `random` (the state of SplitMix64); nothing where the file has no place for one. `elsewhere` are the
/// subject's other files: what they name is not only the file's own.
///
/// # Errors
/// The text is no Rust.
pub fn change(text: &str, elsewhere: &str, kind: Kind, random: &mut u64) -> Result<Option<Change>, String> {
    let file = syn::parse_file(text).map_err(|error| error.to_string())?;
    Ok(match kind {
        Kind::Reordered => reordered(text, &groups(&file), random),
        Kind::Renamed => renamed(text, &file, random),
        Kind::Commented => commented(text, &groups(&file), random),
        Kind::RenamedFunction => renamed_function(text, elsewhere, &file, random),
    })
}

/// Any number below `count`, which is not 0.
fn draw(random: &mut u64, count: usize) -> usize {
    usize::try_from(next(random) % count as u64).unwrap_or(0)
}

/// An item that can be moved: where it stands, attributes and documentation included, and what it is called.
struct Movable {
    range: Range<usize>,
    name: String,
}

/// Items side by side, whose order says nothing.
fn groups(file: &File) -> Vec<Vec<Movable>> {
    let mut groups = Vec::new();
    // Where a macro by example is known depends on the order.
    let has_macros = file.items.iter().any(|item| matches!(item, Item::Macro(_)));
    if !has_macros {
        groups.push(file.items.iter().filter_map(movable).collect());
    }
    for item in &file.items {
        if let Item::Impl(block) = item
            && is_always(&block.attrs)
        {
            groups.push(block.items.iter().filter_map(movable_method).collect());
        }
    }
    groups
}

fn movable(item: &Item) -> Option<Movable> {
    match item {
        Item::Fn(function) if is_always(&function.attrs) => {
            Some(Movable { range: item.span().byte_range(), name: function.sig.ident.to_string() })
        }
        Item::Impl(block) if is_always(&block.attrs) => Some(Movable { range: item.span().byte_range(), name: "an impl".into() }),
        _ => None,
    }
}

fn movable_method(item: &ImplItem) -> Option<Movable> {
    match item {
        ImplItem::Fn(function) if is_always(&function.attrs) => {
            Some(Movable { range: item.span().byte_range(), name: function.sig.ident.to_string() })
        }
        _ => None,
    }
}

/// Whether an item is compiled whatever the features and the target are.
fn is_always(attributes: &[Attribute]) -> bool {
    !attributes.iter().any(|attribute| attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr"))
}

fn reordered(text: &str, groups: &[Vec<Movable>], random: &mut u64) -> Option<Change> {
    let groups: Vec<_> = groups.iter().filter(|group| group.len() > 1).collect();
    let group = groups.get(draw(random, groups.len().max(1)))?;
    let first = draw(random, group.len());
    let second = (first + 1 + draw(random, group.len() - 1)) % group.len();
    let (a, b) = (&group[first.min(second)], &group[first.max(second)]);
    let of = |range: &Range<usize>| text.get(range.clone());
    let changed =
        [of(&(0..a.range.start))?, of(&b.range)?, of(&(a.range.end..b.range.start))?, of(&a.range)?, &text[b.range.end..]];
    Some(Change { said: format!("`{}` and `{}` changed places", a.name, b.name), text: changed.concat() })
}

fn commented(text: &str, groups: &[Vec<Movable>], random: &mut u64) -> Option<Change> {
    let all: Vec<&Movable> = groups.iter().flatten().collect();
    let item = all.get(draw(random, all.len().max(1)))?;
    let line = text.get(..item.range.start)?.rfind('\n').map_or(0, |at| at + 1);
    let indent = text.get(line..item.range.start).filter(|before| before.trim().is_empty())?;
    let comment = format!("{indent}// A comment says nothing to a compiler: {:016x}.\n", next(random));
    let changed = [&text[..line], &comment, &text[line..]].concat();
    Some(Change { said: format!("a comment before `{}`", item.name), text: changed })
}

fn renamed(text: &str, file: &File, random: &mut u64) -> Option<Change> {
    let mut candidates = Vec::new();
    for item in &file.items {
        match item {
            Item::Fn(function) if is_always(&function.attrs) => {
                let locals = names::locals(text, item.span().byte_range(), |uses| uses.of_function(function));
                candidates.extend(locals.into_iter().map(|(name, places)| (function.sig.ident.to_string(), name, places)));
            }
            Item::Impl(block) if is_always(&block.attrs) => {
                for method in &block.items {
                    let ImplItem::Fn(function) = method else { continue };
                    if is_always(&function.attrs) {
                        let locals = names::locals(text, method.span().byte_range(), |uses| uses.of_method(function));
                        candidates
                            .extend(locals.into_iter().map(|(name, places)| (function.sig.ident.to_string(), name, places)));
                    }
                }
            }
            _ => {}
        }
    }
    let (function, name, places) = candidates.get(draw(random, candidates.len().max(1)))?;
    let (other, text) = with_other_name(text, name, places, random)?;
    Some(Change { said: format!("`{name}` of `{function}` is `{other}`"), text })
}

fn renamed_function(text: &str, elsewhere: &str, file: &File, random: &mut u64) -> Option<Change> {
    let own = |item: &Item| match item {
        Item::Fn(function) if matches!(function.vis, Visibility::Inherited) && is_plain(&function.attrs) => {
            let name = function.sig.ident.to_string();
            let places = names::function(text, file, &function.sig.ident)?;
            (name != "main" && !elsewhere.contains(&name)).then_some((name, places))
        }
        _ => None,
    };
    let candidates: Vec<_> = file.items.iter().filter_map(own).collect();
    let (name, places) = candidates.get(draw(random, candidates.len().max(1)))?;
    let (other, text) = with_other_name(text, name, places, random)?;
    Some(Change { said: format!("the function `{name}` is `{other}`"), text })
}

/// Whether an item has documentation and no other attribute.
fn is_plain(attributes: &[Attribute]) -> bool {
    attributes.iter().all(|attribute| attribute.path().is_ident("doc"))
}

/// Another name and the file with it in all places, which are in order.
fn with_other_name(text: &str, name: &str, places: &[Range<usize>], random: &mut u64) -> Option<(String, String)> {
    // Names are sorted somewhere on the way to the file, so the beginning has to differ.
    let (digits, letter) = (next(random) & 0xffff, char::from(b'a' + u8::try_from(next(random) % 26).ok()?));
    let other = format!("{letter}{digits:04x}_{name}");
    if text.contains(&other) {
        return None;
    }
    let mut changed = text.to_string();
    for place in places.iter().rev() {
        changed.replace_range(place.clone(), &other);
    }
    Some((other, changed))
}

#[cfg(test)]
mod tests;
