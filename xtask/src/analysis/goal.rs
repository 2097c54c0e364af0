//! How far a run is from each goal of its policy.

use crate::data::{
    goal::{Goal, GoalMetric, GoalStanding},
    matrix::{Cell, Part},
    metric::Metric,
    run::Run,
    variant::{Variant, matches},
};

/// The standing of each goal, in the policy's order; `cells` are all of the policy's. A floor is nobody's goal.
pub fn standings(run: &Run, goals: &[Goal], cells: &[Cell]) -> Vec<GoalStanding> {
    let subjects: Vec<&Variant> =
        cells.iter().filter(|cell| matches!(cell.part, Part::Subject { .. })).map(|cell| &cell.variant).collect();
    goals.iter().map(|goal| standing(run, goal, &subjects)).collect()
}

fn standing(run: &Run, goal: &Goal, subjects: &[&Variant]) -> GoalStanding {
    let selected: Vec<&Variant> =
        subjects.iter().copied().filter(|variant| matches(&goal.variants, &variant.to_string())).collect();
    let values = |variant: &Variant| -> Option<Vec<(Metric, u64)>> {
        goal.metrics.keys().map(|metric| Some((*metric, run.value(variant, *metric)?))).collect()
    };
    let measured: Vec<_> = selected.iter().filter_map(|variant| Some((*variant, values(variant)?))).collect();
    let best = measured.iter().min_by_key(|(_, values)| values);
    let metric = |(metric, value): &(Metric, u64)| {
        let goal = goal.metrics[metric];
        (*metric, GoalMetric { goal, value: *value, above: *value as i64 - goal as i64 })
    };
    GoalStanding {
        variants: goal.variants.clone(),
        selected_count: selected.len() as u64,
        measured_count: measured.len() as u64,
        best: best.map(|(variant, _)| (*variant).clone()),
        metrics: best.map(|(_, values)| values.iter().map(metric).collect()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{
        policy::Policy,
        run::{Measurement, Provenance, Toolchain},
    };

    const POLICY: &str = r#"
schema = 1
allocator.talc = { features = ["talc"] }
goal = [{ variants = "*/wasm32-wasip2/*", raw_bytes = 100, gzip_bytes = 45 }]
[[subject]]
package = "a"
floor = "f"
matrix = [{ targets = ["wasm32-wasip2"], profiles = ["p"], allocators = ["default", "talc"] }]
"#;

    fn standing_of(values: &[(&str, u64, u64)]) -> GoalStanding {
        let tools = Toolchain::default();
        let provenance =
            Provenance { toolchain: tools, commit: None, dirty: false, host: String::new(), optimizer_origin: String::new() };
        let mut run = Run::new("size", provenance);
        for (id, raw, gzip) in values {
            let variant: Variant = id.parse().unwrap();
            let of = |metric, value| Measurement { variant: variant.clone(), metric, value };
            run.measurements.extend([of(Metric::RawBytes, *raw), of(Metric::GzipBytes, *gzip)]);
        }
        let policy = Policy::parse(POLICY).unwrap();
        standings(&run, &policy.goal, &policy.cells()).remove(0)
    }

    #[test]
    fn the_best_allocator_counts_and_the_floor_does_not() {
        let standing = standing_of(&[
            ("f/wasm32-wasip2/p/talc", 10, 5),
            ("a/wasm32-wasip2/p/default", 130, 40),
            ("a/wasm32-wasip2/p/talc", 112, 44),
        ]);
        assert_eq!(standing.best.unwrap().to_string(), "a/wasm32-wasip2/p/talc");
        assert_eq!(standing.metrics[&Metric::RawBytes], GoalMetric { goal: 100, value: 112, above: 12 });
        assert_eq!(standing.metrics[&Metric::GzipBytes], GoalMetric { goal: 45, value: 44, above: -1 });
        assert_eq!((standing.selected_count, standing.measured_count), (2, 2));
    }

    #[test]
    fn nothing_measured_is_not_a_goal_reached() {
        let standing = standing_of(&[]);
        assert_eq!((standing.best, standing.selected_count, standing.measured_count), (None, 2, 0));
        assert!(standing.metrics.is_empty());
    }
}
