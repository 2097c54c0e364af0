//! What `cargo xtask pgo` says: the verdict, every build beside the others, what got faster, and what the profile is like.

pub mod figures;
mod functions;
pub mod health;

use super::{
    merged, rows,
    table::{Form, grouped},
};
use crate::{
    analysis::pgo::{Worth, worth},
    data::{
        pgo::{Counter, PgoRun, Proof, State, build::Build},
        verdict::{Outcome, Recorded},
    },
};
use std::fmt::Write;

/// The report of a run.
pub fn render(run: &PgoRun, form: Form) -> String {
    let mut text = headline(run) + "\n";
    for proof in &run.subjects {
        let _ = write!(text, "\n{}", form.heading(&format!("{}: {}", proof.subject, gain(proof))));
        text += &figures::tables(proof, form);
        text += &without_figures(proof, form);
        text += &functions::changed(proof, form);
        text += &health::of(&proof.health, "The profile", form);
        text += &proof
            .shipped_health
            .as_ref()
            .map_or_else(String::new, |own| health::of(own, "The profile of what is released", form));
        text += &notes(proof, form);
    }
    text += &rows::list(&run.verdict.findings, form);
    text += &merged::line(run.verdict.measure_again_count, run.verdict.recorded, "cargo xtask pgo");
    for proof in &run.subjects {
        text += &functions::regressions(proof, form);
    }
    if run.verdict.outcome == Outcome::Fail {
        let _ = writeln!(text, "\n{}", rows::remedy(&run.verdict, "pgo"));
    }
    text
}

fn headline(run: &PgoRun) -> String {
    let findings = rows::counted(&run.verdict.findings);
    let recorded = match run.verdict.recorded {
        Recorded::Nothing => "",
        Recorded::First => "; the first numbers were recorded in baselines/pgo.json",
        Recorded::Better => "; better numbers were recorded in baselines/pgo.json",
        Recorded::Confirmed => ", which is recorded",
        Recorded::Accepted => "; recorded in baselines/pgo.json with the reason",
    };
    match run.verdict.outcome {
        Outcome::NotJudged if is_uncounted(run) => {
            "NOT JUDGED: nothing counts instructions here, so nothing was held against the baseline: install valgrind".into()
        }
        Outcome::NotJudged => "NOT JUDGED: nothing was held against the baseline".into(),
        Outcome::Pass if findings.is_empty() => format!("PASS: as the baseline says{}{recorded}", left_out(run)),
        Outcome::Pass => format!("PASS: {findings}{recorded}"),
        Outcome::Fail => format!("FAIL: {findings}"),
    }
}

fn is_uncounted(run: &PgoRun) -> bool {
    run.subjects.iter().any(|proof| proof.counter == Counter::Nothing)
}

/// What of the baseline the run did not look at.
fn left_out(run: &PgoRun) -> String {
    match run.verdict.not_selected_count {
        0 => String::new(),
        1 => "; 1 row was left out".into(),
        count => format!("; {count} rows were left out"),
    }
}

/// What the profile won, on the work it was trained on and on the work it was not.
fn gain(proof: &Proof) -> String {
    if proof.counter == Counter::Nothing {
        return "nothing counts instructions here: times only, not gated".into();
    }
    let (Some(reference), Some(pgo)) = (proof.figures(Build::Reference), proof.figures(Build::Pgo)) else {
        return "the profile was not measured".into();
    };
    let said = |before: Option<u64>, after: Option<u64>| {
        before.zip(after).map_or("-".into(), |(before, after)| verdict(before, after, proof))
    };
    format!(
        "held-out work with the profile: {}; the work it was trained on: {}",
        said(reference.held_out_instruction_count, pgo.held_out_instruction_count),
        said(reference.training_instruction_count, pgo.training_instruction_count)
    )
}

/// What the instructions say in words.
fn verdict(reference: u64, value: u64, proof: &Proof) -> String {
    match worth(reference, value, proof.noise_ppm.unwrap_or(0)) {
        Worth::Gain(ppm) => format!("{} fewer instructions", percent(ppm)),
        Worth::Loss(ppm) => format!("{} more instructions", percent(ppm)),
        Worth::NoGain => "no gain".into(),
    }
}

/// Millionths in percent, to a hundredth.
pub fn percent(ppm: u64) -> String {
    format!("{}.{:02} %", ppm / 10_000, ppm % 10_000 / 100)
}

fn without_figures(proof: &Proof, form: Form) -> String {
    let mut text = String::new();
    for one in &proof.builds {
        let said = match &one.state {
            State::Measured(_) => continue,
            State::NotApplicable { reason } => format!("not applicable: {reason}"),
            State::Failed { reason } => format!("FAILED: {reason}"),
        };
        let _ = writeln!(text, "{}{} ({}): {said}", form.bullet(), one.build, one.summary);
    }
    let _ = writeln!(text, "{}WebAssembly: not applicable: {}", form.bullet(), proof.wasm);
    format!("\n{}{text}", form.heading("Without figures:"))
}

fn notes(proof: &Proof, form: Form) -> String {
    let mut lines: Vec<String> = Vec::new();
    if let Some(ppm) = proof.noise_ppm {
        lines.push(format!("two counts of the reference's held-out work lie {} apart ({ppm} millionths)", percent(ppm)));
    }
    if let Some(reference) = proof.figures(Build::Reference).and_then(|figures| figures.held_out_instruction_count) {
        lines.push(format!(
            "counted by {}: the reference takes {} instructions for the held-out work",
            proof.counter,
            grouped(reference)
        ));
    }
    lines.extend(proof.notes.iter().cloned());
    let text: String = lines.iter().map(|line| format!("{}{line}\n", form.bullet())).collect();
    if text.is_empty() { text } else { format!("\n{}{text}", form.heading("Notes:")) }
}

#[cfg(test)]
mod tests;
