//! Known values, and what holds of any.

use super::*;
use crate::data::timing::Sign;
use proptest::prelude::*;

fn samples(points: impl IntoIterator<Item = (u64, u64)>) -> Vec<MemorySample> {
    points.into_iter().map(|(instance_count, resident_bytes)| MemorySample { instance_count, resident_bytes }).collect()
}

#[test]
fn medians() {
    assert_eq!([median(&[]), median(&[7]), median(&[9, 1]), median(&[3, 9, 1])], [None, Some(7), Some(5), Some(3)]);
    assert_eq!(median(&[u64::MAX, u64::MAX]), Some(u64::MAX));
}

#[test]
fn the_ranks_are_those_of_the_tables() {
    // Conover, table A3, or any table of the sign test at 2.5 % a side.
    let known = [
        (5, None),
        (6, Some(1)),
        (8, Some(1)),
        (9, Some(2)),
        (10, Some(2)),
        (12, Some(3)),
        (15, Some(4)),
        (20, Some(6)),
        (25, Some(8)),
    ];
    for (count, wanted) in known {
        assert_eq!(rank(count), wanted, "{count}");
    }
    assert!(rank(1000).is_some_and(|rank| (460..480).contains(&rank)));
}

#[test]
fn a_ratio_says_something_only_where_its_interval_leaves_out_one() {
    let steady = |first: u64, second: u64| ratio(&(0..10).map(|at| (first + at, second + at)).collect::<Vec<_>>()).unwrap();
    assert_eq!(steady(2000, 1000).sign(), Sign::Slower);
    assert_eq!(steady(1000, 2000).sign(), Sign::Faster);
    assert_eq!(steady(1000, 1000).sign(), Sign::Unclear);
    let noisy: Vec<(u64, u64)> = (0..20).map(|at| if at % 2 == 0 { (110, 100) } else { (95, 100) }).collect();
    assert_eq!(ratio(&noisy).unwrap().sign(), Sign::Unclear);
    assert_eq!(ratio(&[(1, 1); 5]), None);
    assert_eq!(ratio(&[(1, 0); 10]), None);
    assert_eq!(ratio(&[(u64::MAX, 1); 10]), None);
}

#[test]
fn slopes() {
    assert_eq!(slope(&samples((0..100).map(|n| (n * 100, 5_000_000)))), Some(0));
    assert_eq!(slope(&samples((0..100).map(|n| (n * 100, 5_000_000 + n * 6_400)))), Some(64));
    assert_eq!(slope(&samples((0..100).map(|n| (n * 100, 5_000_000 - n * 6_400)))), Some(-64));
    // A byte in a thousand instances is a slope, and it is said.
    assert_eq!(slope(&samples((0..100).map(|n| (n * 1000, 5_000_000 + n)))), Some(1));
    // What grows at the start and then no more does not grow.
    assert_eq!(slope(&samples((0..100).map(|n| (n * 100, if n < 20 { n * 100_000 } else { 2_000_000 })))), Some(0));
    assert_eq!(slope(&samples((0..5).map(|n| (n, n)))), None);
    assert_eq!(slope(&samples((0..50).map(|n| (7, n)))), None);
}

proptest! {
    #[test]
    fn an_interval_encloses_its_median_and_the_order_of_pairs_does_not_matter(mut pairs in prop::collection::vec((1u64..1 << 40, 1u64..1 << 40), 6..60)) {
        let first = ratio(&pairs).unwrap();
        prop_assert!(first.low_ppm <= first.median_ppm && first.median_ppm <= first.high_ppm);
        pairs.reverse();
        prop_assert_eq!(ratio(&pairs).unwrap(), first);
    }

    #[test]
    fn of_the_same_numbers_twice_nothing_is_said(values in prop::collection::vec(1u64..1 << 40, 6..60)) {
        let pairs: Vec<(u64, u64)> = values.iter().map(|value| (*value, *value)).collect();
        prop_assert_eq!(ratio(&pairs).unwrap().sign(), Sign::Unclear);
    }

    #[test]
    fn a_line_has_its_own_slope_whatever_its_height(rise in -5_000i64..5_000, height in (1u64 << 32)..(1 << 40), count in 20u64..200) {
        let line = samples((0..count).map(|n| (n * 50, height.wrapping_add_signed(rise * 50 * n as i64))));
        prop_assert_eq!(slope(&line), Some(rise));
    }

    #[test]
    fn the_median_splits_the_values(values in prop::collection::vec(any::<u64>(), 1..50)) {
        let middle = median(&values).unwrap();
        let half = values.len() / 2;
        prop_assert!(values.iter().filter(|value| **value < middle).count() <= half);
        prop_assert!(values.iter().filter(|value| **value > middle).count() <= half);
    }
}
