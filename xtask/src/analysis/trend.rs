//! How the committed numbers went: one point for each commit that changed a baseline.

use crate::analysis::grid::FUEL;
use crate::data::{baseline::Baselines, metric::Metric, rows::RowsBaseline, variant::Variant};

/// The commits that changed baselines, the newest first, with the files as they had them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The commits.
    pub commits: Vec<PastCommit>,
    /// Whether the clone lacks older commits.
    pub is_shallow: bool,
    /// Whether older ones were left out for their number.
    pub is_cut: bool,
}

/// A commit, and the baselines that it left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastCommit {
    /// Its hash, as git shortens it.
    pub short: String,
    /// The day of the commit: `2026-11-21`.
    pub date: String,
    /// The first line of its message.
    pub subject: String,
    /// The text of `size.json`, if it has one.
    pub sizes: Option<String>,
    /// The text of `run.json`, if it has one.
    pub counts: Option<String>,
}

/// How some numbers went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trend {
    /// What the values of each point are, in their order.
    pub series: Vec<Series>,
    /// The oldest first.
    pub points: Vec<Point>,
    /// Whether the clone lacks older commits.
    pub is_shallow: bool,
    /// Whether older ones were left out for their number.
    pub is_cut: bool,
    /// How many files of the past could not be read: they are of another version, or broken.
    pub unreadable_count: u64,
}

/// A number that is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Of what it is: a variant, or a row of counts.
    pub of: String,
    /// What is counted, with the unit.
    pub metric: String,
}

/// The numbers that a commit left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The commit's hash, as git shortens it.
    pub short: String,
    /// Its day.
    pub date: String,
    /// The first line of its message.
    pub subject: String,
    /// A value for each series; absent where the commit has none.
    pub values: Vec<Option<u64>>,
}

/// The program whose fuel is followed: one message to the agent on the engine that counts. Where there is no such row, the first that has fuel.
const FOLLOWED: &str = "message/wasmtime-jit";

/// What `variants` weighed under the optimizer `key` over the history, and what fuel one row took. Series without any value are left out.
pub fn trend(history: &History, variants: &[Variant], key: &str) -> Trend {
    let mut unreadable_count = 0;
    let mut read = Vec::new();
    for commit in history.commits.iter().rev() {
        let sizes = commit.sizes.as_deref().map(Baselines::parse);
        let counts = commit.counts.as_deref().map(RowsBaseline::parse);
        unreadable_count += u64::from(matches!(sizes, Some(Err(_)))) + u64::from(matches!(counts, Some(Err(_))));
        read.push((commit, sizes.and_then(Result::ok), counts.and_then(Result::ok)));
    }
    let row = read.iter().rev().find_map(|(.., counts)| followed(counts.as_ref()?));
    let mut series = Vec::new();
    for variant in variants {
        series.extend(
            [Metric::RawBytes, Metric::GzipBytes].map(|metric| Series { of: variant.to_string(), metric: metric.name() }),
        );
    }
    series.extend(row.iter().map(|row| Series { of: row.clone(), metric: FUEL.into() }));
    let mut points: Vec<Point> = Vec::new();
    for (commit, sizes, counts) in &read {
        let mut values = Vec::new();
        for variant in variants {
            let entries = sizes.as_ref().and_then(|sizes| sizes.optimizers.get(key)?.variants.get(variant));
            let of = |metric| entries.and_then(|entries| entries.0.get(&metric)).map(|entry| entry.value);
            values.extend([of(Metric::RawBytes), of(Metric::GzipBytes)]);
        }
        values.extend(row.iter().map(|row| fuel(counts.as_ref()?, row)));
        let PastCommit { short, date, subject, .. } = commit;
        points.push(Point { short: short.clone(), date: date.clone(), subject: subject.clone(), values });
    }
    let (is_shallow, is_cut) = (history.is_shallow, history.is_cut);
    without_empty(Trend { series, points, is_shallow, is_cut, unreadable_count })
}

