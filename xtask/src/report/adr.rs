//! A decision record from numbers: the parts that are generated, the picture, and what a terminal says.

pub mod document;
mod sensitivity;

use super::{
    plot::{Mark, Plot, Point},
    table::{Column, Form, Grid, grouped, share},
};
use crate::analysis::adr::score::worst;
use crate::data::adr::{
    AdrCriterion, AdrPolicy, Over,
    decision::{Decision, TieBreak},
    measured::{Criterion, Measured},
};
use std::fmt::Write;

/// What the document is written from.
#[derive(Clone, Copy, Debug)]
pub struct Adr<'a> {
    /// Its name in the policy.
    pub name: &'a str,
    /// What the policy says of it.
    pub policy: &'a AdrPolicy,
    /// The numbers.
    pub measured: &'a Measured,
    /// What came of them.
    pub decision: &'a Decision,
}

/// A generated part: its name in the markers, and its text.
pub type Block = (&'static str, String);

/// The generated parts, in the order of a new file. `picture` is the name of the plot beside it, where there is one.
pub fn blocks(adr: Adr<'_>, picture: Option<&str>) -> Vec<Block> {
    vec![
        ("question", format!("{}\n", adr.policy.question.trim())),
        ("options", options(adr)),
        ("matrix", matrix(adr, picture)),
        ("weights", weights(adr)),
        ("scores", scores(adr)),
        ("outcome", outcome(adr)),
        ("sensitivity", sensitivity::text(adr)),
        ("provenance", provenance(adr)),
    ]
}

fn options(adr: Adr<'_>) -> String {
    let mut text = String::new();
    for (name, option) in &adr.policy.option {
        let current = if adr.policy.current.as_ref() == Some(name) { " (what is shipped now)" } else { "" };
        let _ = write!(text, "- `{name}`{current}: {}", option.summary.trim());
        let _ = match &option.excluded {
            Some(reason) => writeln!(text, " Shown, cannot be chosen: {}", reason.trim()),
            None => writeln!(text),
        };
    }
    text
}

fn matrix(adr: Adr<'_>, picture: Option<&str>) -> String {
    let mut text =
        "Lower is better everywhere. `best / value` is 1 for the best of the options that can be chosen.\n".to_string();
    for (index, criterion) in adr.measured.criteria.iter().enumerate() {
        let _ = write!(text, "\n**{}**, in {}", criterion.name, criterion.unit);
        if let [case] = &criterion.cases[..] {
            let _ = writeln!(text, ":{}\n", if case.name.is_empty() { String::new() } else { format!(" `{}`", case.name) });
        } else {
            let _ = writeln!(text, ", over {} cases:\n", criterion.cases.len());
        }
        text += &means(adr, index).render(Form::Markdown);
        if criterion.cases.len() > 1 {
            let _ = writeln!(text, "\nBy case:\n\n{}", cases(adr, criterion).render(Form::Markdown).trim_end());
        }
    }
    if let Some(file) = picture {
        let _ = writeln!(text, "\n![{}]({file})", adr.policy.title.replace(['[', ']'], ""));
    }
    text
}

/// One row an option: its value, the mean over the cases or the case where it stands worst, and its score.
fn means(adr: Adr<'_>, index: usize) -> Grid {
    let criterion = &adr.measured.criteria[index];
    let (value, column, ratio) = match (criterion.over, criterion.cases.len()) {
        (_, 1) => ("value", Column::Number, "best / value"),
        (Over::Mean, _) => ("mean", Column::Number, "mean of best / value"),
        (Over::Worst, _) => ("worst in", Column::Name, "lowest best / value"),
    };
    let mut grid = Grid::new(&[("option", Column::Name), (value, column), (ratio, Column::Number)]);
    let candidates = adr.measured.candidates();
    for (place, option) in adr.measured.options.iter().enumerate() {
        let standing = adr.decision.standings.iter().find(|standing| standing.option == option.name);
        let score = standing.and_then(|standing| standing.score_ppm[index]);
        let value = match column {
            Column::Name => worst(criterion, &candidates, place).map_or("-".into(), |case| criterion.cases[case].name.clone()),
            _ => or_none(criterion.mean(place)),
        };
        grid.row([option.name.clone(), value, ratio_text(score)]);
    }
    grid
}

fn cases(adr: Adr<'_>, criterion: &Criterion) -> Grid {
    let options = adr.measured.options.iter().map(|option| (option.name.as_str(), Column::Number));
    let mut grid = Grid::new(&[("case", Column::Name)].into_iter().chain(options).collect::<Vec<_>>());
    for case in &criterion.cases {
        grid.row([case.name.clone()].into_iter().chain(case.values.iter().map(|value| or_none(*value))));
    }
    grid
}

/// What is left out is said.
fn except(policy: &AdrCriterion) -> String {
    if policy.except.is_empty() { String::new() } else { format!(" without {}", policy.except.join(", ")) }
}

fn or_none(value: Option<u64>) -> String {
    value.map_or_else(|| "-".to_string(), grouped)
}

/// `987654` as `0.987654`.
fn ratio_text(ppm: Option<u64>) -> String {
    ppm.map_or_else(|| "-".to_string(), |ppm| format!("{}.{:06}", grouped(ppm / 1_000_000), ppm % 1_000_000))
}

fn weights(adr: Adr<'_>) -> String {
    let columns = [
        ("criterion", Column::Text),
        ("weight", Column::Number),
        ("share", Column::Number),
        ("cases", Column::Number),
        ("numbers", Column::Name),
        ("metric", Column::Name),
    ];
    let mut grid = Grid::new(&columns);
    let whole = adr.measured.weights().iter().sum();
    for (criterion, policy) in adr.measured.criteria.iter().zip(&adr.policy.criterion) {
        grid.row([
            criterion.name.clone(),
            grouped(criterion.weight),
            share(criterion.weight, whole),
            grouped(criterion.cases.len() as u64),
            format!("{}: {}{}", policy.baseline, policy.rows, except(policy)),
            policy.metric.clone(),
        ]);
    }
    grid.render(Form::Markdown)
}

fn scores(adr: Adr<'_>) -> String {
    let criteria = adr.measured.criteria.iter().map(|criterion| (criterion.name.as_str(), Column::Number));
    let columns: Vec<_> = [("option", Column::Text), ("total", Column::Number)].into_iter().chain(criteria).collect();
    let mut grid = Grid::new(&columns);
    for standing in &adr.decision.standings {
        let name = match (&standing.excluded, standing.option == adr.decision.winner) {
            (Some(_), _) => format!("`{}` (cannot be chosen)", standing.option),
            (None, true) => format!("**`{}`**", standing.option),
            (None, false) => format!("`{}`", standing.option),
        };
        let scores = standing.score_ppm.iter().map(|score| ratio_text(*score));
        grid.row([name, ratio_text(standing.total_ppm)].into_iter().chain(scores));
    }
    let zero = if has_zero(adr.measured) {
        "\nWhere best or value is 0, both count as one more: nothing can be divided by zero.\n"
    } else {
        ""
    };
    format!(
        "In each case an option scores best / value, in each criterion the mean over its cases, in total the mean by weight; each rounded \
         down to a millionth.\n\n{}{zero}",
        grid.render(Form::Markdown)
    )
}

fn has_zero(measured: &Measured) -> bool {
    measured.criteria.iter().flat_map(|criterion| &criterion.cases).any(|case| case.values.contains(&Some(0)))
}

fn outcome(adr: Adr<'_>) -> String {
    let [(winner, total), (second, behind)] = adr.decision.first_two();
    let mut text =
        format!("**`{winner}`**, with {}. Next is `{second}` with {}.\n", ratio_text(Some(total)), ratio_text(Some(behind)));
    match &adr.decision.tie {
        Some(TieBreak::Heaviest(criterion)) => {
            let _ = writeln!(text, "\nThe totals are equal: `{winner}` is better in {criterion}, the heaviest criterion.");
        }
        Some(TieBreak::Name) => {
            let _ = writeln!(
                text,
                "\nThe totals are equal, and so are the scores in the heaviest criterion: the name that sorts first stands for both."
            );
        }
        None => {}
    }
    match adr.policy.current.as_deref() {
        Some(current) if current == winner => text += "\nThat is what is shipped now.\n",
        Some(current) => {
            let _ = writeln!(text, "\n**What is shipped now differs: `{current}`.**");
        }
        None => {}
    }
    text
}

fn provenance(adr: Adr<'_>) -> String {
    let mut grid = Grid::new(&[("baseline", Column::Name), ("tool", Column::Text), ("version", Column::Text)]);
    for (file, tools) in &adr.measured.tools {
        for (tool, version) in tools {
            grid.row([file, tool, version]);
        }
    }
    format!(
        "Made by `cargo xtask report adr {}` from committed baselines; the decision is `[adr.{0}]` in the policy.\n\n{}",
        adr.name,
        grid.render(Form::Markdown)
    )
}

/// The picture: the first criterion to the right, the second up, the third as the area. Nothing where there are fewer than two, or no option has both.
pub fn plot(adr: Adr<'_>) -> Option<Plot> {
    let [x, y, rest @ ..] = &adr.measured.criteria[..] else { return None };
    let mut points = Vec::new();
    for (place, option) in adr.measured.options.iter().enumerate() {
        let size = rest.first().map_or(Some(0), |criterion| criterion.mean(place));
        // An excluded option that lacks a case has no place.
        let (Some(x), Some(y), Some(size)) = (x.mean(place), y.mean(place), size) else { continue };
        let mark = match (&option.excluded, option.name == adr.decision.winner) {
            (Some(_), _) => Mark::Excluded,
            (None, true) => Mark::Chosen,
            (None, false) => Mark::Plain,
        };
        points.push(Point { name: option.name.clone(), x, y, size, mark });
    }
    let title = |criterion: &Criterion| {
        let mean = if criterion.cases.len() > 1 { format!(", mean of {} cases", criterion.cases.len()) } else { String::new() };
        format!("{} ({}{mean})", criterion.name, criterion.unit)
    };
    let size = rest.first().map(title);
    Some(Plot { title: adr.policy.title.clone(), x: title(x), y: title(y), size, points })
}

/// What a terminal says of the outcome.
pub fn summary(adr: Adr<'_>) -> String {
    let [(winner, total), (second, behind)] = adr.decision.first_two();
    let mut text =
        format!("{winner} wins with {}; next is {second} with {}.\n", ratio_text(Some(total)), ratio_text(Some(behind)));
    match &adr.decision.tie {
        Some(TieBreak::Heaviest(criterion)) => {
            let _ = writeln!(text, "The totals are equal: {winner} is better in {criterion}, the heaviest criterion.");
        }
        Some(TieBreak::Name) => text += "The totals are equal: the name that sorts first stands for both.\n",
        None => {}
    }
    if let Some(current) = adr.policy.current.as_deref().filter(|current| *current != winner) {
        let _ = writeln!(text, "What is shipped now differs: {current}.");
    }
    text + &sensitivity::summary(adr)
}
