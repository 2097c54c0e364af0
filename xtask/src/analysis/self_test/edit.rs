//! The faults as changes of text: each gives the file as it would stand after somebody did that.

use crate::data::{
    baseline::{Baselines, Entry},
    baseline_file::BaselineFile,
    self_test::{Change, Edit, POLICY, Raise, SIZE},
};
use toml::{Table, Value};

/// The file that an edit changes, from the root of the workspace.
pub fn file(edit: &Edit) -> &'static str {
    match edit {
        Edit::Gone(file) | Edit::Truncated(file) | Edit::Unsorted(file) => file,
        Edit::Replaced { file, .. } | Edit::OtherTool { file, .. } | Edit::Raised { file, .. } => file,
        Edit::VariantGone(_) | Edit::MetricGone { .. } => SIZE,
        Edit::Policy { .. } => POLICY,
    }
}

/// The file's text after the edit; nothing where the file is then gone.
///
/// # Errors
/// What is to be changed is not there: such an edit would be no fault.
pub fn apply(edit: &Edit, text: &str) -> Result<Option<String>, String> {
    let changed = match edit {
        Edit::Gone(_) => return Ok(None),
        Edit::Truncated(_) => text.chars().take(text.chars().count() / 2).collect(),
        Edit::Unsorted(_) => unsorted(text)?,
        Edit::Replaced { from, to, .. } => replaced(text, from, to)?,
        Edit::VariantGone(variant) => sizes(text, |file| {
            let removed = file.optimizers.values_mut().filter_map(|of| of.variants.remove(&variant.parse().ok()?)).count();
            if removed > 0 { Ok(()) } else { Err(format!("there is no {variant}")) }
        })?,
        Edit::MetricGone { variant, metric } => sizes(text, |file| {
            let mut removed = 0;
            for entries in file.optimizers.values_mut().filter_map(|of| of.variants.get_mut(&variant.parse().ok()?)) {
                let before = entries.0.len();
                entries.0.retain(|name, _| name.to_string() != *metric);
                removed += before - entries.0.len();
            }
            if removed > 0 { Ok(()) } else { Err(format!("{variant} has no {metric}")) }
        })?,
        Edit::OtherTool { tool, version, .. } => other_tool(text, tool, version)?,
        Edit::Raised { row, metric, by, what, .. } => raised(text, row, metric, *by, *what)?,
        Edit::Policy { key, to } => policy(text, key, *to)?,
    };
    if changed == text { Err("the edit changes nothing".into()) } else { Ok(Some(changed)) }
}

/// The first entry's best before its value.
fn unsorted(text: &str) -> Result<String, String> {
    let lines: Vec<&str> = text.lines().collect();
    let is_entry = |pair: &[&str]| pair[0].trim().starts_with("\"value\": ") && pair[1].trim().starts_with("\"best\": ");
    let at = lines.windows(2).position(is_entry).ok_or("there is no entry with a value and a best")?;
    let (value, best) = (lines[at].trim_end_matches(','), lines[at + 1]);
    let last = if best.ends_with(',') { format!("{value},") } else { value.to_string() };
    let first = format!("{},", best.trim_end_matches(','));
    let changed = lines[..at].iter().copied().chain([first.as_str(), last.as_str()]).chain(lines[at + 2..].iter().copied());
    Ok(changed.map(|line| format!("{line}\n")).collect())
}

fn replaced(text: &str, from: &str, to: &str) -> Result<String, String> {
    match text.matches(from).count() {
        1 => Ok(text.replace(from, to)),
        count => Err(format!("`{from}` stands there {count} times, not once")),
    }
}

fn sizes(text: &str, change: impl Fn(&mut Baselines) -> Result<(), String>) -> Result<String, String> {
    let mut file = Baselines::parse(text)?;
    change(&mut file)?;
    Ok(file.render())
}

fn other_tool(text: &str, tool: &str, version: &str) -> Result<String, String> {
    let mut file = BaselineFile::parse(text.as_bytes())?;
    match &mut file {
        BaselineFile::Sizes(sizes) => {
            for baseline in sizes.optimizers.values_mut() {
                let tools = &mut baseline.provenance.toolchain;
                match tool {
                    "rustc" => tools.rustc = version.into(),
                    "optimizer" => tools.optimizer = version.into(),
                    _ => return Err(format!("no size is of a tool `{tool}`")),
                }
            }
        }
        BaselineFile::Rows(rows) => {
            let known = rows.provenance.get_mut(tool).ok_or_else(|| format!("no count is of a tool `{tool}`"))?;
            *known = version.into();
        }
    }
    Ok(file.render())
}

