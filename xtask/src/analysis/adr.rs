//! A decision from committed numbers: scores, the outcome, and what would change it. Integers only, so that every machine finds the same.
//!
//! Lower is better. In a case an option scores best / value in parts per million, where best is the lowest value of the options that can win;
//! in a criterion the mean over its cases; in total the mean weighted over the criteria. Each division rounds down. The highest total wins.

mod gather;
pub mod score;
mod sensitivity;

pub use gather::gather;

use crate::data::adr::{
    decision::{DECISION_SCHEMA, Decision, Standing},
    measured::Measured,
};
use score::{Scores, rank, scores, total};

/// The outcome of `measured`, and how firm it is. It has at least two options that can win, each with every case, and a criterion.
pub fn decide(measured: &Measured) -> Decision {
    let weights = measured.weights();
    let scores = scores(measured);
    let order = rank(measured, &scores, &weights);
    let name = |option: usize| measured.options[option].name.clone();
    let excluded = (0..measured.options.len()).filter(|option| measured.options[*option].excluded.is_some());
    Decision {
        schema: DECISION_SCHEMA,
        standings: order.iter().copied().chain(excluded).map(|option| standing(measured, &scores, &weights, option)).collect(),
        winner: name(order[0]),
        runner_up: name(order[1]),
        tie: score::tie(&scores, &weights, measured, &order),
        random: sensitivity::random(measured, &scores),
        flips: sensitivity::flips(measured, &scores, order[0]),
        alone: sensitivity::alone(measured, &scores),
        left_out: sensitivity::left_out(measured),
        spreads: sensitivity::spreads(measured, order[0], order[1]),
    }
}

fn standing(measured: &Measured, scores: &Scores, weights: &[u64], option: usize) -> Standing {
    let choice = &measured.options[option];
    let score_ppm = scores[option].clone();
    let total_ppm = score_ppm.iter().copied().collect::<Option<Vec<u64>>>().map(|all| total(&all, weights));
    Standing { option: choice.name.clone(), excluded: choice.excluded.clone(), total_ppm, score_ppm }
}

#[cfg(test)]
mod tests;
