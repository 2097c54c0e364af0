//! Medians, ratios with their uncertainty, and slopes. The same numbers give the same result: nothing is drawn at random.

use crate::data::timing::Ratio;
use runner_protocol::MemorySample;

/// The confidence of intervals, in thousandths.
const CONFIDENCE_PERMILLE: u64 = 950;
/// So many samples of the memory are left to see a slope.
const SLOPE_SAMPLES: usize = 8;

/// The median; of an even number of values the middle between the two in the middle, rounded down. Nothing of nothing.
pub fn median(values: &[u64]) -> Option<u64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = if sorted.len().is_multiple_of(2) { sorted[sorted.len() / 2 - 1] } else { upper };
    Some(lower.midpoint(upper))
}

/// The median of the ratios of `pairs`, first to second, with a confidence interval of 95 %.
///
/// The interval is that of order statistics (Conover, Practical Nonparametric Statistics, third edition, 1999, section 3.2): the k-th smallest and the
/// k-th largest ratio, with the largest k for which a binomial variable with n trials and p = 1/2 is below k with a probability of at most 2.5 %.
/// It supposes nothing of the times but that the pairs are independent, and takes out what both programs of a pair suffered together.
/// There is none of fewer than six pairs, nor where a second value is zero.
pub fn ratio(pairs: &[(u64, u64)]) -> Option<Ratio> {
    let mut ratios = pairs.iter().map(|pair| ppm(*pair)).collect::<Option<Vec<u64>>>()?;
    ratios.sort_unstable();
    let rank = rank(ratios.len())?;
    Some(Ratio {
        low_ppm: ratios[rank - 1],
        median_ppm: median(&ratios)?,
        high_ppm: ratios[ratios.len() - rank],
        pair_count: ratios.len() as u64,
    })
}

fn ppm((first, second): (u64, u64)) -> Option<u64> {
    let ppm = (u128::from(first) * 1_000_000).checked_div(u128::from(second))?;
    u64::try_from(ppm).ok()
}

/// The k of the interval for so many values; nothing where even the smallest and the largest enclose too little.
fn rank(count: usize) -> Option<usize> {
    let tail = (1.0 - CONFIDENCE_PERMILLE as f64 / 1000.0) / 2.0;
    // Above this 2^-n underflows; nobody samples that often.
    let count_f = count.min(1000) as f64;
    let mut chance = 0.5f64.powf(count_f);
    let (mut below, mut rank) = (0.0, 0);
    while below + chance <= tail {
        below += chance;
        chance *= (count_f - rank as f64) / (rank as f64 + 1.0);
        rank += 1;
    }
    (rank > 0).then_some(rank)
}

/// How many bytes the process grew with each instance: the slope of the line with the least squares, rounded up to a whole byte.
///
/// The first quarter is left out: a process that starts fills its pools. Nothing where fewer than eight samples are left, or all at one place.
pub fn slope(samples: &[MemorySample]) -> Option<i64> {
    let last = samples.iter().map(|sample| sample.instance_count).max()?;
    let settled = samples.iter().filter(|sample| sample.instance_count >= last / 4);
    let points: Vec<(i128, i128)> =
        settled.map(|sample| (i128::from(sample.instance_count), i128::from(sample.resident_bytes))).collect();
    if points.len() < SLOPE_SAMPLES {
        return None;
    }
    let count = points.len() as i128;
    let (x, y) = points.iter().fold((0, 0), |(x, y), point| (x + point.0, y + point.1));
    let (xx, xy) = points.iter().fold((0, 0), |(xx, xy), point| (xx + point.0 * point.0, xy + point.0 * point.1));
    let (rise, run) = (count * xy - x * y, count * xx - x * x);
    if run == 0 {
        return None;
    }
    // `run` is positive: a sum of squares.
    i64::try_from(-(-rise).div_euclid(run)).ok()
}

#[cfg(test)]
mod tests;
