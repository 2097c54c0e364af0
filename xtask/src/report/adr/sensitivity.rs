//! What would change an outcome, in words and tables.

use super::Adr;
use crate::{
    data::adr::decision::Flip,
    report::table::{Column, Form, Grid, grouped, share},
};
use std::fmt::Write;

/// The part of the document.
pub fn text(adr: Adr<'_>) -> String {
    [random(adr), flips(adr), alone(adr), left_out(adr), spreads(adr)].join("\n")
}

fn random(adr: Adr<'_>) -> String {
    let random = &adr.decision.random;
    let mut won: Vec<(&String, &u64)> = random.win_count.iter().collect();
    won.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
    let mut grid = Grid::new(&[("option", Column::Name), ("wins", Column::Number)]);
    for (name, count) in won {
        grid.row([name.clone(), share(*count, random.sample_count)]);
    }
    format!(
        "**Any weights.** Of {} weightings drawn uniformly (SplitMix64, seed {}) each option wins:\n\n{}",
        grouped(random.sample_count),
        random.seed,
        grid.render(Form::Markdown)
    )
}

fn flips(adr: Adr<'_>) -> String {
    let columns = [
        ("criterion", Column::Text),
        ("share now", Column::Number),
        ("another wins down from", Column::Text),
        ("another wins up from", Column::Text),
    ];
    let mut grid = Grid::new(&columns);
    let whole = adr.measured.weights().iter().sum();
    for (flips, criterion) in adr.decision.flips.iter().zip(&adr.measured.criteria) {
        let [below, above] = [&flips.below, &flips.above].map(|flip| flip.as_ref().map_or("no weight does".into(), at));
        grid.row([flips.criterion.clone(), share(criterion.weight, whole), below, above]);
    }
    format!(
        "**One weight.** The share of one criterion in steps of 0.1 %, the others scaled in proportion:\n\n{}",
        grid.render(Form::Markdown)
    )
}

/// `12.3 %: talc`.
fn at(flip: &Flip) -> String {
    format!("{}: {}", share(flip.share_permille, 1_000), flip.winner)
}

fn alone(adr: Adr<'_>) -> String {
    let mut grid = Grid::new(&[("only this counts", Column::Text), ("wins", Column::Name)]);
    for alone in &adr.decision.alone {
        grid.row([&alone.criterion, &alone.winner]);
    }
    format!("**One criterion alone.**\n\n{}", grid.render(Form::Markdown))
}

fn left_out(adr: Adr<'_>) -> String {
    let decision = adr.decision;
    let changed: Vec<_> = decision.left_out.iter().filter(|left_out| left_out.winner != decision.winner).collect();
    let count = grouped(decision.left_out.len() as u64);
    let mut text = match (changed.len(), decision.left_out.len()) {
        (_, 0) => return "**One case less.** There is only one.\n".into(),
        (0, _) => return format!("**One case less.** Leaving out any one of the {count} cases changes nothing.\n"),
        (changed, _) => {
            format!("**One case less.** Leaving out {} of the {count} cases changes the outcome:\n\n", grouped(changed as u64))
        }
    };
    let mut grid = Grid::new(&[("criterion", Column::Text), ("without the case", Column::Text), ("wins", Column::Name)]);
    for left_out in changed {
        let case = left_out.case.as_ref().map_or("its only one".to_string(), |case| format!("`{case}`"));
        grid.row([left_out.criterion.clone(), case, left_out.winner.clone()]);
    }
    text += &grid.render(Form::Markdown);
    text
}

fn spreads(adr: Adr<'_>) -> String {
    let decision = adr.decision;
    let mut text = format!(
        "**Another measurement.** With the values of `{}` higher and those of `{}` lower by the spread that was measured:\n\n",
        decision.winner, decision.runner_up
    );
    for spread in &decision.spreads {
        let _ = match (spread.spread_ppm, spread.winner == decision.winner) {
            (0, _) => writeln!(text, "- {}: exact, it repeats to the last digit.", spread.criterion),
            (ppm, true) => writeln!(text, "- {}: {} ppm, which changes nothing.", spread.criterion, grouped(ppm)),
            (ppm, false) => writeln!(text, "- {}: {} ppm, and **`{}` wins**.", spread.criterion, grouped(ppm), spread.winner),
        };
    }
    text
}

/// What a terminal says: the share of random weightings, and the nearest flips.
pub fn summary(adr: Adr<'_>) -> String {
    let decision = adr.decision;
    let count = decision.random.win_count.get(&decision.winner).copied().unwrap_or(0);
    let mut text = format!(
        "It wins {} of {} random weightings.\n",
        share(count, decision.random.sample_count),
        grouped(decision.random.sample_count)
    );
    let whole = adr.measured.weights().iter().sum();
    for (flips, criterion) in decision.flips.iter().zip(&adr.measured.criteria) {
        let now = share(criterion.weight, whole);
        let each = [("down from", &flips.below), ("up from", &flips.above)];
        let said: Vec<String> =
            each.into_iter().filter_map(|(way, flip)| Some(format!("{way} {}", at(flip.as_ref()?)))).collect();
        let said =
            if said.is_empty() { "no weight changes the outcome".into() } else { format!("another wins {}", said.join(", ")) };
        let _ = writeln!(text, "  {} ({now}): {said}", criterion.name);
    }
    text
}