fn followed(counts: &RowsBaseline) -> Option<String> {
    let has_fuel = |row: &&String| fuel(counts, row).is_some();
    let first = || counts.rows.keys().find(has_fuel).cloned();
    fuel(counts, FOLLOWED).map(|_| FOLLOWED.to_string()).or_else(first)
}

fn fuel(counts: &RowsBaseline, row: &str) -> Option<u64> {
    Some(counts.rows.get(row)?.0.get(FUEL)?.value)
}

fn without_empty(trend: Trend) -> Trend {
    let has_values = |index: usize| trend.points.iter().any(|point| point.values[index].is_some());
    let kept: Vec<usize> = (0..trend.series.len()).filter(|index| has_values(*index)).collect();
    let series = kept.iter().map(|index| trend.series[*index].clone()).collect();
    let pick = |point: &Point| Point { values: kept.iter().map(|index| point.values[*index]).collect(), ..point.clone() };
    Trend { series, points: trend.points.iter().map(pick).collect(), ..trend }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(raw: u64) -> String {
        let provenance = "\"rustc\": \"r\", \"optimizer\": \"Binaryen 132\", \"encoder\": \"e\", \"gzip\": \"g\", \"brotli\": \"b\", \"dirty\": false, \"host\": \"h\", \"optimizer_origin\": \"npm\"";
        format!(
            "{{\"schema\": 1, \"optimizers\": {{\"binaryen-132\": {{\"provenance\": {{{provenance}}}, \"variants\": {{\"a/t/p/talc\": {{\"raw_bytes\": {{\"value\": {raw}, \"best\": 1}}}}}}}}}}}}"
        )
    }

    fn counts(row: &str, fuel: u64) -> String {
        format!(
            "{{\"schema\": 1, \"provenance\": {{}}, \"rows\": {{\"{row}\": {{\"fuel_count\": {{\"value\": {fuel}, \"best\": 1}}}}}}}}"
        )
    }

    fn commit(short: &str, sizes: Option<String>, counts: Option<String>) -> PastCommit {
        PastCommit { short: short.into(), date: "2026-11-21".into(), subject: "s".into(), sizes, counts }
    }

    #[test]
    fn points_go_from_old_to_new_and_gaps_stay_gaps() {
        let commits = vec![
            commit("c", Some(sizes(30)), Some(counts("message/wasmtime-jit", 7))),
            commit("b", Some("{\"schema\": 9}".into()), None),
            commit("a", Some(sizes(20)), None),
        ];
        let history = History { commits, is_shallow: true, is_cut: false };
        let trend = trend(&history, &["a/t/p/talc".parse().unwrap()], "binaryen-132");
        let names: Vec<(&str, &str)> = trend.series.iter().map(|one| (one.of.as_str(), one.metric.as_str())).collect();
        assert_eq!(names, [("a/t/p/talc", "raw_bytes"), ("message/wasmtime-jit", "fuel_count")], "no gzip was ever recorded");
        let points: Vec<(&str, &[Option<u64>])> = trend.points.iter().map(|one| (one.short.as_str(), &one.values[..])).collect();
        assert_eq!(points, [("a", &[Some(20), None][..]), ("b", &[None, None]), ("c", &[Some(30), Some(7)])]);
        assert_eq!((trend.unreadable_count, trend.is_shallow), (1, true));
    }

    #[test]
    fn without_the_message_the_first_row_with_fuel_is_followed() {
        let history = History { commits: vec![commit("a", None, Some(counts("x/wasmtime-jit", 5)))], ..History::default() };
        let trend = trend(&history, &[], "binaryen-132");
        assert_eq!((trend.series[0].of.as_str(), &trend.points[0].values[..]), ("x/wasmtime-jit", &[Some(5)][..]));
        assert_eq!(super::trend(&History::default(), &[], "k"), Trend::default());
    }
}
