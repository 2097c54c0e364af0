//! The numbers that a policy's patterns name. What is missing is an error that says what, never a case less.

use crate::data::adr::{
    AdrCriterion, AdrPolicy, OPTION,
    measured::{Case, Choice, Criterion, Measured, Table},
};
use std::collections::{BTreeMap, BTreeSet};

/// What a pattern's stars stood for.
type Stars = Vec<String>;

/// Finds every number of `policy` in `tables`, by file.
///
/// # Errors
/// One message that names the file and row, and the cure.
pub fn gather(policy: &AdrPolicy, tables: &BTreeMap<String, Table>) -> Result<Measured, String> {
    let options: Vec<Choice> =
        policy.option.iter().map(|(name, option)| Choice { name: name.clone(), excluded: option.excluded.clone() }).collect();
    let mut criteria = Vec::new();
    for criterion in &policy.criterion {
        let table = tables.get(&criterion.baseline).ok_or_else(|| format!("there is no baseline {}", criterion.baseline))?;
        let of = |error| format!("criterion `{}`: {error}", criterion.name);
        criteria.push(gather_criterion(criterion, &options, table).map_err(of)?);
    }
    let tools = tables.iter().map(|(file, table)| (file.clone(), table.tools.clone())).collect();
    Ok(Measured { options, criteria, tools })
}

fn gather_criterion(criterion: &AdrCriterion, options: &[Choice], table: &Table) -> Result<Criterion, String> {
    let found: Vec<BTreeMap<Stars, &str>> = options.iter().map(|option| rows_of(criterion, &option.name, table)).collect();
    let all: BTreeSet<&Stars> = found.iter().flat_map(BTreeMap::keys).collect();
    if let Some(name) = criterion.except.iter().find(|name| !all.iter().any(|stars| stars.join(", ") == **name)) {
        return Err(format!("`except` leaves out the case `{name}`, which is not there: correct it"));
    }
    let names: BTreeSet<&Stars> = all.into_iter().filter(|stars| !criterion.except.contains(&stars.join(", "))).collect();
    if names.is_empty() {
        return Err(format!(
            "{} has no row `{}` for any option: measure them, or correct `rows`",
            criterion.baseline, criterion.rows
        ));
    }
    let mut cases = Vec::new();
    for stars in names {
        let mut values = Vec::new();
        for (option, rows) in options.iter().zip(&found) {
            let value = value(criterion, &option.name, stars, rows.get(stars).copied(), table);
            values.push(if option.excluded.is_some() { value.ok() } else { Some(value?) });
        }
        cases.push(Case { name: stars.join(", "), values });
    }
    let (name, unit) = (criterion.name.clone(), criterion.unit.clone());
    let (over, weight, spread_ppm) = (criterion.over, criterion.weight, criterion.spread_ppm);
    Ok(Criterion { name, unit, over, weight, spread_ppm, cases })
}

fn rows_of<'t>(criterion: &AdrCriterion, option: &str, table: &'t Table) -> BTreeMap<Stars, &'t str> {
    let pattern = criterion.rows.replace(OPTION, option);
    table.rows.keys().filter_map(|row| Some((stars(&pattern, row)?, row.as_str()))).collect()
}

fn value(criterion: &AdrCriterion, option: &str, stars: &Stars, row: Option<&str>, table: &Table) -> Result<u64, String> {
    let file = &criterion.baseline;
    let Some(row) = row else {
        let row = filled(&criterion.rows.replace(OPTION, option), stars);
        return Err(format!(
            "{file} has no row `{row}`, so the option `{option}` lacks a case that others have: measure it, or say why it is \
             `excluded`"
        ));
    };
    let metrics = &table.rows[row];
    let metric = criterion.metric.replace(OPTION, option);
    metrics.get(&metric).copied().ok_or_else(|| {
        let known: Vec<&str> = metrics.keys().map(String::as_str).collect();
        format!("{file}: the row `{row}` has no metric `{metric}`: it has {}", known.join(", "))
    })
}

/// What each `*` of `pattern` stands for in `id`, any run of characters and the shortest first; nothing if it does not fit.
fn stars(pattern: &str, id: &str) -> Option<Stars> {
    let Some((head, mut rest)) = pattern.split_once('*') else { return (pattern == id).then(Stars::new) };
    let mut id = id.strip_prefix(head)?;
    let mut stars = Stars::new();
    while let Some((part, tail)) = rest.split_once('*') {
        let at = id.find(part)?;
        stars.push(id[..at].to_string());
        id = &id[at + part.len()..];
        rest = tail;
    }
    stars.push(id.strip_suffix(rest)?.to_string());
    Some(stars)
}

/// The row that `pattern` means with these stars.
fn filled(pattern: &str, stars: &Stars) -> String {
    let mut stars = stars.iter();
    pattern.split('*').enumerate().fold(String::new(), |row, (index, part)| {
        let star = if index == 0 { "" } else { stars.next().map_or("", String::as_str) };
        row + star + part
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_can_be_in_the_names_of_metrics() {
        let text =
            "name = 'n'\nunit = 'u'\nbaseline = 'run.json'\nrows = 'memory.*/jit'\nmetric = '{option}_count'\nweight = 1\n";
        let criterion: AdrCriterion = toml::from_str(text).unwrap();
        let options = ["flat", "hnsw"].map(|name| Choice { name: name.into(), excluded: None });
        let metrics = |flat, hnsw| BTreeMap::from([("flat_count".to_string(), flat), ("hnsw_count".to_string(), hnsw)]);
        let rows = [("memory.a/jit".to_string(), metrics(1, 2)), ("memory.b/jit".to_string(), metrics(3, 4))].into();
        let mut table = Table { rows, ..Table::default() };
        let found = gather_criterion(&criterion, &options, &table).unwrap();
        let cases: Vec<_> = found.cases.iter().map(|case| (case.name.as_str(), case.values.clone())).collect();
        assert_eq!(cases, [("a", vec![Some(1), Some(2)]), ("b", vec![Some(3), Some(4)])]);
        table.rows.get_mut("memory.b/jit").unwrap().remove("hnsw_count");
        assert!(gather_criterion(&criterion, &options, &table).unwrap_err().contains("has no metric `hnsw_count`"));
    }

    #[test]
    fn stars_are_what_they_stand_for_and_put_back() {
        for (pattern, id, want) in [
            ("a/x", "a/x", &[][..]),
            ("*/x", "json/x", &["json"]),
            ("a/*/x/*", "a/b/x/c/d", &["b", "c/d"]),
            ("*x*", "x", &["", ""]),
        ] {
            let found = stars(pattern, id).unwrap();
            assert_eq!(found, want, "{pattern}");
            assert_eq!(filled(pattern, &found), id);
        }
        for (pattern, id) in [("a/x", "a/y"), ("*/x", "a/y"), ("a/*", "b/x"), ("*x*y", "y")] {
            assert_eq!(stars(pattern, id), None, "{pattern}");
        }
    }
}
