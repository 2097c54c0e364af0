//! An axis: from numbers to places, with ticks at round numbers. Linear, or logarithmic where the numbers lie far apart.

use crate::report::table::grouped;

/// About so many parts are between the ticks of a linear axis.
const PARTS: u128 = 5;
/// From this ratio of the highest number to the lowest the axis is logarithmic, or the low ones would lie on one spot.
const FAR_APART: u128 = 20;
/// The bits after the point of a logarithm.
const LOG_BITS: u32 = 20;

/// An axis of some length.
#[derive(Clone, Debug)]
pub struct Axis {
    scale: Scale,
    ticks: Vec<u128>,
    /// Kept free at both ends, so that a circle at the end does not cross the frame.
    margin: u128,
    length: u128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    Linear,
    Logarithmic,
}

impl Axis {
    /// An axis of `length` for `values`.
    pub fn of(values: impl Iterator<Item = u64> + Clone, margin: u64, length: u64) -> Axis {
        let low = u128::from(values.clone().min().unwrap_or(0));
        let high = u128::from(values.max().unwrap_or(0));
        let (scale, ticks) = if low > 0 && high / low >= FAR_APART {
            (Scale::Logarithmic, far_ticks(low, high))
        } else {
            (Scale::Linear, near_ticks(low, high))
        };
        Axis { scale, ticks, margin: u128::from(margin), length: u128::from(length) }
    }

    /// How far from the beginning `value` lies.
    pub fn place(&self, value: u64) -> u64 {
        self.at(u128::from(value))
    }

    fn at(&self, value: u128) -> u64 {
        let [from, to, value] = [self.ticks[0], self.ticks[self.ticks.len() - 1], value].map(|value| self.scaled(value));
        let room = self.length - 2 * self.margin;
        // The ticks enclose the values, so this is within the length.
        (self.margin + (value.saturating_sub(from) * room + (to - from) / 2) / (to - from)) as u64
    }

    fn scaled(&self, value: u128) -> u128 {
        match self.scale {
            Scale::Linear => value,
            Scale::Logarithmic => log2(value),
        }
    }

    /// Where the ticks lie, and what they say.
    pub fn ticks(&self) -> Vec<(u64, String)> {
        self.ticks.iter().map(|tick| (self.at(*tick), name(*tick, &self.ticks))).collect()
    }

    /// What a reader must know of the axis.
    pub fn remark(&self) -> &'static str {
        match self.scale {
            Scale::Linear => "",
            Scale::Logarithmic => " (logarithmic)",
        }
    }
}

/// Multiples of 1, 2 or 5 times a power of ten that enclose both: at least two.
fn near_ticks(low: u128, high: u128) -> Vec<u128> {
    let step = round_up(((high - low).div_ceil(PARTS)).max(1));
    // Where all values are one, a step of one would be no more than a line.
    let step = if low == high { round_up((high / 10).max(1)) } else { step };
    let first = low / step;
    let last = high.div_ceil(step).max(first + 1);
    (first..=last).map(|index| index * step).collect()
}

/// Powers of ten that enclose both; over few of them also twice and five times each.
fn far_ticks(low: u128, high: u128) -> Vec<u128> {
    let mut all = vec![round_down(low)];
    while all[all.len() - 1] < high {
        all.push(round_up(all[all.len() - 1] + 1));
    }
    if all.len() <= 8 {
        return all;
    }
    let mut powers = vec![10_u128.pow(low.ilog10())];
    while powers[powers.len() - 1] < high {
        powers.push(powers[powers.len() - 1] * 10);
    }
    powers
}

/// The lowest of 1, 2 and 5 times a power of ten that is not below `n`.
fn round_up(n: u128) -> u128 {
    let power = 10_u128.pow(n.max(1).ilog10());
    [1, 2, 5, 10].map(|factor| factor * power).into_iter().find(|round| *round >= n).unwrap_or(n)
}

/// The highest of them that is not above `n`, which is not zero.
fn round_down(n: u128) -> u128 {
    let power = 10_u128.pow(n.max(1).ilog10());
    [5, 2, 1].map(|factor| factor * power).into_iter().find(|round| *round <= n).unwrap_or(power)
}

