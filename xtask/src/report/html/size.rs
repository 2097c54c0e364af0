//! The section of `size`: a row a variant, how far it is to the goals, and what the shipped files consist of.

use super::{
    Page, findings,
    gate::Standing,
    map,
    markup::Html,
    table::{Cell, Table, folded},
};
use crate::{
    data::{
        matrix,
        run::{Run, SizeRun, Split},
    },
    report::{
        run::short,
        size::{Report, Row, rows},
        table::{Column, grouped, signed},
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// Everything below the section's head.
pub fn body(page: &Page, saved: &SizeRun) -> Html {
    let run = &saved.run;
    let (mut subjects, mut floors) = (table("Shipped files, in bytes"), table("Hello-world built the same way, in bytes"));
    for row in figures(page, saved) {
        if row.is_floor { &mut floors } else { &mut subjects }.row(cells(&row));
    }
    let mut html = Html::new();
    html.add(&findings::of_sizes(&run.verdict.findings)).add(&splits(&saved.splits));
    html.raw("<h3>Variants</h3>\n").add(&subjects.html());
    html.add(&folded(&format!("The floors: {} variants of hello-world", floors.len()), &floors.html()));
    html.add(&goals(run)).add(&notes(page, run)).add(&map::all(page.maps));
    html
}

fn figures(page: &Page, saved: &SizeRun) -> Vec<Row> {
    let run = &saved.run;
    let known: BTreeSet<_> = run.artifacts.iter().map(|one| &one.variant).chain(run.failures.keys()).collect();
    let cells: Vec<matrix::Cell> = page.policy.cells().into_iter().filter(|cell| known.contains(&cell.variant)).collect();
    rows(&Report { saved, policy: page.policy, cells: &cells, baseline: page.baseline, command: "", base: "" })
}

/// What the tools did and what the source did, where the baseline is of other tools.
fn splits(splits: &[Split]) -> Html {
    let Some(first) = splits.first() else { return Html::new() };
    let numbers = ["baseline", "tools", "source", "now"].map(|title| (title, Column::Number));
    let columns: Vec<_> = [("variant", Column::Name), ("metric", Column::Text)].into_iter().chain(numbers).collect();
    let commit = first.commit.get(..12).unwrap_or(&first.commit);
    let mut table =
        Table::new(&format!("What the tools did and what the source did, by {commit} built with today's tools"), &columns);
    for split in splits {
        let (tools, source) = split.deltas();
        let metric = Cell::text(&split.metric.name());
        let [before, now] = [split.baseline, split.head].map(Cell::number);
        table.row(vec![Cell::name(&split.variant.to_string()), metric, before, Cell::delta(tools), Cell::delta(source), now]);
    }
    table.html()
}

fn table(caption: &str) -> Table {
    let numbers =
        ["raw", "gzip", "brotli", "to the baseline", "budget left", "over the floor"].map(|title| (title, Column::Number));
    let columns: Vec<_> = [("variant", Column::Name)].into_iter().chain(numbers).chain([("ran on", Column::Text)]).collect();
    Table::new(caption, &columns)
}

fn cells(row: &Row) -> Vec<Cell> {
    let failed = || Cell::html(Standing::Fail.chip("failed"), "-1");
    let bytes = |value: Option<u64>| value.map_or_else(failed, Cell::number);
    let left = |value: i64| match value {
        ..0 => {
            let mut html = Html::new();
            html.element("span", &[("class", "up")], &format!("▲ {} over", grouped(value.unsigned_abs())));
            Cell::html(html, &value.to_string())
        }
        _ => Cell::number(value.unsigned_abs()),
    };
    vec![
        Cell::name(&row.variant),
        bytes(row.raw),
        bytes(row.gzip),
        bytes(row.brotli),
        match (row.delta, row.raw) {
            (Some(delta), _) => Cell::delta(delta),
            (None, Some(_)) => Cell::text("new"),
            (None, None) => Cell::none(),
        },
        row.budget_left.map_or_else(Cell::none, left),
        row.over_floor.map_or_else(Cell::none, |bytes| Cell::html(Html::of(&signed(bytes)), &bytes.to_string())),
        row.ran_on.map_or_else(Cell::none, |engine| Cell::text(short(engine))),
    ]
}

/// Where the numbers are meant to go.
fn goals(run: &Run) -> Html {
    let mut table = Table::new(
        "Goals, which never gate",
        &[
            ("variants", Column::Name),
            ("best of them", Column::Name),
            ("metric", Column::Text),
            ("now", Column::Number),
            ("goal", Column::Number),
            ("away", Column::Number),
        ],
    );
    for standing in &run.goals {
        for (metric, one) in &standing.metrics {
            let best = standing.best.as_ref().map_or_else(Cell::none, |best| Cell::name(&best.to_string()));
            table.row([
                Cell::name(&standing.variants),
                best,
                Cell::text(&metric.name()),
                Cell::number(one.value),
                Cell::number(one.goal),
                if one.above > 0 {
                    Cell::html(Html::of(&signed(one.above)), &one.above.to_string())
                } else {
                    Cell::text("reached")
                },
            ]);
        }
    }
    let mut html = Html::new();
    if !table.is_empty() {
        html.raw("<h3>Goals</h3>\n").add(&table.html());
    }
    html
}

/// What a reader must know of the allocators.
fn notes(page: &Page, run: &Run) -> Html {
    let used: BTreeSet<&str> = run.artifacts.iter().map(|one| one.variant.allocator.as_str()).collect();
    let cells = page.policy.cells();
    let notes: BTreeMap<&str, &str> = cells
        .iter()
        .filter(|cell| used.contains(cell.variant.allocator.as_str()))
        .filter_map(|cell| Some((cell.variant.allocator.as_str(), cell.note.as_deref()?)))
        .collect();
    let mut html = Html::new();
    for (allocator, note) in notes {
        html.raw("<p class=\"note\">").element("code", &[], allocator).text(&format!(": {note}.")).raw("</p>\n");
    }
    html
}
