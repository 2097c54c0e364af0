//! A release in words: its files with what they weigh, what is missing, and what is wrong.

use super::table::{Column, Form, Grid, grouped};
use crate::data::{
    dist::{Bound, DistFinding, Profiled, Ran, Release, ReleaseFile},
    metric::Metric,
    verdict::Outcome,
};
use std::fmt::Write;

/// The report.
pub fn render(release: &Release, form: Form) -> String {
    let mut text = format!("{}\n", form.heading(&title(release)));
    let numbers = ["raw", "gzip", "brotli", "at most", "left"].map(|title| (title, Column::Number));
    let columns: Vec<_> = [("file", Column::Text)].into_iter().chain(numbers).collect();
    let mut grid = Grid::new(&columns);
    for file in &release.files {
        let bound = file.bounds.iter().find(|bound| bound.metric == Metric::RawBytes);
        let lengths = [file.raw_bytes, file.gzip_bytes, file.brotli_bytes].map(grouped);
        let [most, left] = bound.map_or(["-".into(), "-".into()], |bound| [grouped(bound.max), left(bound)]);
        let [raw, gzip, brotli] = lengths;
        grid.row([file.file.clone(), raw, gzip, brotli, most, left]);
    }
    if !grid.is_empty() {
        text += &grid.render(form);
    }
    let bullet = form.bullet();
    list(&mut text, form, "How:", release.files.iter().map(|file| format!("{}: {}", file.file, how(file))));
    list(&mut text, form, "Not built:", release.not_built.iter().map(|not| format!("{}: {}", not.target, not.reason)));
    list(&mut text, form, "Note:", release.notes.iter().cloned());
    list(&mut text, form, "Wrong:", release.findings.iter().map(sentence));
    let verdict = match release.outcome {
        Outcome::Fail => "FAIL: this is not to be released".to_string(),
        _ => format!(
            "PASS: {} {} within what the policy allows",
            release.files.len(),
            if release.files.len() == 1 { "file" } else { "files" }
        ),
    };
    let _ = writeln!(text, "\n{}{verdict}", if form == Form::Markdown { bullet.trim_start_matches("- ") } else { "" });
    text
}

fn title(release: &Release) -> String {
    let commit = release.commit.as_deref().map_or("no commit", |commit| commit.get(..12).unwrap_or(commit));
    let changed = if release.dirty { ", with changes that no commit has" } else { "" };
    format!("{} {} of {commit}{changed}", release.name, release.version)
}

fn left(bound: &Bound) -> String {
    match bound.max.checked_sub(bound.value) {
        Some(left) => grouped(left),
        None => format!("-{}", grouped(bound.value - bound.max)),
    }
}

fn how(file: &ReleaseFile) -> String {
    let profile = match &file.profile {
        Profiled::Used { name } => format!("profile {name}"),
        Profiled::None { reason } => format!("no profile: {reason}"),
    };
    let ran = match &file.ran {
        Ran::Passed { by } => format!("ran: {by}"),
        Ran::Not { reason } => format!("NOT RUN: {reason}"),
    };
    format!("{}; {profile}; {ran}", file.settings)
}

fn sentence(finding: &DistFinding) -> String {
    match finding {
        DistFinding::Over { file, bound } => format!(
            "{file} has {} {}, {} above its {} of {}: make it smaller, or raise the {} in the policy with a reason",
            grouped(bound.value),
            bound.metric,
            grouped(bound.value - bound.max),
            bound.kind,
            grouped(bound.max),
            bound.kind
        ),
        DistFinding::Lacks { target } => {
            format!("there is no file for {target}: build it on its machine (cargo xtask dist --target {target})")
        }
    }
}

fn list(text: &mut String, form: Form, heading: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        let _ = write!(text, "\n{}", form.heading(heading));
        lines.for_each(|line| {
            let _ = writeln!(text, "{}{line}", form.bullet());
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        analysis::dist::{judge, tests::release},
        data::dist::NotBuilt,
    };

    #[test]
    fn everything_is_said() {
        let mut one = release(&["x86_64-unknown-linux-musl"]);
        one.dirty = true;
        one.files[0].bounds[0].value = 1_101;
        one.not_built.push(NotBuilt { target: "aarch64-apple-darwin".into(), reason: "build it on macOS".into() });
        one.notes.push("a note".into());
        judge(&mut one, None);
        let text = render(&one, Form::Text(usize::MAX));
        for words in [
            "app 0.1.0 of 012345678901, with changes that no commit has",
            "-1,001",
            "no profile: none is wanted; ran: native: start",
            "aarch64-apple-darwin: build it on macOS",
            "a note",
            "1,001 above its limit of 100",
            "FAIL: this is not to be released",
        ] {
            assert!(text.contains(words), "no `{words}` in {text}");
        }
        assert!(render(&release(&["a"]), Form::Markdown).contains("PASS: 1 file within"));
    }
}