/// The logarithm to base 2 of what is at least 1, in units of 2^-[`LOG_BITS`], rounded down: the number is squared for each bit.
fn log2(n: u128) -> u128 {
    let whole = n.max(1).ilog2();
    // One bit before the point and 62 after it, so that the square still fits.
    let mut rest = if whole > 62 { n >> (whole - 62) } else { n.max(1) << (62 - whole) };
    let mut log = u128::from(whole);
    for _ in 0..LOG_BITS {
        rest = (rest * rest) >> 62;
        log <<= 1;
        if rest >> 63 != 0 {
            rest >>= 1;
            log += 1;
        }
    }
    log
}

/// In the largest unit in which all are whole: `150k`.
fn name(tick: u128, all: &[u128]) -> String {
    let units = [(1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")];
    // On a logarithmic axis each tick is as round as the others, in a unit of its own.
    let alike = |unit: u128| {
        all.iter().all(|tick| tick.is_multiple_of(unit)) || (all[0] < unit && tick.is_multiple_of(unit) && is_far(all))
    };
    let (unit, letter) = units.into_iter().find(|(unit, _)| tick > 0 && alike(*unit)).unwrap_or((1, ""));
    format!("{}{letter}", grouped(u64::try_from(tick / unit).unwrap_or(u64::MAX)))
}

fn is_far(all: &[u128]) -> bool {
    all[0] > 0 && all[all.len() - 1] / all[0] >= FAR_APART
}

/// Round numbers that show what an area means: one near the largest, and one of a quarter or so.
pub fn examples(largest: u64) -> Vec<u64> {
    let high = round_down(u128::from(largest.max(1)));
    let low = round_down((high / 4).max(1));
    let mut both: Vec<u64> = [high, low].into_iter().filter_map(|value| u64::try_from(value).ok()).collect();
    both.dedup();
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(low: u64, high: u64) -> Vec<String> {
        Axis::of([low, high].into_iter(), 0, 1_000).ticks().into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn ticks_are_round_and_enclose_the_values() {
        assert_eq!(ticks(129_601, 146_075), ["125k", "130k", "135k", "140k", "145k", "150k"]);
        assert_eq!(ticks(0, 7), ["0", "2", "4", "6", "8"]);
        assert_eq!(ticks(5, 5), ["5", "6"]);
        assert_eq!(ticks(0, 0), ["0", "1"]);
        assert_eq!(ticks(137_100, 137_900), ["137,000", "137,200", "137,400", "137,600", "137,800", "138,000"]);
        assert_eq!(ticks(300, 7_000), ["200", "500", "1k", "2k", "5k", "10k"]);
        assert_eq!(ticks(3, 2_000_000_000), ["1", "10", "100", "1k", "10k", "100k", "1M", "10M", "100M", "1G", "10G"]);
        assert!(ticks(0, u64::MAX).len() < 8 && ticks(1, u64::MAX).len() > 2);
    }

    #[test]
    fn places_keep_the_order_and_the_margins() {
        let axis = Axis::of([100, 200].into_iter(), 10, 120);
        assert_eq!([axis.place(100), axis.place(150), axis.place(200)], [10, 60, 110]);
        let axis = Axis::of([1, 100, 10_000].into_iter(), 0, 1_000);
        assert_eq!([axis.place(1), axis.place(100), axis.place(10_000)], [0, 500, 1_000], "a logarithmic one");
    }

    #[test]
    fn the_logarithm_is_that_of_the_library() {
        for n in [1_u128, 2, 3, 10, 1_000, 123_456_789, u128::from(u64::MAX)] {
            let want = (n as f64).log2() * f64::from(1 << LOG_BITS);
            assert!((log2(n) as f64 - want).abs() < 2.0, "{n}: {} is not {want}", log2(n));
        }
    }

    #[test]
    fn examples_of_an_area_are_round() {
        assert_eq!(examples(253_711), [200_000, 50_000]);
        assert_eq!(examples(1), [1]);
        assert_eq!(examples(0), [1]);
    }
}
