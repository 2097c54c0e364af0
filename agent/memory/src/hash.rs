//! The checksum, and bits that look random.
//!
//! FNV-1a with 64 bits (Fowler, Noll and Vo; RFC 9923): no table, a few instructions, any pieces, and a single changed byte always shows. It
//! finds damage, not forgery.

/// The checksum of no bytes.
pub const START: u64 = 0xCBF2_9CE4_8422_2325;

/// The checksum of what `hash` is of, with `bytes` behind it.
pub fn more(hash: u64, bytes: &[u8]) -> u64 {
    let one = |hash, byte: &u8| step(hash, u32::from(*byte));
    // Written out, for it is most of what opening a store takes, and at `opt-level = "z"` the compiler unrolls nothing.
    let (eights, rest) = bytes.as_chunks();
    let hash = eights
        .iter()
        .fold(hash, |hash, [a, b, c, d, e, f, g, h]| one(one(one(one(one(one(one(one(hash, a), b), c), d), e), f), g), h));
    rest.iter().fold(hash, one)
}

/// One step of FNV-1a, whose octet may be wider.
pub(crate) fn step(hash: u64, octet: u32) -> u64 {
    (hash ^ u64::from(octet)).wrapping_mul(0x0000_0100_0000_01B3)
}

/// Each bit of the result depends on each of `bits`: the finalizer of SplitMix64 (Steele, Lea and Flood 2014, `mix64variant13`).
pub(crate) fn mix(bits: u64) -> u64 {
    let bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ bits >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_published_one() {
        // RFC 9923, and the FNV authors' test suite.
        for (text, wanted) in [
            ("", 0xCBF2_9CE4_8422_2325),
            ("a", 0xAF63_DC4C_8601_EC8C),
            ("b", 0xAF63_DF4C_8601_F1A5),
            ("foobar", 0x8594_4171_F739_67E8),
            ("chongo was here!\n", 0x4681_0940_EFF5_F915),
        ] {
            assert_eq!(more(START, text.as_bytes()), wanted, "{text:?}");
        }
        assert_eq!(more(more(START, b"foo"), b"bar"), more(START, b"foobar"));
    }

    #[test]
    fn the_bits_are_those_of_splitmix64() {
        // The first outputs of the generator with the seed 1234567, whose state grows by the golden ratio.
        let state = |n: u64| 1_234_567_u64.wrapping_add(n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        assert_eq!(mix(state(1)), 6_457_827_717_110_365_317);
        assert_eq!(mix(state(2)), 3_203_168_211_198_807_973);
    }
}
