//! A fixed order that looks like chance: what is timed in turns must not be timed always after the same neighbour.

/// Reorders `items`, the same way for the same `seed` and length: Fisher and Yates' shuffle by SplitMix64 (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014).
pub fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed;
    for last in (1..items.len()).rev() {
        // The bias of a remainder is far below what an order can matter.
        let other = usize::try_from(next(&mut state) % (last as u64 + 1)).unwrap_or(0);
        items.swap(last, other);
    }
}

/// The next number of SplitMix64, which looks drawn at random and is the same for the same `state`.
pub fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_repeats_and_differs_by_seed() {
        let order = |seed| {
            let mut items: Vec<u32> = (0..20).collect();
            shuffle(&mut items, seed);
            items
        };
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
        let mut sorted = order(3);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..20).collect::<Vec<u32>>());
    }

    #[test]
    fn every_place_is_reached() {
        let mut seen = [[0_u32; 4]; 4];
        for seed in 0..400 {
            let mut items = [0_usize, 1, 2, 3];
            shuffle(&mut items, seed);
            items.iter().enumerate().for_each(|(place, item)| seen[*item][place] += 1);
        }
        assert!(seen.iter().flatten().all(|count| (60..140).contains(count)), "{seen:?}");
    }

    #[test]
    fn the_first_number_is_the_published_one() {
        assert_eq!(next(&mut 0), 0xe220_a839_7b1d_cdaf);
    }
}
