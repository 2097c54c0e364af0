//! Whether the gate caught a fault, and for the right reason.

use crate::data::self_test::{Caught, Wanted};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a run of the gate left.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Its exit code; none if a signal ended it.
    pub exit: Option<i32>,
    /// What it printed as its result.
    pub stdout: String,
    /// What it logged.
    pub stderr: String,
    /// Variant -> the length of the shipped file, in bytes, as it lies there.
    pub shipped_bytes: BTreeMap<String, u64>,
}

impl Seen {
    /// The run that it printed, if it printed one.
    pub fn run(&self) -> Option<Value> {
        serde_json::from_str(&self.stdout).ok()
    }

    /// The findings of its verdict.
    pub fn findings(&self) -> Vec<Value> {
        let findings = self.run().and_then(|run| run.pointer("/verdict/findings").and_then(Value::as_array).cloned());
        findings.unwrap_or_default()
    }

    /// How it ended, in a line: what a person needs where it is not what was wanted.
    pub fn said(&self) -> String {
        let exit = self.exit.map_or_else(|| "a signal".into(), |code| format!("exit {code}"));
        let findings: Vec<String> = self.findings().iter().take(3).map(shown).collect();
        match (findings.is_empty(), self.stderr.lines().find(|line| line.starts_with("error"))) {
            (false, _) => format!("{exit}: {}", findings.join("; ")),
            (true, Some(error)) => format!("{exit}: {error}"),
            (true, None) => exit,
        }
    }
}

/// Says what caught the fault. `shipped_bytes` are the lengths of the control's files.
///
/// # Errors
/// It was not caught, or for another reason: in words.
pub fn judge(caught: &Caught, seen: &Seen, shipped_bytes: &BTreeMap<String, u64>) -> Result<String, String> {
    match caught {
        Caught::Error { exit, words } => {
            if seen.exit != Some(*exit) {
                return Err(format!("exit {exit} was wanted, not {}", seen.said()));
            }
            match words.iter().find(|words| !seen.stderr.contains(*words)) {
                Some(words) => Err(format!("the error does not say `{words}`: {}", seen.said())),
                None => Ok(format!("exit {exit}: {}", words.first().unwrap_or(&""))),
            }
        }
        Caught::Finding { exit, finding, beside } => {
            if seen.exit != Some(*exit) {
                return Err(format!("exit {exit} was wanted, not {}", seen.said()));
            }
            let findings = seen.findings();
            if !findings.iter().any(|found| is(found, finding)) {
                return Err(format!("no finding is {} of {}: {}", finding.kind, finding.row, seen.said()));
            }
            let allowed = |found: &&Value| text(found, "kind") == finding.kind || beside.contains(&text(found, "kind"));
            if let Some(other) = findings.iter().find(|found| !allowed(found)) {
                return Err(format!("something else was found too: {}", shown(other)));
            }
            longer(finding, seen, shipped_bytes)?;
            let delta = finding.delta.map(|delta| format!(" {delta:+}")).unwrap_or_default();
            let metric = if finding.metric.is_empty() { String::new() } else { format!(" {}", finding.metric) };
            let words = if finding.words.is_empty() { String::new() } else { format!(" ({})", finding.words) };
            Ok(format!("exit {exit}: {}{metric}{delta}{words}", finding.kind))
        }
    }
}

/// Whether the shipped file lies there with the length that the finding has to speak of.
fn longer(wanted: &Wanted, seen: &Seen, control: &BTreeMap<String, u64>) -> Result<(), String> {
    let Some(delta) = wanted.delta.filter(|_| wanted.metric == "raw_bytes") else { return Ok(()) };
    match (control.get(wanted.row), seen.shipped_bytes.get(wanted.row)) {
        (Some(before), Some(after)) if before.checked_add_signed(delta) == Some(*after) => Ok(()),
        (before, after) => Err(format!("the file was {before:?} bytes long and is {after:?}, not {delta:+}")),
    }
}

