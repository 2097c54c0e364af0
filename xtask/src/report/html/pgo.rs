//! The section of `pgo`: every build beside the reference.

use super::{
    findings,
    gate::Standing,
    markup::Html,
    table::{Cell, Table, folded},
};
use crate::{
    analysis::pgo::{Worth, worth},
    data::{
        pgo::{BuildProof, Figures, PgoRun, Proof, State, build::Build},
        timing::{Ratio, Sign},
    },
    report::{
        pgo::{figures, percent},
        table::{Column, grouped},
    },
};

/// Everything below the section's head.
pub fn body(run: &PgoRun) -> Html {
    let mut html = Html::new();
    html.add(&findings::of_rows(&run.verdict.findings));
    for proof in &run.subjects {
        html.element("h3", &[], &proof.subject).raw("\n").add(&builds(proof));
        for (title, grid) in figures::grids(proof) {
            let title = title.trim_end_matches(':');
            html.add(&folded(title, &Table::of(title, &grid).html()));
        }
        html.add(&notes(proof));
    }
    html
}

/// A row for each build, measured or not.
fn builds(proof: &Proof) -> Html {
    let mut table = Table::new(
        &format!(
            "Builds of {}: instructions of work that no profile was trained on, their ratio to those of the reference, and bytes of the stripped file",
            proof.subject
        ),
        &[
            ("build", Column::Name),
            ("instructions", Column::Number),
            ("ratio", Column::Number),
            ("verdict", Column::Text),
            ("time, ratio", Column::Name),
            ("raw bytes", Column::Number),
            ("what it is", Column::Text),
        ],
    );
    for one in &proof.builds {
        let name = Cell::name(one.build.name());
        table.row(match &one.state {
            State::Measured(figures) => measured(name, proof, one, figures),
            State::NotApplicable { reason } => without(name, Standing::Absent, "not applicable", reason),
            State::Failed { reason } => without(name, Standing::Fail, "failed", reason),
        });
    }
    table.html()
}

fn without(name: Cell, standing: Standing, word: &str, reason: &str) -> Vec<Cell> {
    let verdict = Cell::html(standing.chip(word), "9");
    vec![name, Cell::none(), Cell::none(), verdict, Cell::none(), Cell::none(), Cell::text(reason)]
}

fn measured(name: Cell, proof: &Proof, one: &BuildProof, figures: &Figures) -> Vec<Cell> {
    let build = one.build;
    let count = figures.held_out_instruction_count;
    let before = proof.figures(Build::Reference).and_then(|reference| reference.held_out_instruction_count);
    let pair = before.zip(count).filter(|_| build != Build::Reference);
    vec![
        name,
        Cell::maybe(count),
        pair.map_or_else(Cell::none, |(before, count)| ratio(before, count)),
        pair.map_or_else(
            || Cell::text(if build == Build::Reference { "reference" } else { "–" }),
            |(before, count)| verdict(worth(before, count, proof.noise_ppm.unwrap_or(0))),
        ),
        figures.held_out_ratio.as_ref().map_or_else(Cell::none, |ratio| time(ratio, proof)),
        Cell::number(figures.raw_bytes),
        Cell::text(&one.summary),
    ]
}

/// `0.904`: what a build takes of what the reference takes, with a bar as long as that.
fn ratio(before: u64, count: u64) -> Cell {
    let permille = u64::try_from(u128::from(count) * 1_000 / u128::from(before.max(1))).unwrap_or(u64::MAX);
    let mut html = Html::new();
    let width = permille.min(1_500) * 60 / 1_500;
    html.open("svg", &[("class", "gauge"), ("aria-hidden", "true"), ("focusable", "false"), ("viewBox", "0 0 60 10")]);
    html.open("rect", &[("class", "fill"), ("y", "1"), ("height", "8"), ("width", &width.to_string())]).close("rect");
    html.raw("<path class=\"one\" d=\"M40 0v10\"/></svg> ").text(&format!("{}.{:03}", permille / 1_000, permille % 1_000));
    Cell::html(html, &permille.to_string())
}

fn verdict(worth: Worth) -> Cell {
    let mut html = Html::new();
    let sort = match worth {
        Worth::Gain(ppm) => {
            html.element("span", &[("class", "down")], &format!("▼ {} fewer", percent(ppm)));
            -i128::from(ppm)
        }
        Worth::Loss(ppm) => {
            html.element("span", &[("class", "up")], &format!("▲ {} more", percent(ppm)));
            i128::from(ppm)
        }
        Worth::NoGain => {
            html.element("span", &[("class", "same")], "= no gain");
            0
        }
    };
    Cell::html(html, &sort.to_string())
}

/// A build can be no surer of itself than the reference is of itself.
fn time(ratio: &Ratio, proof: &Proof) -> Cell {
    let is_quiet = proof.itself.held_out.as_ref().is_none_or(|itself| itself.sign() == Sign::Unclear);
    let times = |ppm: u64| format!("{}.{:03}", ppm / 1_000_000, ppm % 1_000_000 / 1_000);
    let word = match ratio.sign() {
        Sign::Faster if is_quiet => "faster",
        Sign::Slower if is_quiet => "slower",
        _ => "no verdict",
    };
    let text = format!("{} to {}: {word}", times(ratio.low_ppm), times(ratio.high_ppm));
    Cell::html(Html::of(&text), &ratio.median_ppm.to_string())
}

fn notes(proof: &Proof) -> Html {
    let mut lines = vec![format!("WebAssembly: not applicable: {}", proof.wasm)];
    if let Some(count) = proof.figures(Build::Reference).and_then(|figures| figures.held_out_instruction_count) {
        lines.push(format!(
            "counted by {}: the reference takes {} instructions for the held-out work",
            proof.counter,
            grouped(count)
        ));
    }
    lines.extend(proof.notes.iter().cloned());
    let mut inner = Html::new();
    inner.raw("<ul>");
    for line in &lines {
        inner.element("li", &[], line);
    }
    inner.raw("</ul>");
    folded("Notes", &inner)
}
