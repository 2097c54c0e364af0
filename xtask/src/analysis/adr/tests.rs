//! Tests of decisions: scores, ties, and each way to look at how firm they are.

use super::{
    decide,
    score::{self, scores, winner},
    sensitivity::{drawn, with_share},
};
use crate::data::adr::{
    Over,
    decision::{Decision, Flip, TieBreak},
    measured::{Case, Choice, Criterion, Measured},
};
use std::collections::BTreeMap;

/// Criteria as weight and cases; a case is a value for each of `a`, `b`, `c`...
fn measured(criteria: &[(u64, &[&[u64]])]) -> Measured {
    let count = criteria[0].1[0].len();
    let name = |index: usize| char::from(b'a' + index as u8).to_string();
    let criterion = |(index, (weight, cases)): (usize, &(u64, &[&[u64]]))| Criterion {
        name: format!("c{index}"),
        unit: "bytes".into(),
        weight: *weight,
        spread_ppm: 0,
        over: Over::Mean,
        cases: (0..)
            .zip(*cases)
            .map(|(case, values)| Case { name: format!("k{case}"), values: values.iter().copied().map(Some).collect() })
            .collect(),
    };
    Measured {
        options: (0..count).map(|index| Choice { name: name(index), excluded: None }).collect(),
        criteria: criteria.iter().enumerate().map(criterion).collect(),
        tools: BTreeMap::new(),
    }
}

fn standing(decision: &Decision, option: &str) -> (Option<u64>, Vec<Option<u64>>) {
    let found = decision.standings.iter().find(|standing| standing.option == option).unwrap();
    (found.total_ppm, found.score_ppm.clone())
}

#[test]
fn scores_are_means_of_best_to_value_rounded_down() {
    let decision = decide(&measured(&[(1, &[&[10, 30], &[20, 10]]), (2, &[&[7, 3]])]));
    // (1 + 1/2) / 2 and 3/7; (1/3 + 1) / 2 and 1.
    assert_eq!(standing(&decision, "a"), (Some(535_714), vec![Some(750_000), Some(428_571)]));
    assert_eq!(standing(&decision, "b"), (Some(888_888), vec![Some(666_666), Some(1_000_000)]));
    assert_eq!((&*decision.winner, &*decision.runner_up, &decision.tie), ("b", "a", &None));
}

#[test]
fn zero_counts_as_one_in_a_case_that_has_it() {
    let decision = decide(&measured(&[(1, &[&[0, 1, 0], &[10, 5, 5]])]));
    assert_eq!(standing(&decision, "a").0, Some(750_000), "(1 + 1/2) / 2");
    assert_eq!(standing(&decision, "b").0, Some(750_000), "(1/2 + 1) / 2");
    assert_eq!(standing(&decision, "c").0, Some(1_000_000), "(1 + 1) / 2");
}

#[test]
fn ties_go_to_the_heaviest_criterion_then_to_the_name_and_it_is_said() {
    let decision = decide(&measured(&[(1, &[&[3, 1]]), (1, &[&[1, 3]])]));
    assert_eq!((&*decision.winner, decision.tie), ("b", Some(TieBreak::Heaviest("c0".into()))), "the first of equal weight");
    // 3/4 x 1 + 1/4 x 0.4 and 3/4 x 0.8 + 1/4 x 1 are both 0.85.
    let decision = decide(&measured(&[(3, &[&[4, 5]]), (1, &[&[5, 2]])]));
    assert_eq!(standing(&decision, "a").0, standing(&decision, "b").0);
    assert_eq!((&*decision.winner, decision.tie), ("a", Some(TieBreak::Heaviest("c0".into()))));
    let decision = decide(&measured(&[(1, &[&[3, 3]])]));
    assert_eq!((&*decision.winner, decision.tie), ("a", Some(TieBreak::Name)));
}

#[test]
fn an_excluded_option_is_shown_and_neither_wins_nor_moves_the_others() {
    let without = decide(&measured(&[(1, &[&[10, 20]]), (1, &[&[5, 4]])]));
    let mut with = measured(&[(1, &[&[10, 20, 1]]), (1, &[&[5, 4, 0]])]);
    with.options[2].excluded = Some("never frees".into());
    let decision = decide(&with);
    assert_eq!(decision.standings[..2], without.standings);
    assert_eq!(standing(&decision, "c"), (Some(7_500_000), vec![Some(10_000_000), Some(5_000_000)]), "better than the best");
    assert_eq!((&decision.random, &decision.flips), (&without.random, &without.flips));
    with.criteria[0].cases[0].values[2] = None;
    assert_eq!(standing(&decide(&with), "c"), (None, vec![None, Some(5_000_000)]));
}

