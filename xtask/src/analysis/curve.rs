//! A curve from committed counts: what was found of all, and the fuel that it took, over a setting.

use crate::data::{
    curve::{CurvePolicy, X},
    rows::RowsBaseline,
};

/// One line of a curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The series, or what does not depend on the setting and in which series.
    pub name: String,
    /// Which series, from 0.
    pub series: usize,
    /// Whether it is that of [`CurvePolicy::level`]: then it has one point.
    pub is_level: bool,
    /// From low to high.
    pub points: Vec<Point>,
}

/// One point of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The setting's value; of a level the first.
    pub x: u64,
    /// What was found of all, in millionths, rounded down.
    pub recall_ppm: u64,
    /// The fuel of one.
    pub fuel_count: u64,
}

/// The lines, each series before its levels.
///
/// # Errors
/// In words: a row or a metric that the baseline has not, or more missed than there was.
pub fn lines(curve: &CurvePolicy, baseline: &RowsBaseline) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    for (series, (name, row)) in curve.series.iter().enumerate() {
        let of = |text: &str, x: u64| text.replace(X, &x.to_string());
        let point = |x: u64, missed: &str, fuel: &str| point(baseline, row, x, [missed, &curve.wanted, fuel]);
        let points: Result<_, String> =
            curve.points.iter().map(|x| point(*x, &of(&curve.missed, *x), &of(&curve.fuel, *x))).collect();
        lines.push(Line { name: name.clone(), series, is_level: false, points: points? });
        for (level, metrics) in &curve.level {
            let points = vec![point(curve.points[0], &metrics.missed, &metrics.fuel)?];
            lines.push(Line { name: format!("{level}, {name}"), series, is_level: true, points });
        }
    }
    Ok(lines)
}

fn point(baseline: &RowsBaseline, row: &str, x: u64, metrics: [&str; 3]) -> Result<Point, String> {
    let entries =
        baseline.rows.get(row).ok_or_else(|| format!("run.json has no row {row}: run cargo xtask run, or name another"))?;
    let value = |metric: &str| {
        let entry = entries.0.get(metric);
        entry
            .map(|entry| entry.value)
            .ok_or_else(|| format!("{row} has no {metric} in run.json: run cargo xtask run, or name another"))
    };
    let [missed, wanted, fuel_count] = metrics.map(value);
    let (missed, wanted) = (missed?, wanted?);
    let found = wanted.checked_sub(missed).filter(|_| wanted > 0);
    let found = found.ok_or_else(|| format!("{row}: {missed} of {wanted} were missed: restore run.json from git"))?;
    let recall_ppm = u64::try_from(u128::from(found) * 1_000_000 / u128::from(wanted)).unwrap_or(0);
    Ok(Point { x, recall_ppm, fuel_count: fuel_count? })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::data::rows::{ROWS_SCHEMA, RowEntries};
    use std::collections::BTreeMap;

    /// A curve of two series with a level.
    pub fn curve() -> CurvePolicy {
        let text = "title = 'Recall <over> ef'\nmethod = 'Counted.'\nx = 'ef'\npoints = [16, 64, 1024]\nmissed = 'ef_{x}_missed_count'\nwanted = 'wanted_count'\nfuel = 'ef_{x}_fuel_count'\nseries = { clustered = 'm.c/wasmtime-jit', random = 'm.r/wasmtime-jit' }\nlevel.flat = { missed = 'flat_missed_count', fuel = 'flat_fuel_count' }\n";
        toml::from_str(text).unwrap()
    }

    /// Its numbers.
    pub fn baseline() -> RowsBaseline {
        let row = |values: &[(&str, u64)]| {
            let entry = |value: u64| crate::data::baseline::Entry::measured(value, value, Vec::new());
            RowEntries(values.iter().map(|(metric, value)| ((*metric).to_string(), entry(*value))).collect())
        };
        let of = |missed: [u64; 4], fuel: [u64; 4]| {
            let names = ["ef_16", "ef_64", "ef_1024", "flat"];
            let mut values = vec![("wanted_count".to_string(), 1_000)];
            values.extend(names.iter().zip(missed).map(|(name, value)| (format!("{name}_missed_count"), value)));
            values.extend(names.iter().zip(fuel).map(|(name, value)| (format!("{name}_fuel_count"), value)));
            row(&values.iter().map(|(name, value)| (name.as_str(), *value)).collect::<Vec<_>>())
        };
        let rows = [
            ("m.c/wasmtime-jit".to_string(), of([19, 16, 16, 16], [400_000, 700_000, 4_000_000, 9_000_000])),
            ("m.r/wasmtime-jit".to_string(), of([862, 616, 13, 11], [900_000, 1_900_000, 8_000_000, 9_000_000])),
        ];
        RowsBaseline { schema: ROWS_SCHEMA, provenance: BTreeMap::new(), rows: rows.into() }
    }

    #[test]
    fn counts_become_lines() {
        let lines = lines(&curve(), &baseline()).unwrap();
        let names: Vec<_> =
            lines.iter().map(|line| (line.name.as_str(), line.series, line.is_level, line.points.len())).collect();
        assert_eq!(
            names,
            [("clustered", 0, false, 3), ("flat, clustered", 0, true, 1), ("random", 1, false, 3), ("flat, random", 1, true, 1)]
        );
        assert_eq!(lines[2].points[0], Point { x: 16, recall_ppm: 138_000, fuel_count: 900_000 });
    }

    #[test]
    fn what_is_not_there_or_cannot_be_is_told() {
        let mut gone = baseline();
        gone.rows.remove("m.r/wasmtime-jit");
        assert!(lines(&curve(), &gone).unwrap_err().contains("no row m.r/wasmtime-jit"));
        let mut without = baseline();
        without.rows.get_mut("m.c/wasmtime-jit").unwrap().0.remove("ef_64_fuel_count");
        assert!(lines(&curve(), &without).unwrap_err().contains("has no ef_64_fuel_count"));
        let mut odd = baseline();
        odd.rows.get_mut("m.c/wasmtime-jit").unwrap().0.get_mut("wanted_count").unwrap().value = 15;
        assert!(lines(&curve(), &odd).unwrap_err().contains("19 of 15 were missed"));
    }
}
