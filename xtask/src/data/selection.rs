//! Which cells of the matrix an invocation is about: `--only PATTERN`.

use super::{
    matrix::{Cell, Part},
    share::Share,
    variant::{self, Variant},
};
use std::collections::BTreeSet;

/// The cells that at least one pattern selects, in order.
///
/// # Errors
/// A pattern selects none: a typo would otherwise measure less than was meant.
pub fn matching(cells: &[Cell], patterns: &[String]) -> Result<Vec<Cell>, String> {
    let hit = |cell: &Cell, pattern: &String| variant::matches(pattern, &cell.variant.to_string());
    if let Some(pattern) = patterns.iter().find(|pattern| !cells.iter().any(|cell| hit(cell, pattern))) {
        let first = cells.first().map(|cell| cell.variant.to_string()).unwrap_or_default();
        return Err(format!("--only {pattern} selects no variant: ids look like {first}, and `*` stands for anything"));
    }
    Ok(cells.iter().filter(|cell| patterns.iter().any(|pattern| hit(cell, pattern))).cloned().collect())
}

/// The cells of one share. A subject for one target stays together: its profiles have one golden list of imports.
pub fn share(cells: &[Cell], share: Share) -> Vec<Cell> {
    let together = |cell: &Cell| {
        let Variant { subject, target, .. } = cell.variant.clone();
        (matches!(cell.part, Part::Subject { .. }), subject, target)
    };
    let mut groups = Vec::new();
    for cell in cells {
        if !groups.contains(&together(cell)) {
            groups.push(together(cell));
        }
    }
    let own = share.of(groups);
    cells.iter().filter(|cell| own.contains(&together(cell))).cloned().collect()
}

/// `chosen` and the floor of each, in the order of `cells`.
pub fn with_floors(cells: &[Cell], chosen: &[Cell]) -> Vec<Cell> {
    let floors = chosen.iter().filter_map(|cell| match &cell.part {
        Part::Subject { floor } => floor.clone(),
        Part::Floor | Part::BuiltInFloor => None,
    });
    let wanted: BTreeSet<Variant> = chosen.iter().map(|cell| cell.variant.clone()).chain(floors).collect();
    cells.iter().filter(|cell| wanted.contains(&cell.variant)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::policy::Policy;

    #[test]
    fn a_choice_brings_its_floor_and_a_typo_is_told() {
        let policy = "schema = 1\n[[subject]]\npackage = \"a\"\nmatrix = [{ targets = [\"wasm32-wasip1\", \"wasm32-wasip2\"], profiles = [\"p\"], allocators = [\"default\"] }]";
        let cells = Policy::parse(policy).unwrap().cells();
        let chosen = matching(&cells, &["a/*wasip2*".to_string()]).unwrap();
        let ids: Vec<String> = with_floors(&cells, &chosen).iter().map(|cell| cell.variant.to_string()).collect();
        assert_eq!(ids, ["a/wasm32-wasip2/p/default", "hello-world/wasm32-wasip2/p/default"]);
        assert!(matching(&cells, &["a/*".to_string(), "b/*".to_string()]).unwrap_err().contains("--only b/* selects no variant"));
    }
}