fn is(found: &Value, wanted: &Wanted) -> bool {
    let row = if text(found, "variant").is_empty() { text(found, "row") } else { text(found, "variant") };
    let number = |key: &str| found.get(key).and_then(Value::as_i64);
    let delta = number("new").zip(number("old")).map(|(new, old)| new - old);
    text(found, "kind") == wanted.kind
        && row == wanted.row
        && (wanted.metric.is_empty() || text(found, "metric") == wanted.metric)
        && (wanted.delta.is_none() || delta == wanted.delta)
        && found.to_string().contains(wanted.words)
}

fn text<'a>(found: &'a Value, key: &str) -> &'a str {
    found.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A finding in a few words.
pub fn shown(found: &Value) -> String {
    let row = if text(found, "variant").is_empty() { text(found, "row") } else { text(found, "variant") };
    let mut parts = vec![text(found, "kind").to_string(), row.to_string(), text(found, "metric").to_string()];
    parts.extend(["old", "new", "reason"].iter().filter_map(|key| Some(format!("{key} {}", found.get(*key)?))));
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::self_test::AGENT;

    const WANTED: Wanted = Wanted { kind: "worse", row: AGENT, metric: "raw_bytes", delta: Some(100), words: "" };

    fn seen(exit: i32, new: u64, kind: &str) -> Seen {
        let finding = |kind: &str, metric: &str| {
            format!(r#"{{"variant":"{AGENT}","kind":"{kind}","metric":"{metric}","old":1000,"new":{new}}}"#)
        };
        let other = if kind.is_empty() { String::new() } else { format!(",{}", finding(kind, "gzip_bytes")) };
        let stdout = format!(r#"{{"verdict":{{"findings":[{}{other}]}}}}"#, finding("worse", "raw_bytes"));
        Seen { exit: Some(exit), stdout, stderr: String::new(), shipped_bytes: [(AGENT.to_string(), new)].into() }
    }

    fn judged(seen: &Seen) -> Result<String, String> {
        let caught = Caught::Finding { exit: 1, finding: WANTED, beside: &["over_budget"] };
        judge(&caught, seen, &[(AGENT.to_string(), 1000)].into())
    }

    #[test]
    fn the_right_finding_with_the_right_delta_is_a_catch() {
        assert_eq!(judged(&seen(1, 1100, "")).unwrap(), "exit 1: worse raw_bytes +100");
        assert!(judged(&seen(1, 1100, "over_budget")).is_ok());
    }

    #[test]
    fn another_reason_is_none() {
        assert!(judged(&seen(0, 1100, "")).unwrap_err().contains("exit 1 was wanted"));
        assert!(judged(&seen(1, 1101, "")).unwrap_err().contains("no finding is worse"));
        assert!(judged(&seen(1, 1100, "failed")).unwrap_err().contains("something else was found too: failed"));
        let short = Seen { shipped_bytes: [(AGENT.to_string(), 1099)].into(), ..seen(1, 1100, "") };
        assert!(judged(&short).unwrap_err().contains("not +100"));
        assert!(judged(&Seen { stdout: String::new(), ..seen(1, 1100, "") }).is_err());
        let killed = Seen { exit: None, ..seen(1, 1100, "") };
        assert!(judged(&killed).unwrap_err().contains("a signal"));
    }

    #[test]
    fn errors_are_known_by_their_code_and_words() {
        let caught = Caught::Error { exit: 2, words: &["raised by hand", "agent"] };
        let error = |exit, text: &str| Seen { exit: Some(exit), stderr: text.into(), ..Seen::default() };
        let none = BTreeMap::new();
        assert!(judge(&caught, &error(2, "error: agent was raised by hand"), &none).is_ok());
        assert!(judge(&caught, &error(2, "error: agent is gone"), &none).unwrap_err().contains("raised by hand"));
        assert!(judge(&caught, &error(1, "error: agent was raised by hand"), &none).is_err());
    }
}
