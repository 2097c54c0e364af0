//! Tells apart what other tools did to a value and what the source did: by the value between the two, of the old source made with the new tools.

use crate::data::{
    baseline::Baseline,
    metric::Metric,
    run::{Run, Split},
    variant::Variant,
    verdict::FindingKind,
};
use std::collections::{BTreeMap, BTreeSet};

/// The variants with a value that was made with other tools than the baseline's.
pub fn incomparable(run: &Run) -> BTreeSet<Variant> {
    pairs(run).map(|(variant, _)| variant.clone()).collect()
}

/// The split of each such value. `between` is what the base's source gives with today's tools.
pub fn split(run: &Run, baseline: &Baseline, commit: &str, between: &BTreeMap<Variant, BTreeMap<Metric, u64>>) -> Vec<Split> {
    let one = |(variant, metric): (&Variant, Metric)| {
        Some(Split {
            variant: variant.clone(),
            metric,
            commit: commit.into(),
            baseline: baseline.variants.get(variant)?.0.get(&metric)?.value,
            base: *between.get(variant)?.get(&metric)?,
            head: run.value(variant, metric)?,
        })
    };
    let mut splits: Vec<Split> = pairs(run).filter_map(one).collect();
    splits.sort();
    splits.dedup();
    splits
}

fn pairs(run: &Run) -> impl Iterator<Item = (&Variant, Metric)> {
    run.verdict.findings.iter().filter_map(|finding| match finding.kind {
        FindingKind::Incomparable { metric, .. } => Some((&finding.variant, metric)),
        _ => None,
    })
}

impl Split {
    /// What the tools did, and what the source did: together the whole difference, to the unit.
    pub fn deltas(&self) -> (i64, i64) {
        (super::symbol_diff::difference(self.baseline, self.base), super::symbol_diff::difference(self.base, self.head))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{
        baseline::Baselines,
        run::{Measurement, Provenance, Toolchain},
        verdict::Finding,
    };

    #[test]
    fn the_two_parts_are_the_whole_difference() {
        let variant: Variant = "a/wasm32-wasip2/p/talc".parse().unwrap();
        let metric = Metric::RawBytes;
        let tools = Toolchain::default();
        let mut run = Run::new(
            "size",
            Provenance { toolchain: tools, commit: None, dirty: false, host: String::new(), optimizer_origin: String::new() },
        );
        run.measurements.push(Measurement { variant: variant.clone(), metric, value: 1_130 });
        let other = FindingKind::Incomparable { metric, tool: "rustc".into(), old: "1".into(), new: "2".into() };
        run.verdict.findings = vec![Finding::new(variant.clone(), other)];
        let text = r#"{"schema":1,"optimizers":{"o":{"provenance":{"rustc":"","optimizer":"","encoder":"","gzip":"","brotli":"","dirty":false,"host":"","optimizer_origin":""},
            "variants":{"a/wasm32-wasip2/p/talc":{"raw_bytes":{"value":1000,"best":1000}}}}}}"#;
        let baselines = Baselines::parse(text).unwrap();
        let between = BTreeMap::from([(variant.clone(), BTreeMap::from([(metric, 980)]))]);
        assert_eq!(incomparable(&run), BTreeSet::from([variant]));
        let splits = split(&run, &baselines.optimizers["o"], "c", &between);
        assert_eq!(splits.iter().map(Split::deltas).collect::<Vec<_>>(), [(-20, 150)]);
        assert_eq!(split(&run, &baselines.optimizers["o"], "c", &BTreeMap::new()), [], "a part that is not known is not made up");
    }
}