#[test]
fn random_weightings_repeat_and_add_up() {
    let two = measured(&[(9, &[&[1, 2]]), (1, &[&[2, 1]])]);
    let random = decide(&two).random;
    assert_eq!(random, decide(&two).random);
    assert_eq!(random.win_count.values().sum::<u64>(), random.sample_count);
    assert!((4_800..5_200).contains(&random.win_count["a"]), "whatever the policy's weights are: {random:?}");
    let mut state = 5;
    let mut sums = [0; 3];
    for _ in 0..3_000 {
        let weights = drawn(3, &mut state);
        assert_eq!(weights.iter().sum::<u64>(), 1_000_000);
        sums.iter_mut().zip(&weights).for_each(|(sum, weight)| *sum += weight / 1_000);
    }
    assert!(sums.iter().all(|sum| (950_000..1_050_000).contains(sum)), "each weight is a third on average: {sums:?}");
    assert_eq!(drawn(1, &mut state), [1_000_000]);
}

#[test]
fn flips_are_where_the_outcome_changes_and_not_a_step_before() {
    let measured = measured(&[(40, &[&[100, 110, 150]]), (35, &[&[120, 100, 101]]), (25, &[&[30, 40, 25]])]);
    let decision = decide(&measured);
    let scores = scores(&measured);
    let won = |criterion: usize, share: u64| {
        let weights = with_share(&measured.weights(), criterion, share).unwrap();
        assert_eq!(weights[criterion] * 1_000, share * weights.iter().sum::<u64>());
        measured.options[winner(&measured, &scores, &weights)].name.clone()
    };
    let mut seen = 0;
    for (criterion, flips) in decision.flips.iter().enumerate() {
        let policy = measured.weights()[criterion] * 10;
        if let Some(Flip { share_permille: share, winner }) = &flips.below {
            assert!(*share < policy && won(criterion, *share) == *winner && *winner != decision.winner);
            assert!((share + 1..=policy).all(|nearer| won(criterion, nearer) == decision.winner));
            seen += 1;
        } else {
            assert!((0..=policy).all(|share| won(criterion, share) == decision.winner));
        }
        if let Some(Flip { share_permille: share, winner }) = &flips.above {
            assert!(*share > policy && won(criterion, *share) == *winner && *winner != decision.winner);
            assert!((policy..*share).all(|nearer| won(criterion, nearer) == decision.winner));
            seen += 1;
        } else {
            assert!((policy..=1_000).all(|share| won(criterion, share) == decision.winner));
        }
    }
    assert!(seen >= 3, "{:?}", decision.flips);
}

#[test]
fn one_criterion_has_no_weight_to_change() {
    let decision = decide(&measured(&[(7, &[&[1, 2]])]));
    assert!(decision.flips[0].below.is_none() && decision.flips[0].above.is_none());
    assert_eq!(decision.random.win_count["a"], 10_000);
    assert!(decision.left_out.is_empty(), "nothing would be left");
}

#[test]
fn each_criterion_alone_and_each_case_left_out() {
    // `b` owes its win to the first case.
    let decision = decide(&measured(&[(3, &[&[90, 10], &[10, 11], &[10, 11]]), (1, &[&[1, 2]])]));
    assert_eq!(decision.winner, "b");
    assert_eq!(decision.alone.iter().map(|alone| &*alone.winner).collect::<Vec<_>>(), ["b", "a"]);
    let left_out: Vec<_> = decision.left_out.iter().map(|left| (&*left.criterion, left.case.as_deref(), &*left.winner)).collect();
    assert_eq!(left_out, [("c0", Some("k0"), "a"), ("c0", Some("k1"), "b"), ("c0", Some("k2"), "b"), ("c1", None, "b")]);
}

#[test]
fn a_spread_flips_what_is_closer_than_it() {
    let mut close = measured(&[(1, &[&[1_000, 1_010]]), (1, &[&[500, 500]])]);
    let winner = |measured: &Measured| decide(measured).spreads[0].winner.clone();
    assert_eq!(winner(&close), "a", "exact");
    close.criteria[0].spread_ppm = 4_000;
    assert_eq!(winner(&close), "a", "1,004 against 1,005");
    close.criteria[0].spread_ppm = 6_000;
    assert_eq!(winner(&close), "b", "1,006 against 1,003");
    assert_eq!(decide(&close).winner, "a");
}

#[test]
fn the_highest_numbers_do_not_overflow() {
    let mut high = measured(&[(1_000_000, &[&[u64::MAX, u64::MAX - 1, 1]]), (1_000_000, &[&[u64::MAX, 1, 0]])]);
    high.criteria[0].spread_ppm = 999_999;
    high.options[2].excluded = Some("much better".into());
    assert_eq!(decide(&high).winner, "b");
}

#[test]
fn where_the_worst_counts_one_bad_case_decides() {
    // The first is best in two cases of three and ten times worse in one; the second is never far off.
    let mut both = measured(&[(1, &[&[10, 12], &[10, 12], &[100, 10]])]);
    assert_eq!(scores(&both)[0][0], Some(700_000));
    both.criteria[0].over = Over::Worst;
    assert_eq!(scores(&both), [[Some(100_000)], [Some(833_333)]]);
    let candidates = both.candidates();
    assert_eq!([0, 1].map(|option| score::worst(&both.criteria[0], &candidates, option)), [Some(2), Some(0)]);
}
