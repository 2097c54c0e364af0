//! From spans to rows.

use super::Row;
use crate::analysis::demangle::owner_of;
use crate::analysis::roles;
use crate::analysis::sections::{Container, Kind, Part, Span, WasmError, walk};
use crate::analysis::symbols::{Names, SymbolSize, function_name};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The rows of a file, sorted by path. `names` are those of the module `main`.
pub fn rows(
    bytes: &[u8],
    containers: &[Container],
    main: Option<usize>,
    names: Option<&Names<'_>>,
) -> Result<Vec<Row>, WasmError> {
    let mut sums: HashMap<Key<'_>, SymbolSize> = HashMap::new();
    walk(bytes, |span| {
        let detailed = main == Some(span.container);
        let key = Key { container: span.container, what: what(&span, detailed, names) };
        sums.entry(key).or_default().add(span.bytes(), entries(&span.part));
    })?;
    let places: Vec<Arc<str>> = roles::places(containers).into_iter().map(Arc::from).collect();
    // Several symbols can have one normalised name, and names of sections and segments repeat: one row a path.
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for (key, size) in sums {
        let row = row(&places[key.container], key.what, size, names);
        match rows.get_mut(&row.path) {
            Some(sum) => {
                sum.bytes += row.bytes;
                sum.count += row.count;
            }
            None => {
                rows.insert(row.path.clone(), row);
            }
        }
    }
    Ok(rows.into_values().collect())
}

#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    container: usize,
    what: What<'a>,
}

/// What a row is about, still without owned text: there can be a million spans.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum What<'a> {
    Framing(&'static str),
    Section(Kind),
    Custom(&'a str),
    /// The function with this symbol.
    Function(Option<&'a str>),
    Segment(u32),
}

fn what<'a>(span: &Span<'a>, detailed: bool, names: Option<&Names<'a>>) -> What<'a> {
    match span.part {
        Part::Header => What::Framing("header"),
        Part::SectionFrame => What::Framing("section"),
        Part::BodyFrame => What::Framing("function"),
        Part::SegmentFrame => What::Framing("segment"),
        Part::Section(kind, _) => What::Section(kind),
        Part::Custom(name) => What::Custom(name),
        Part::Body(index) => match names {
            Some(names) if detailed => What::Function(names.function(index)),
            _ => What::Section(Kind::Code),
        },
        Part::Segment(index) if detailed => What::Segment(index),
        Part::Segment(_) => What::Section(Kind::Data),
    }
}

fn entries(part: &Part<'_>) -> u64 {
    match part {
        Part::Section(_, entries) => u64::from(*entries),
        _ => 1,
    }
}

fn row(place: &Arc<str>, what: What<'_>, size: SymbolSize, names: Option<&Names<'_>>) -> Row {
    let (kind, tail, owner) = match what {
        What::Framing(of) => (Kind::Framing, Some(of.to_owned()), None),
        What::Section(kind) => (kind, None, None),
        What::Custom(name) => (Kind::Custom, Some(name.to_owned()), None),
        What::Segment(index) => {
            let name = names.map_or_else(|| format!("segment[{index}]"), |names| names.segment(index));
            (Kind::Data, Some(name), None)
        }
        What::Function(symbol) => {
            let name = function_name(symbol);
            let owner = owner_of(&name).to_string();
            (Kind::Code, Some(format!("{owner}/{name}")), Some(owner))
        }
    };
    let kind_name = kind.name();
    let path = match tail {
        Some(tail) => format!("{place}/{kind_name}/{tail}"),
        None => format!("{place}/{kind_name}"),
    };
    Row { path, kind, bytes: size.bytes, count: size.count, owner, place: Arc::clone(place) }
}
