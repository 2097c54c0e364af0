//! The section of `run`: the grid of scenarios and engines, what failed, why some cells are not played, counts and times.

use super::{
    findings,
    gate::Standing,
    markup::Html,
    table::{Cell, Table, folded},
};
use crate::{
    data::grid::{self, GridRun, Reason},
    report::{
        run::{counts, engines, figures, short, tally, times},
        table::Column,
    },
};
use runner_protocol::Engine;
use std::collections::{BTreeMap, BTreeSet};

/// Everything below the section's head.
pub fn body(run: &GridRun) -> Html {
    let [passed, failed, absent] = tally(run);
    let mut html = Html::new();
    let count = |count: usize, one: &str, many: &str| {
        if count == 1 { format!("1 cell {one}") } else { format!("{count} cells {many}") }
    };
    html.raw("<p class=\"tally\">").add(&Standing::Pass.chip(&count(passed, "passes", "pass")));
    if failed > 0 {
        html.raw(" ").add(&Standing::Fail.chip(&count(failed, "fails", "fail")));
    }
    html.raw(" ").add(&Standing::Absent.chip(&count(absent, "does not apply", "do not apply"))).raw("</p>\n");
    html.add(&failures(run)).add(&findings::of_rows(&run.verdict.findings));
    let reasons = reasons(run);
    html.raw("<h3>Scenarios and engines</h3>\n").add(&cells(run, &reasons)).add(&not_applicable(run, &reasons));
    let grids = [
        ("Counts, which gate exactly (memory in bytes)", counts::grid(run)),
        ("Times, which never gate (medians; the ratio of the starts with its interval of 95 %)", times::grid(run)),
        ("Processes, one run each (bytes; memory at its highest for one message)", figures::grid(run)),
    ];
    let tables: Vec<Html> = grids.iter().map(|(title, grid)| folded(title, &Table::of(title, grid).html())).collect();
    if tables.iter().any(|table| !table.is_empty()) {
        html.raw("<h3>Counts and times</h3>\n");
        for table in &tables {
            html.add(table);
        }
    }
    html
}

/// Each reason for a cell that is not played, in the order of their first cells.
fn reasons(run: &GridRun) -> Vec<&str> {
    let mut reasons: Vec<&str> = Vec::new();
    for cell in run.rows.iter().flat_map(|row| row.cells.values()) {
        if let grid::Cell::NotApplicable { reason } = cell
            && !reasons.contains(&reason.as_str())
        {
            reasons.push(reason);
        }
    }
    reasons
}

fn cells(run: &GridRun, reasons: &[&str]) -> Html {
    let engines = engines(run);
    let heads = engines.iter().map(|engine| (short(*engine), Column::Text));
    let columns: Vec<_> = [("scenario", Column::Name)].into_iter().chain(heads).collect();
    let mut table =
        Table::new("Scenarios by engine; the number of a cell that does not apply is that of its reason below", &columns);
    for row in &run.rows {
        let cells = engines.iter().map(|engine| row.cells.get(engine).map_or_else(Cell::none, |cell| shown(cell, reasons)));
        table.row([Cell::name(&row.scenario)].into_iter().chain(cells));
    }
    table.html()
}

fn shown(cell: &grid::Cell, reasons: &[&str]) -> Cell {
    match cell {
        grid::Cell::Pass => Cell::html(Standing::Pass.chip("pass"), "2"),
        grid::Cell::Fail { .. } => Cell::html(Standing::Fail.chip("FAIL"), "0"),
        grid::Cell::NotApplicable { reason } => {
            let number = reasons.iter().position(|known| known == reason).map_or(0, |index| index + 1);
            let mut html = Html::new();
            html.open("span", &[("class", "chip absent"), ("title", reason)]).text("n/a ");
            html.element("sup", &[], &number.to_string()).close("span");
            Cell::html(html, "1")
        }
    }
}

/// The numbered reasons, with the engines and how many cells.
fn not_applicable(run: &GridRun, reasons: &[&str]) -> Html {
    let mut found: BTreeMap<&str, (BTreeSet<Engine>, usize)> = BTreeMap::new();
    for (engine, cell) in run.rows.iter().flat_map(|row| &row.cells) {
        if let grid::Cell::NotApplicable { reason } = cell {
            let (engines, count) = found.entry(reason).or_default();
            engines.insert(*engine);
            *count += 1;
        }
    }
    let mut html = Html::new();
    if reasons.is_empty() {
        return html;
    }
    html.raw("<h4>Why cells do not apply</h4>\n<ol class=\"reasons\">\n");
    for reason in reasons {
        let Some((engines, count)) = found.get(reason) else { continue };
        let names: Vec<&str> = engines.iter().map(|engine| short(*engine)).collect();
        let cells = if *count == 1 { "1 cell".to_string() } else { format!("{count} cells") };
        html.raw("<li>")
            .text(reason)
            .element("span", &[("class", "quiet")], &format!(" {}, {cells}", names.join(", ")))
            .raw("</li>\n");
    }
    html.raw("</ol>\n");
    html
}

/// What failed, each reason of a scenario once.
fn failures(run: &GridRun) -> Html {
    let mut items = Html::new();
    for row in &run.rows {
        let mut said: Vec<(&Reason, Vec<&str>)> = Vec::new();
        for (engine, cell) in &row.cells {
            let grid::Cell::Fail { reasons } = cell else { continue };
            for reason in reasons {
                match said.iter_mut().find(|(known, _)| *known == reason) {
                    Some((_, engines)) => engines.push(short(*engine)),
                    None => said.push((reason, vec![short(*engine)])),
                }
            }
        }
        for (reason, engines) in said {
            items.raw("<li>").element("code", &[], &row.scenario).text(&format!(" on {}: {}", engines.join(", "), reason.said));
            items.add(&folded("What was wanted and what came", &lines(&reason.detail))).raw("</li>\n");
        }
    }
    let mut html = Html::new();
    if !items.is_empty() {
        html.raw("<h3>What failed</h3>\n<ul class=\"findings\">\n").add(&items).raw("</ul>\n");
    }
    html
}

fn lines(detail: &str) -> Html {
    let mut html = Html::new();
    if !detail.is_empty() {
        html.raw("<pre tabindex=\"0\">");
        for line in detail.lines() {
            html.text(line).raw("\n");
        }
        html.raw("</pre>");
    }
    html
}
