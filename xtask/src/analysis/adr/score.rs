//! Scores, totals and the order that they give.

use crate::data::adr::{
    Over,
    decision::TieBreak,
    measured::{Case, Criterion, Measured},
};
use std::cmp::Reverse;

/// Option -> criterion -> parts per million; nothing where an excluded option lacks a case.
pub type Scores = Vec<Vec<Option<u64>>>;

/// What is as good as the best.
const WHOLE: u128 = 1_000_000;

/// Every score.
pub fn scores(measured: &Measured) -> Scores {
    let candidates = measured.candidates();
    let of = |option| measured.criteria.iter().map(|criterion| in_criterion(criterion, &candidates, option)).collect();
    (0..measured.options.len()).map(of).collect()
}

fn in_criterion(criterion: &Criterion, candidates: &[usize], option: usize) -> Option<u64> {
    let ratios = ratios(criterion, candidates, option)?;
    let score = match criterion.over {
        Over::Mean => ratios.iter().sum::<u128>().checked_div(ratios.len() as u128)?,
        Over::Worst => *ratios.iter().min()?,
    };
    // Only an excluded option can be so much better than the best of the others.
    Some(u64::try_from(score).unwrap_or(u64::MAX))
}

/// The case in which an option stands worst, the first of several.
pub fn worst(criterion: &Criterion, candidates: &[usize], option: usize) -> Option<usize> {
    let ratios = ratios(criterion, candidates, option)?;
    (0..ratios.len()).min_by_key(|case| ratios[*case])
}

fn ratios(criterion: &Criterion, candidates: &[usize], option: usize) -> Option<Vec<u128>> {
    criterion.cases.iter().map(|case| ratio(best(case, candidates)?, case.values[option]?)).collect()
}

/// The lowest value of the options that can win.
fn best(case: &Case, candidates: &[usize]) -> Option<u64> {
    candidates.iter().filter_map(|option| case.values[*option]).min()
}

/// Nothing can be divided by zero, and zero is to zero as one to one: where either is zero, both count as one more.
fn ratio(best: u64, value: u64) -> Option<u128> {
    let shift = u128::from(best == 0 || value == 0);
    ((u128::from(best) + shift) * WHOLE).checked_div(u128::from(value) + shift)
}

/// The weighted mean. A criterion of weight 0 counts for nothing; all of them cannot have it.
pub fn total(scores: &[u64], weights: &[u64]) -> u64 {
    let sum: u128 = scores.iter().zip(weights).map(|(score, weight)| u128::from(*score) * u128::from(*weight)).sum();
    let whole: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    u64::try_from(sum.checked_div(whole).unwrap_or(0)).unwrap_or(u64::MAX)
}

/// The options that can win, best first: by total, then by the score in the heaviest criterion, then by name.
pub fn rank(measured: &Measured, scores: &Scores, weights: &[u64]) -> Vec<usize> {
    let heaviest = heaviest(weights);
    let mut order = measured.candidates();
    // The options are sorted by name, and what is equal keeps its order.
    order.sort_by_key(|option| Reverse((candidate_total(scores, weights, *option), scores[*option][heaviest])));
    order
}

/// The first of them.
pub fn winner(measured: &Measured, scores: &Scores, weights: &[u64]) -> usize {
    rank(measured, scores, weights)[0]
}

fn candidate_total(scores: &Scores, weights: &[u64], option: usize) -> u64 {
    // An option that can win has every score.
    let all: Vec<u64> = scores[option].iter().map(|score| score.unwrap_or(0)).collect();
    total(&all, weights)
}

/// The first of the highest weight.
fn heaviest(weights: &[u64]) -> usize {
    let highest = weights.iter().max();
    weights.iter().position(|weight| Some(weight) == highest).unwrap_or(0)
}

/// What decided between the first two of `order`, where their totals are equal.
pub fn tie(scores: &Scores, weights: &[u64], measured: &Measured, order: &[usize]) -> Option<TieBreak> {
    let [first, second] = [0, 1].map(|place| candidate_total(scores, weights, order[place]));
    if first != second {
        return None;
    }
    let heaviest = heaviest(weights);
    let by_score = scores[order[0]][heaviest] != scores[order[1]][heaviest];
    Some(if by_score { TieBreak::Heaviest(measured.criteria[heaviest].name.clone()) } else { TieBreak::Name })
}
