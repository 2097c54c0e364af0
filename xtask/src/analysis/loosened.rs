//! What a policy allows more of than an earlier one did: that wants a reason beside it which is new.

use crate::data::{
    metric::Metric,
    policy::{Cap, Gate, Policy},
    variant::matches,
};
use std::collections::BTreeSet;

/// Every limit and budget of `now` that is above that of `then` or gone, and every wider tolerance, that no new reason stands beside; in words.
/// A variant that only one of the policies names is no matter of this: the baseline knows it or not.
pub fn loosened(then: &Policy, now: &Policy) -> Vec<String> {
    let known: BTreeSet<&str> = reasons(then).collect();
    let named: BTreeSet<_> = then.cells().into_iter().map(|cell| cell.variant).collect();
    let mut found = Vec::new();
    for cell in now.cells().iter().filter(|cell| named.contains(&cell.variant)) {
        let id = cell.variant.to_string();
        for metric in Metric::ALL {
            let caps = [
                ("limit", then.limit(&id, metric), now.limit(&id, metric), &now.limit),
                ("budget", then.budget(&id, metric), now.budget(&id, metric), &now.budget),
            ];
            for (table, before, after, caps) in caps {
                if is_raised(before, after) && !has_reason(caps, &id, &known) {
                    found.push(format!("the {table} of {id} for {metric}, {}, {}", shown(before), became(after)));
                }
            }
        }
    }
    found.extend(Metric::ALL.into_iter().filter_map(|metric| tolerance(metric, then, now, &known)));
    found
}

fn reasons(policy: &Policy) -> impl Iterator<Item = &str> {
    let caps = policy.limit.iter().chain(&policy.budget).filter_map(|cap| cap.reason.as_deref());
    caps.chain(policy.metric.values().filter_map(|metric| metric.reason.as_deref()))
}

fn is_raised(before: Option<u64>, after: Option<u64>) -> bool {
    before.is_some_and(|before| after.is_none_or(|after| after > before))
}

/// Whether a table of the kind that holds for the variant says why, in other words than any of before.
fn has_reason(caps: &[Cap], id: &str, known: &BTreeSet<&str>) -> bool {
    let mut reasons = caps.iter().filter(|cap| matches(&cap.variants, id)).filter_map(|cap| cap.reason.as_deref());
    reasons.any(|reason| !known.contains(reason))
}

fn tolerance(metric: Metric, then: &Policy, now: &Policy, known: &BTreeSet<&str>) -> Option<String> {
    let (before, after) = (then.gate(metric), now.gate(metric));
    let is_wider = match (before, after) {
        (Gate::Band(before), Gate::Band(after)) => after > before,
        (Gate::Band(_), Gate::Shown) => true,
        (Gate::Shown, _) => false,
    };
    let reason = now.metric.get(&metric).and_then(|metric| metric.reason.as_deref());
    let is_told = reason.is_some_and(|reason| !known.contains(reason));
    let words = |gate| match gate {
        Gate::Band(units) => units.to_string(),
        Gate::Shown => "false".into(),
    };
    (is_wider && !is_told).then(|| format!("the tolerance of {metric}, {}, became {}", words(before), words(after)))
}

fn shown(cap: Option<u64>) -> String {
    cap.map_or_else(|| "none".into(), |cap| cap.to_string())
}

fn became(cap: Option<u64>) -> String {
    cap.map_or_else(|| "is gone".into(), |cap| format!("became {cap}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"
schema = 1
[[subject]]
package = "app"
matrix = [{ targets = ["wasm32-wasip1"], profiles = ["release"], allocators = ["default"] }]
[[limit]]
variants = "app/*"
max = { raw_bytes = 9000 }
[[budget]]
variants = "app/*"
max = { raw_bytes = 500, gzip_bytes = 50 }
reason = "the first"
[metric.gzip_bytes]
tolerance = 10
"#;

    fn after(changes: &[(&str, &str)]) -> Vec<String> {
        let text = changes.iter().fold(POLICY.to_string(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        });
        loosened(&Policy::parse(POLICY).unwrap(), &Policy::parse(&text).unwrap())
    }

    #[test]
    fn what_stays_or_is_tightened_needs_no_reason() {
        assert_eq!(after(&[]), [""; 0]);
        assert_eq!(after(&[("9000", "8000"), ("= 500", "= 499"), ("tolerance = 10", "tolerance = 9")]), [""; 0]);
    }

    #[test]
    fn what_is_raised_removed_or_widened_needs_one() {
        let id = "app/wasm32-wasip1/release/default";
        assert_eq!(after(&[("9000", "9001")]), [format!("the limit of {id} for raw_bytes, 9000, became 9001")]);
        assert_eq!(after(&[("raw_bytes = 500, ", "")]), [format!("the budget of {id} for raw_bytes, 500, is gone")]);
        assert_eq!(after(&[("tolerance = 10", "tolerance = 11")]), ["the tolerance of gzip_bytes, 10, became 11"]);
        assert_eq!(after(&[("tolerance = 10", "tolerance = false")]), ["the tolerance of gzip_bytes, 10, became false"]);
        let text = "[metric.raw_bytes]\ntolerance = 5\n[metric.gzip_bytes]";
        assert_eq!(after(&[("[metric.gzip_bytes]", text)]), ["the tolerance of raw_bytes, 0, became 5"]);
    }

    #[test]
    fn a_new_reason_beside_it_is_enough_and_an_old_one_is_not() {
        assert_eq!(after(&[("= 500", "= 501")]).len(), 1, "the reason is the old one");
        assert_eq!(after(&[("= 500", "= 501"), ("the first", "a config file")]), [""; 0]);
        assert_eq!(after(&[("9000", "9001"), ("the first", "a config file")]).len(), 1, "it stands beside the budget");
        assert_eq!(after(&[("tolerance = 10", "tolerance = 11\nreason = \"noise\"")]), [""; 0]);
    }
}
