//! One operation on a heap, and its form in bytes.
//!
//! | byte | meaning |
//! |---|---|
//! | first | low two bits: 0 alloc, 1 realloc, 2 free, 3 end; the other six: of an alloc the power of two of its alignment, else 0 |
//! | then | the slot, unless it is the end: LEB128 |
//! | then | the size, of alloc and realloc: LEB128 |

/// How many blocks may be alive at a time: the replayer's table has so many slots.
pub const SLOT_COUNT: u32 = 65_536;

/// The largest alignment, as a power of two: 4,096 bytes.
pub const MAX_ALIGN_POWER: u8 = 12;

/// The longest form of an operation, in bytes.
pub const MAX_OP_BYTES: usize = 1 + 3 + 5;

/// An operation. A block is known by its slot, from its alloc to its free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Allocates.
    Alloc {
        /// Below [`SLOT_COUNT`], and empty.
        slot: u32,
        /// In bytes, never 0: Rust asks no allocator for nothing.
        size: u32,
        /// The power of two of the alignment, at most [`MAX_ALIGN_POWER`].
        align_power: u8,
    },
    /// Grows or shrinks.
    Realloc {
        /// That of a block.
        slot: u32,
        /// The new size in bytes, never 0.
        size: u32,
    },
    /// Gives back.
    Free {
        /// That of a block.
        slot: u32,
    },
}

/// What is wrong with bytes that should be an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// There are too few.
    Cut,
    /// A number has more bytes than it needs, or is larger than anything it may stand for.
    Number,
    /// An alignment above [`MAX_ALIGN_POWER`], or one where none belongs.
    Align,
    /// A size of 0.
    Empty,
    /// A slot that is not below [`SLOT_COUNT`].
    Slot,
}

/// The first operation of `bytes` and its length; no operation at the end marker.
///
/// # Errors
/// The bytes are none.
pub fn decode(bytes: &[u8]) -> Result<(Option<Op>, usize), Malformed> {
    let first = *bytes.first().ok_or(Malformed::Cut)?;
    let (kind, align_power) = (first & 3, first >> 2);
    if align_power > if kind == 0 { MAX_ALIGN_POWER } else { 0 } {
        return Err(Malformed::Align);
    }
    if kind == 3 {
        return Ok((None, 1));
    }
    let mut at = 1;
    let slot = number(bytes, &mut at)?;
    if slot >= SLOT_COUNT {
        return Err(Malformed::Slot);
    }
    if kind == 2 {
        return Ok((Some(Op::Free { slot }), at));
    }
    let size = number(bytes, &mut at)?;
    if size == 0 {
        return Err(Malformed::Empty);
    }
    Ok((Some(if kind == 0 { Op::Alloc { slot, size, align_power } } else { Op::Realloc { slot, size } }), at))
}

fn number(bytes: &[u8], at: &mut usize) -> Result<u32, Malformed> {
    let mut value = 0_u64;
    for shift in (0..35).step_by(7) {
        let byte = *bytes.get(*at).ok_or(Malformed::Cut)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            // One form a number, so that what is read and written again is the same.
            let is_shortest = byte != 0 || shift == 0;
            return u32::try_from(value).ok().filter(|_| is_shortest).ok_or(Malformed::Number);
        }
    }
    Err(Malformed::Number)
}

/// Writes `op`, or the end marker, to `put`.
pub fn encode(op: Option<Op>, mut put: impl FnMut(u8)) {
    let (first, slot, size) = match op {
        None => return put(3),
        Some(Op::Alloc { slot, size, align_power }) => (align_power << 2, slot, Some(size)),
        Some(Op::Realloc { slot, size }) => (1, slot, Some(size)),
        Some(Op::Free { slot }) => (2, slot, None),
    };
    put(first);
    for mut value in [Some(slot), size].into_iter().flatten() {
        while value >= 0x80 {
            put(value as u8 | 0x80);
            value >>= 7;
        }
        put(value as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_op() -> impl Strategy<Value = Option<Op>> {
        let slot = 0..SLOT_COUNT;
        prop_oneof![
            Just(None),
            (slot.clone(), 1_u32.., 0..=MAX_ALIGN_POWER).prop_map(|(slot, size, align_power)| Some(Op::Alloc {
                slot,
                size,
                align_power
            })),
            (slot.clone(), 1_u32..).prop_map(|(slot, size)| Some(Op::Realloc { slot, size })),
            slot.prop_map(|slot| Some(Op::Free { slot })),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(op in any_op()) {
            let mut bytes = Vec::new();
            encode(op, |byte| bytes.push(byte));
            prop_assert!(bytes.len() <= MAX_OP_BYTES);
            prop_assert_eq!(decode(&bytes), Ok((op, bytes.len())));
            for length in 0..bytes.len() {
                prop_assert_eq!(decode(&bytes[..length]), Err(Malformed::Cut));
            }
        }

        #[test]
        fn what_is_read_is_written_the_same(bytes in prop::collection::vec(any::<u8>(), 0..12)) {
            if let Ok((op, length)) = decode(&bytes) {
                let mut again = Vec::new();
                encode(op, |byte| again.push(byte));
                prop_assert_eq!(&bytes[..length], &again[..]);
            }
        }
    }

    #[test]
    fn what_is_wrong_is_told_apart() {
        let cases: [(&[u8], Malformed); 6] = [
            (&[13 << 2, 0, 1], Malformed::Align),
            (&[(1 << 2) | 1, 0, 1], Malformed::Align),
            (&[0, 0, 0], Malformed::Empty),
            (&[2, 0x80, 0x80, 0x04], Malformed::Slot),
            (&[2, 0x80, 0x00], Malformed::Number),
            (&[0, 0, 0xff, 0xff, 0xff, 0xff, 0x7f], Malformed::Number),
        ];
        for (bytes, want) in cases {
            assert_eq!(decode(bytes), Err(want), "{bytes:?}");
        }
    }
}