fn raised(text: &str, row: &str, metric: &str, by: u64, what: Raise) -> Result<String, String> {
    let mut file = BaselineFile::parse(text.as_bytes())?;
    let entries: Vec<&mut Entry> = match &mut file {
        BaselineFile::Sizes(sizes) => {
            let variants = sizes.optimizers.values_mut().flat_map(|of| of.variants.iter_mut());
            let own = variants.filter(|(variant, _)| variant.to_string() == row).flat_map(|(_, entries)| entries.0.iter_mut());
            own.filter(|(name, _)| name.to_string() == metric).map(|(_, entry)| entry).collect()
        }
        BaselineFile::Rows(rows) => rows.rows.get_mut(row).and_then(|entries| entries.0.get_mut(metric)).into_iter().collect(),
    };
    if entries.is_empty() {
        return Err(format!("{row} has no {metric}"));
    }
    for entry in entries {
        // Up to the last accepted step, a value may have come down from there and go back.
        let reached = entry.accepted.iter().map(|step| step.to).max();
        entry.value = reached.max(Some(entry.value)).unwrap_or_default() + by;
        if what == Raise::ValueAndBest {
            entry.best = entry.value;
        }
    }
    Ok(file.render())
}

fn policy(text: &str, key: &[&str], to: Change) -> Result<String, String> {
    let mut policy = Value::Table(text.parse::<Table>().map_err(|error| error.to_string())?);
    let missing = || format!("the policy has no `{}`", key.join("."));
    let (last, way) = key.split_last().ok_or_else(missing)?;
    let mut place = &mut policy;
    for part in way {
        place = match (place, part.parse::<usize>()) {
            (Value::Array(list), Ok(index)) => list.get_mut(index).ok_or_else(missing)?,
            (Value::Table(table), _) => {
                // A number may be put where there is no table yet.
                if matches!(to, Change::Number(_)) && !table.contains_key(*part) {
                    table.insert((*part).into(), Value::Table(Table::new()));
                }
                table.get_mut(*part).ok_or_else(missing)?
            }
            _ => return Err(missing()),
        };
    }
    let table = place.as_table_mut().ok_or_else(missing)?;
    let before = table.get(*last).and_then(Value::as_integer);
    match to {
        Change::Gone => drop(table.remove(*last).ok_or_else(missing)?),
        Change::Plus(more) => drop(table.insert((*last).into(), Value::Integer(before.ok_or_else(missing)? + more))),
        Change::Number(number) => drop(table.insert((*last).into(), Value::Integer(number))),
    }
    toml::to_string(&policy).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        analysis::self_test::reduce,
        data::self_test::{AGENT, FAULTS, RUN},
    };

    /// The reduced files of this repository, by their names.
    fn reduced(name: &str) -> String {
        let text = std::fs::read_to_string(format!("{}/../{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        match name {
            POLICY => reduce::policy(&text).unwrap(),
            SIZE => reduce::sizes(&text).unwrap(),
            RUN => reduce::rows(&text).unwrap(),
            _ => text,
        }
    }

    #[test]
    fn every_edit_of_the_table_finds_what_it_changes() {
        for fault in FAULTS {
            for edit in fault.edits {
                let text = reduced(file(edit));
                apply(edit, &text).unwrap_or_else(|error| panic!("{}: {error}", fault.name));
            }
        }
    }

    #[test]
    fn a_number_that_came_down_from_an_accepted_step_is_raised_above_that() {
        let mut file = BaselineFile::parse(reduced(RUN).as_bytes()).unwrap();
        let BaselineFile::Rows(rows) = &mut file else { panic!("rows") };
        let (row, entries) = rows.rows.iter_mut().next().unwrap();
        let (row, (metric, entry)) = (row.clone(), entries.0.iter_mut().next().unwrap());
        let (metric, high) = (metric.clone(), entry.value + 100);
        entry.accepted =
            vec![crate::data::baseline::Accepted { from: None, to: high, reason: "why".into(), date: "2026-01-01".into() }];
        let raised = raised(&file.render(), &row, &metric, 1, Raise::Value).unwrap();
        let BaselineFile::Rows(rows) = BaselineFile::parse(raised.as_bytes()).unwrap() else { panic!("rows") };
        assert_eq!(rows.rows[&row].0[&metric].value, high + 1);
    }

    #[test]
    fn an_edit_of_what_is_not_there_is_an_error() {
        let text = reduced(SIZE);
        assert!(apply(&Edit::VariantGone("a/b/c/d"), &text).is_err());
        assert!(apply(&Edit::MetricGone { variant: AGENT, metric: "none" }, &text).is_err());
        assert!(apply(&Edit::OtherTool { file: SIZE, tool: "none", version: "1" }, &text).is_err());
        let raise = Edit::Raised { file: SIZE, row: "a/b/c/d", metric: "raw_bytes", by: 1, what: Raise::Value };
        assert!(apply(&raise, &text).is_err());
        assert!(apply(&Edit::Policy { key: &["none", "0"], to: Change::Gone }, &reduced(POLICY)).is_err());
        assert!(apply(&Edit::Replaced { file: POLICY, from: "none of it", to: "" }, &reduced(POLICY)).is_err());
    }

    #[test]
    fn two_keys_change_places_and_the_file_still_says_the_same() {
        let text = reduced(SIZE);
        let changed = unsorted(&text).unwrap();
        assert_ne!(changed, text);
        assert_eq!(Baselines::parse(&changed).unwrap(), Baselines::parse(&text).unwrap());
    }
}
