//! Neutral changes of the subject's source, each built for real and judged.

use super::Bench;
use crate::{
    analysis::{
        self_test::{
            judge::Seen,
            neutral::{Change, change},
        },
        shuffle::next,
    },
    data::{
        exit::Failure,
        metric::Metric,
        self_test::{AGENT, Ask, Moved, Neutral, NeutralKind, Tool},
    },
    shell::{console, self_test::sources, store},
};
use anyhow::{Context, Result};
use std::{
    path::{Path, PathBuf},
    time::Instant,
};

/// How many places are drawn for a change of some kind: not every file has one for each.
const TRIES: usize = 1_000;

/// Makes `count` changes, one at a time, drawn by `seed`.
///
/// # Errors
/// A file cannot be read or written, or no place for a change is found.
pub fn changes(bench: &Bench, control: &Seen, count: u32, seed: u64) -> Result<Vec<Neutral>> {
    let files = sources::compiled(bench.copy)?;
    let texts: Vec<String> = files.iter().map(fs_err::read_to_string).collect::<Result<_, _>>()?;
    let mut random = seed;
    let mut all = Vec::new();
    for number in 0..count {
        let start = Instant::now();
        let kind = NeutralKind::ALL[number as usize % NeutralKind::ALL.len()];
        let (path, change) = draw(&files, &texts, kind, &mut random)?;
        let file =
            path.strip_prefix(fs_err::canonicalize(&bench.copy.root)?).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let passed = judged(bench, control, &path, &change)?;
        let said = match &passed {
            Ok(moved) if !moved.is_other_file => "the same file".into(),
            Ok(moved) => format!("raw {:+}, gzip {:+}, brotli {:+}", moved.raw_bytes, moved.gzip_bytes, moved.brotli_bytes),
            Err(why) => format!("FLAGGED: {why}"),
        };
        let (number, seconds) = (number + 1, start.elapsed().as_secs());
        console::log(&format!("xtask: neutral {number} of {count}, {file}: {}: {said} ({seconds} s)", change.said));
        all.push(Neutral { kind, file, said: change.said, passed });
    }
    Ok(all)
}

fn draw(files: &[PathBuf], texts: &[String], kind: NeutralKind, random: &mut u64) -> Result<(PathBuf, Change)> {
    for _ in 0..TRIES {
        let at = usize::try_from(next(random) % files.len() as u64)?;
        let (path, text) = (&files[at], &texts[at]);
        let elsewhere = [&texts[..at], &texts[at + 1..]].concat().concat();
        let drawn = change(text, &elsewhere, kind, random)
            .map_err(|why| Failure::invalid(format!("{} cannot be read as Rust: {why}", path.display())))?;
        if let Some(change) = drawn.filter(|change| change.text != *text) {
            return Ok((path.clone(), change));
        }
    }
    Err(Failure::invalid(format!("no file of the subject has a place for a change ({kind})")).into())
}

/// Builds with the change and judges; the file is what it was afterwards. The inner error says how the gate flagged it.
fn judged(bench: &Bench, control: &Seen, path: &Path, change: &Change) -> Result<Result<Moved, String>> {
    let before = fs_err::read(path)?;
    store::write(path, change.text.as_bytes())?;
    let seen = bench.ask(&Tool::Usual, Ask::Size, &["--timings"]);
    store::write(path, &before)?;
    let seen = seen?;
    if compiled_count(&seen.stderr).is_none_or(|count| count == 0) && seen.exit == Some(0) {
        return Err(
            Failure::invalid(format!("a change of {} was not compiled: the self-test saw nothing", path.display())).into()
        );
    }
    Ok(match seen.exit {
        Some(0) => Ok(moved(control, &seen).context("the run has no sizes")?),
        _ => Err(seen.said()),
    })
}

/// How many variants cargo compiled something for, as `--timings` says.
fn compiled_count(stderr: &str) -> Option<u64> {
    stderr.lines().rev().find_map(|line| line.strip_prefix("compiled ")?.split(',').next()?.parse().ok())
}

fn moved(control: &Seen, seen: &Seen) -> Option<Moved> {
    let of = |metric| Some(value(seen, metric)? - value(control, metric)?);
    Some(Moved {
        is_other_file: sha256(seen)? != sha256(control)?,
        raw_bytes: of(Metric::RawBytes)?,
        gzip_bytes: of(Metric::GzipBytes)?,
        brotli_bytes: of(Metric::BrotliBytes)?,
    })
}

/// The hash of the shipped file.
fn sha256(seen: &Seen) -> Option<String> {
    let run = seen.run()?;
    let own = run["artifacts"].as_array()?.iter().find(|artifact| artifact["variant"] == AGENT)?["sha256"].as_str()?.to_string();
    Some(own)
}

fn value(seen: &Seen, metric: Metric) -> Option<i64> {
    let run = seen.run()?;
    let of = |one: &&serde_json::Value| one["variant"] == AGENT && one["metric"] == metric.name().as_str();
    run["measurements"].as_array()?.iter().find(of)?["value"].as_i64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_compiled_is_told_by_the_timings() {
        assert_eq!(compiled_count("x\ncompiled 1, optimized 0; own share 4 %\n"), Some(1));
        assert_eq!(compiled_count("compiled many"), None);
        assert_eq!(compiled_count(""), None);
    }

    #[test]
    fn sizes_are_told_from_the_runs() {
        let seen = |raw: u64| {
            let one = |metric: &str, value| format!(r#"{{"variant": "{AGENT}", "metric": "{metric}", "value": {value}}}"#);
            let all = [one("raw_bytes", raw), one("gzip_bytes", 5), one("brotli_bytes", 4)].join(",");
            let artifacts = format!(r#"[{{"variant": "{AGENT}", "sha256": "{raw}"}}]"#);
            Seen { stdout: format!(r#"{{"measurements": [{all}], "artifacts": {artifacts}}}"#), ..Seen::default() }
        };
        assert_eq!(moved(&seen(10), &seen(8)).unwrap(), Moved { is_other_file: true, raw_bytes: -2, ..Moved::default() });
        assert!(moved(&seen(10), &Seen::default()).is_none());
    }
}
