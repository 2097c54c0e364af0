//! What would change the outcome: other weights, one case less, another measurement.

use super::score::{Scores, scores, winner};
use crate::{
    analysis::shuffle,
    data::adr::{
        decision::{Alone, Flip, Flips, LeftOut, RandomWeights, Spread},
        measured::Measured,
    },
};
use std::collections::BTreeMap;

/// So many weightings are drawn.
const SAMPLES: u64 = 10_000;
/// Where the generator starts: any number, as long as it stays.
const SEED: u64 = 1;
/// The parts that a drawn weighting is cut into.
const PARTS: u64 = 1_000_000;
/// The steps in which a share of weight is scanned: tenths of a percent.
const STEPS: u64 = 1_000;

/// Who wins how often if nothing is known of the weights: they are drawn uniformly from all that add up to the same, as the pieces of a line that is
/// cut at points drawn by SplitMix64, sorted.
pub fn random(measured: &Measured, scores: &Scores) -> RandomWeights {
    let mut state = SEED;
    let candidates = measured.candidates();
    let mut win_count: BTreeMap<String, u64> =
        candidates.iter().map(|option| (measured.options[*option].name.clone(), 0)).collect();
    for _ in 0..SAMPLES {
        let weights = drawn(measured.criteria.len(), &mut state);
        *win_count.entry(named(measured, winner(measured, scores, &weights))).or_default() += 1;
    }
    RandomWeights { seed: SEED, sample_count: SAMPLES, win_count }
}

/// `count` weights that add up to [`PARTS`].
pub fn drawn(count: usize, state: &mut u64) -> Vec<u64> {
    // The bias of a remainder of so large a number is far below what so many samples show.
    let mut cuts: Vec<u64> = (1..count).map(|_| shuffle::next(state) % (PARTS + 1)).collect();
    cuts.sort_unstable();
    cuts.push(PARTS);
    let mut from = 0;
    cuts.into_iter().map(|cut| cut - std::mem::replace(&mut from, cut)).collect()
}

fn named(measured: &Measured, option: usize) -> String {
    measured.options[option].name.clone()
}

/// For each criterion the nearest shares at which another than `outcome` wins.
pub fn flips(measured: &Measured, scores: &Scores, outcome: usize) -> Vec<Flips> {
    let weights = measured.weights();
    let whole: u64 = weights.iter().sum();
    let of = |criterion: usize| {
        let at = |share: u64| {
            let won = winner(measured, scores, &with_share(&weights, criterion, share)?);
            (won != outcome).then(|| Flip { share_permille: share, winner: named(measured, won) })
        };
        // The policy's own share may lie between two steps.
        let is_below = |share: &u64| share * whole < weights[criterion] * STEPS;
        let is_above = |share: &u64| share * whole > weights[criterion] * STEPS;
        Flips {
            criterion: measured.criteria[criterion].name.clone(),
            below: (0..=STEPS).rev().filter(is_below).find_map(at),
            above: (0..=STEPS).filter(is_above).find_map(at),
        }
    };
    (0..weights.len()).map(of).collect()
}

/// The weights with `criterion` at so many tenths of a percent, the others in their proportions; nothing where there are no others.
pub fn with_share(weights: &[u64], criterion: usize, share: u64) -> Option<Vec<u64>> {
    let others: u64 = weights.iter().sum::<u64>() - weights[criterion];
    let scaled = |(index, weight): (usize, &u64)| if index == criterion { share * others } else { weight * (STEPS - share) };
    (others > 0).then(|| weights.iter().enumerate().map(scaled).collect())
}

/// Who wins if only one criterion counts, for each.
pub fn alone(measured: &Measured, scores: &Scores) -> Vec<Alone> {
    let of = |criterion: usize| {
        let weights: Vec<u64> = (0..measured.criteria.len()).map(|index| u64::from(index == criterion)).collect();
        Alone {
            criterion: measured.criteria[criterion].name.clone(),
            winner: named(measured, winner(measured, scores, &weights)),
        }
    };
    (0..measured.criteria.len()).map(of).collect()
}

/// Who wins without one case, for each. The only case of a criterion takes the criterion with it, unless that is the only one.
pub fn left_out(measured: &Measured) -> Vec<LeftOut> {
    let mut all = Vec::new();
    for (index, criterion) in measured.criteria.iter().enumerate() {
        for case in 0..criterion.cases.len() {
            let mut rest = measured.clone();
            let name = if criterion.cases.len() > 1 {
                Some(rest.criteria[index].cases.remove(case).name)
            } else if measured.criteria.len() > 1 {
                rest.criteria.remove(index);
                None
            } else {
                continue;
            };
            let won = winner(&rest, &scores(&rest), &rest.weights());
            all.push(LeftOut { criterion: criterion.name.clone(), case: name, winner: named(measured, won) });
        }
    }
    all
}

/// Who wins if each value of `first` is higher and each of `second` lower by the spread of a criterion, for each.
pub fn spreads(measured: &Measured, first: usize, second: usize) -> Vec<Spread> {
    let of = |index: usize| {
        let mut moved = measured.clone();
        let criterion = &mut moved.criteria[index];
        let spread = criterion.spread_ppm;
        for case in &mut criterion.cases {
            case.values[first] = case.values[first].map(|value| raised(value, spread));
            case.values[second] = case.values[second].map(|value| lowered(value, spread));
        }
        let won = winner(&moved, &scores(&moved), &moved.weights());
        Spread { criterion: measured.criteria[index].name.clone(), spread_ppm: spread, winner: named(measured, won) }
    };
    (0..measured.criteria.len()).map(of).collect()
}

/// Rounded up, as the worst that the spread allows.
fn raised(value: u64, ppm: u64) -> u64 {
    let raised = (u128::from(value) * (1_000_000 + u128::from(ppm))).div_ceil(1_000_000);
    u64::try_from(raised).unwrap_or(u64::MAX)
}

/// Rounded down, as the best that the spread allows.
fn lowered(value: u64, ppm: u64) -> u64 {
    let lowered = u128::from(value) * (1_000_000 - u128::from(ppm).min(1_000_000)) / 1_000_000;
    // No more than the value.
    u64::try_from(lowered).unwrap_or(value)
}
