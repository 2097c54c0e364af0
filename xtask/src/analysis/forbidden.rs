//! Forbidden functions in the symbol tables of a variant.

use super::{demangle::UNNAMED, explain::Tables, symbols::SymbolTable};
use crate::data::{
    forbidden::{SymbolCheck, SymbolHit, SymbolStage},
    variant::matches,
};

/// Holds every function of both tables against `patterns`. What is in both counts as shipped.
pub fn check(tables: &Tables, patterns: Vec<String>) -> SymbolCheck {
    let hits_in = |table: &SymbolTable, stage| -> Vec<SymbolHit> {
        let hit = |name: &str| patterns.iter().find(|pattern| forbids(pattern, name)).cloned();
        let functions = table.iter().filter(|(name, _)| is_function(name));
        functions
            .filter_map(|(name, size)| Some(SymbolHit { stage, symbol: name.clone(), pattern: hit(name)?, bytes: size.bytes }))
            .collect()
    };
    let mut hits = hits_in(&tables.shipped, SymbolStage::Shipped);
    let linked = hits_in(&tables.linked, SymbolStage::Linked);
    hits.extend(linked.into_iter().filter(|hit| !tables.shipped.contains_key(&hit.symbol)));
    let names = tables.shipped.keys().chain(tables.linked.keys());
    let name_count = names.filter(|name| is_function(name) && *name != UNNAMED).count() as u64;
    SymbolCheck { patterns, name_count, hits }
}

/// Whether `pattern` matches `name`, or what is left of it from where a path begins: `ureq::*` forbids
/// `<ureq::Agent as core::ops::Drop>::drop` too, and what the optimizer made of it, `byn$mgfn-shared$ureq::x`.
fn forbids(pattern: &str, name: &str) -> bool {
    let continues = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':');
    let mut before = None;
    name.char_indices().any(|(at, c)| {
        let begins = before.replace(c).is_none_or(|before| !continues(before));
        begins && matches(pattern, &name[at..])
    })
}

/// The pseudo names of a [`SymbolTable`] are no functions.
fn is_function(name: &str) -> bool {
    name != "framing" && !name.starts_with("data ") && !name.starts_with("section ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::symbols::SymbolSize;

    #[test]
    fn paths_inside_a_name_count_and_other_paths_do_not() {
        for name in [
            "std::net::tcp::TcpStream::connect",
            "<std::net::TcpStream as core::ops::Drop>::drop",
            "<&dyn std::net::ToSocketAddrs as core::fmt::Debug>::fmt",
            "core::ptr::drop_in_place::<(u8,std::net::TcpStream)>",
            "byn$mgfn-shared$std::net::tcp::TcpStream::connect",
        ] {
            assert!(forbids("std::net::*", name), "{name}");
        }
        for name in ["core::net::parser::x", "my_std::net::x", "a::std::net::x", "std::network::x", "std::net"] {
            assert!(!forbids("std::net::*", name), "{name}");
        }
        assert!(forbids("malloc", "malloc") && !forbids("malloc", "dlmalloc") && !forbids("malloc", "malloc_usable_size"));
        assert!(!forbids("std::net::*", ""));
    }

    #[test]
    fn both_tables_are_looked_at_and_a_function_counts_once() {
        let table = |names: &[(&str, u64)]| -> SymbolTable {
            names.iter().map(|(name, bytes)| ((*name).to_string(), SymbolSize { bytes: *bytes, count: 1 })).collect()
        };
        let tables = Tables {
            shipped: table(&[("main", 90), ("std::net::a", 20), ("data std::net::table", 7), ("framing", 3)]),
            linked: table(&[("main", 50), ("std::net::a", 25), ("std::net::b", 30), (UNNAMED, 4)]),
        };
        let found = check(&tables, vec!["ureq::*".into(), "std::net::*".into()]);
        let hit = |stage, symbol: &str, bytes| SymbolHit { stage, symbol: symbol.into(), pattern: "std::net::*".into(), bytes };
        let wanted = [hit(SymbolStage::Shipped, "std::net::a", 20), hit(SymbolStage::Linked, "std::net::b", 30)];
        assert_eq!(found.hits, wanted);
        assert_eq!(found.name_count, 5, "two shipped names and three linked ones");
    }
}
