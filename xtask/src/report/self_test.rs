//! The self-test: each fault and what caught it, the neutral changes, and the score.

use super::table::{Column, Form, Grid, grouped, signed};
use crate::data::self_test::{Moved, Neutral, NeutralKind, SelfTest};
use std::fmt::Write;

/// The report: what was missed or flagged is told in full.
pub fn render(test: &SelfTest, form: Form) -> String {
    let mut text = String::new();
    if !test.faults.is_empty() {
        text.push_str(&faults(test, form));
    }
    if !test.neutral.is_empty() {
        text.push_str(&neutral(&test.neutral, test.flagged_count(), form));
    }
    text
}

fn faults(test: &SelfTest, form: Form) -> String {
    let mut grid = Grid::new(&[("fault", Column::Text), ("asked", Column::Text), ("verdict", Column::Text)]);
    for fault in &test.faults {
        let verdict = fault.caught.as_ref().map_or_else(|_| "MISSED".into(), |said| format!("caught: {said}"));
        grid.row([fault.name.to_string(), fault.ask.to_string(), verdict]);
    }
    let mut text = grid.render(form);
    for fault in &test.faults {
        if let Err(why) = &fault.caught {
            let _ = writeln!(text, "{}{}: {why}", form.bullet(), fault.name);
        }
    }
    let (caught, all) = (test.caught_count(), test.faults.len());
    // Rounded down: one that is missed is never 100 %.
    let _ = writeln!(text, "\nself-test: {caught} of {all} faults caught for the right reason: {} %", caught * 100 / all);
    text
}

fn neutral(changes: &[Neutral], flagged: usize, form: Form) -> String {
    let mut text = String::new();
    for (number, change) in changes.iter().enumerate() {
        if let Err(why) = &change.passed {
            let _ = writeln!(
                text,
                "{}neutral change {}, {}: {}: flagged: {why}",
                form.bullet(),
                number + 1,
                change.file,
                change.said
            );
        }
    }
    let kinds: Vec<String> = NeutralKind::ALL
        .iter()
        .map(|kind| format!("{} {kind}", changes.iter().filter(|change| change.kind == *kind).count()))
        .collect();
    let all = grouped(changes.len() as u64);
    let _ = writeln!(text, "self-test: {flagged} of {all} neutral changes flagged ({})", kinds.join(", "));
    let moved: Vec<&Moved> = changes.iter().filter_map(|change| change.passed.as_ref().ok()).collect();
    let of = |name: &str, value: fn(&Moved) -> i64| {
        let values = || moved.iter().map(|moved| value(moved));
        let (low, high) = (values().min().unwrap_or(0), values().max().unwrap_or(0));
        format!("{name} {} to {}", signed(low), signed(high))
    };
    if !moved.is_empty() {
        let parts = [of("raw", |m| m.raw_bytes), of("gzip", |m| m.gzip_bytes), of("brotli", |m| m.brotli_bytes)];
        let other = moved.iter().filter(|moved| moved.is_other_file).count();
        let _ = writeln!(text, "those that passed made another file {other} times, and moved, in bytes: {}", parts.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{
        exit::Exit,
        self_test::{Ask, Injected},
    };

    fn fault(caught: Result<&str, &str>) -> Injected {
        Injected { name: "a fault", ask: Ask::Size, caught: caught.map(String::from).map_err(String::from) }
    }

    fn change(kind: NeutralKind, passed: Result<Moved, &str>) -> Neutral {
        Neutral { kind, file: "src/a.rs".into(), said: "`a` and `b` changed places".into(), passed: passed.map_err(String::from) }
    }

    #[test]
    fn what_is_missed_is_told_and_is_never_the_whole() {
        let test = SelfTest { faults: vec![fault(Ok("exit 1: worse")), fault(Err("exit 0"))], neutral: Vec::new() };
        let text = render(&test, Form::Text(usize::MAX));
        for part in ["caught: exit 1: worse", "MISSED", "a fault: exit 0", "1 of 2 faults caught for the right reason: 50 %"] {
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(test.exit(), Exit::Verdict);
        let test = SelfTest { faults: vec![fault(Ok("exit 1"))], neutral: Vec::new() };
        assert!(render(&test, Form::Text(usize::MAX)).contains("100 %"));
        assert_eq!(test.exit(), Exit::Pass);
    }

    #[test]
    fn neutral_changes_are_counted_and_the_flagged_told() {
        let moved = |gzip_bytes| Moved { gzip_bytes, ..Moved::default() };
        let neutral = vec![
            change(NeutralKind::Reordered, Ok(moved(8))),
            change(NeutralKind::Renamed, Ok(moved(-3))),
            change(NeutralKind::Commented, Err("exit 1: worse raw_bytes")),
        ];
        let test = SelfTest { faults: Vec::new(), neutral };
        let text = render(&test, Form::Text(usize::MAX));
        for part in [
            "1 of 3 neutral changes flagged (1 reordered, 1 renamed, 1 commented, 0 function renamed)",
            "gzip -3 to +8",
            "neutral change 3, src/a.rs: `a` and `b` changed places: flagged: exit 1: worse raw_bytes",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(test.exit(), Exit::Verdict);
    }
}
