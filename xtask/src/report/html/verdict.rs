//! The verdict: of all, at the top, and of each gate.

use super::{
    Page,
    gate::{self, Standing},
    markup::Html,
};
use crate::{
    data::{
        ci::{GateRun, GateState},
        comment::GateName,
        grid::Cell,
        verdict::Outcome,
    },
    report::{rows, size},
};

/// The title of the page, in a browser's tab.
pub fn title(page: &Page) -> String {
    format!("{} – gates", word(page))
}

fn word(page: &Page) -> &'static str {
    match page.report.outcome {
        Outcome::Pass => "Pass",
        Outcome::Fail => "Fail",
        Outcome::NotJudged => "Not judged",
    }
}

/// What everything came to.
pub fn banner(page: &Page) -> Html {
    let standing = match page.report.exit_code {
        2.. => Standing::Broke,
        _ => Standing::of(page.report.outcome),
    };
    let mut html = Html::new();
    html.open("header", &[("class", &format!("banner {}", standing.class()))]).raw("\n<div class=\"inner\">");
    html.raw("<div class=\"mark\">").add(&standing.icon()).raw("</div>\n<div>");
    html.element("h1", &[], &format!("{}: {}", word(page), sentence(page)));
    let code = page.report.exit_code;
    html.element("p", &[], &format!("Exit code {code}: {}.", gate::meaning(code))).raw("</div>\n");
    html.raw("<button type=\"button\" id=\"theme\" hidden>Dark</button></div></header>\n");
    html
}

/// How many gates came to what.
fn sentence(page: &Page) -> String {
    let states: Vec<&GateState> = page.report.gates.values().collect();
    let count = |standing: Standing| states.iter().filter(|state| Standing::of_state(state) == standing).count();
    let [passed, failed, broke, absent] = [Standing::Pass, Standing::Fail, Standing::Broke, Standing::Absent].map(count);
    let gates = |count: usize| if count == 1 { "1 gate".to_string() } else { format!("{count} gates") };
    let mut parts = Vec::new();
    if failed > 0 {
        parts.push(format!("{} {}", gates(failed), if failed == 1 { "fails" } else { "fail" }));
    }
    if broke > 0 {
        parts.push(format!("{} came to no verdict", gates(broke)));
    }
    if passed > 0 {
        parts.push(format!("{} {}", gates(passed), if passed == 1 { "holds" } else { "hold" }));
    }
    if absent > 0 {
        parts.push(format!("{} not judged", gates(absent)));
    }
    if parts.is_empty() { "no gate has run".into() } else { parts.join(", ") }
}

/// A card for each gate.
pub fn gates(page: &Page) -> Html {
    let mut html = Html::new();
    html.raw(
        "<section aria-labelledby=\"gates-heading\"><h2 id=\"gates-heading\" class=\"quiet\">Gates</h2>\n<ul class=\"cards\">\n",
    );
    for (name, state) in &page.report.gates {
        html.open("li", &[("class", &format!("card {}", Standing::of_state(state).class()))]);
        html.raw("<div class=\"top\">").open("a", &[("href", gate::anchor(*name))]).text(name.name()).close("a");
        html.add(&Standing::of_state(state).chip(gate::word(state))).raw("</div>");
        html.element("p", &[], &said(*name, state));
        let code = gate::exit_code(state).map_or_else(|| "no exit code".into(), |code| format!("exit code {code}"));
        html.element("p", &[("class", "code")], &code).raw("</li>\n");
    }
    html.raw("</ul>\n").add(&differ(page)).raw("</section>\n");
    html
}

/// A gate in a sentence.
fn said(name: GateName, state: &GateState) -> String {
    match state {
        GateState::Broke { error, .. } => error.clone(),
        GateState::LeftOut { reason } => format!("{}: {reason}", gate::about(name).trim_end_matches('.')),
        GateState::Ended { run, .. } => {
            let (done, findings) = match &**run {
                GateRun::Size(run) => {
                    (format!("{} variants measured", run.run.artifacts.len()), size::counted(&run.run.verdict.findings))
                }
                GateRun::Run(run) => {
                    let cells = run.rows.iter().flat_map(|row| row.cells.values());
                    let passed = cells.filter(|cell| **cell == Cell::Pass).count();
                    (format!("{passed} cells pass"), rows::counted(&run.verdict.findings))
                }
                GateRun::Alloc(run) => {
                    let done = format!("{} allocators on {} workloads", run.allocators.len(), run.workloads.len());
                    (done, rows::counted(&run.verdict.findings))
                }
                GateRun::Pgo(run) => {
                    let builds: usize = run.subjects.iter().map(|proof| proof.builds.len()).sum();
                    (format!("{builds} builds compared"), rows::counted(&run.verdict.findings))
                }
            };
            if findings.is_empty() { format!("{done}, all as the baseline says") } else { format!("{findings}; {done}") }
        }
    }
}

/// Runs of several commits say nothing about any one of them.
fn differ(page: &Page) -> Html {
    let mut html = Html::new();
    let mut commits: Vec<Option<&str>> = page.report.gates.values().filter_map(super::provenance::commit).collect();
    commits.sort_unstable();
    commits.dedup();
    if commits.len() > 1 {
        html.raw("<p class=\"note\">").add(&Standing::Broke.icon());
        html.text("These runs are not of one commit: see provenance. Run the gates again to judge one.").raw("</p>\n");
    }
    html
}
