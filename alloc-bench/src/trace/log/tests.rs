//! Logs as they are written, logs that are not whole, and any bytes at all.

use super::{
    record::{HEADER_BYTES, RECORD_BYTES},
    *,
};
use proptest::prelude::*;

/// Address, kind, alignment's power of two, size.
type Record = (u32, u32, u32, u32);

fn log(records: &[Record]) -> Vec<u8> {
    let mut bytes = b"ALOG".to_vec();
    for short in [1_u16, HEADER_BYTES as u16, RECORD_BYTES as u16, 21, 4, 0] {
        bytes.extend(short.to_le_bytes());
    }
    bytes.extend((HEADER_BYTES as u64).to_le_bytes());
    bytes.extend((records.len() as u32).to_le_bytes());
    bytes.extend(65_536_u32.to_le_bytes());
    bytes.resize(HEADER_BYTES, 0);
    for (address, kind, align_power, size) in records {
        [*address, kind | align_power << 2, *size].iter().for_each(|part| bytes.extend(part.to_le_bytes()));
    }
    bytes
}

fn ops(records: &[Record]) -> Vec<Op> {
    from_log("test", &log(records)).unwrap().ops().to_vec()
}

fn error(records: &[Record]) -> LogError {
    from_log("test", &log(records)).unwrap_err()
}

#[test]
fn an_address_becomes_a_slot_while_its_block_lives() {
    let records = [
        (100, 0, 3, 8),
        // Zeros were asked for.
        (200, 1 << 8, 0, 9),
        (300, 2, 3, 80),
        (100, 3, 3, 8),
        (200, 1, 0, 9),
        (100, 0, 2, 7),
        (100, 1, 2, 7),
        (300, 1, 3, 80),
    ];
    let wanted = [
        Op::Alloc { slot: 0, size: 8, align_power: 3 },
        Op::Alloc { slot: 1, size: 9, align_power: 0 },
        Op::Realloc { slot: 0, size: 80 },
        Op::Free { slot: 1 },
        Op::Alloc { slot: 1, size: 7, align_power: 2 },
        Op::Free { slot: 1 },
        Op::Free { slot: 0 },
    ];
    assert_eq!(ops(&records), wanted);
}

#[test]
fn what_was_refused_is_left_out_and_a_block_without_bytes_has_one() {
    let records = [(0, 0, 0, 1 << 30), (8, 0, 3, 0), (0, 2, 3, 1 << 30), (8, 3, 3, 0), (8, 1, 3, 0)];
    assert_eq!(ops(&records), [Op::Alloc { slot: 0, size: 1, align_power: 3 }, Op::Free { slot: 0 }]);
}

#[test]
fn the_alignment_is_the_one_that_was_asked_for() {
    let wanted = [Op::Alloc { slot: 0, size: 5, align_power: 0 }, Op::Realloc { slot: 0, size: 9 }, Op::Free { slot: 0 }];
    assert_eq!(ops(&[(8, 0, 0, 5), (8, 2, 3, 9), (8, 3, 3, 5), (8, 1, 3, 9)]), wanted);
}

#[test]
fn a_block_may_move_within_its_own_place() {
    assert_eq!(ops(&[(8, 0, 3, 5), (8, 2, 3, 9), (8, 3, 3, 5)])[1], Op::Realloc { slot: 0, size: 9 });
}

#[test]
fn what_does_not_fit_together_is_named() {
    let made = (8, 0, 3, 5);
    assert_eq!(error(&[made, made]), LogError::Taken { at: 1 });
    assert_eq!(error(&[made, (9, 1, 3, 5)]), LogError::NotMade { at: 1 });
    assert_eq!(error(&[made, (16, 2, 3, 9), (24, 3, 3, 5)]), LogError::NotMade { at: 1 });
    assert_eq!(error(&[made, (8, 1, 3, 6)]), LogError::Other { at: 1 });
    assert_eq!(error(&[made, (16, 2, 3, 9), (8, 1, 3, 5)]), LogError::Record { at: 1 });
    assert_eq!(error(&[made, (16, 2, 3, 9)]), LogError::Record { at: 1 });
    assert_eq!(error(&[(8, 3, 3, 5)]), LogError::Record { at: 0 });
    assert_eq!(error(&[(8, 1 << 9, 3, 5)]), LogError::Record { at: 0 });
    assert_eq!(error(&[(8, 0, 3, u32::MAX)]), LogError::Size { at: 0 });
    assert_eq!(error(&[(8, 0, 13, 5)]), LogError::Size { at: 0 });
    assert_eq!(error(&[]), LogError::Trace(TraceError::Empty));
}

#[test]
fn one_that_is_not_whole_is_refused() {
    let bytes = log(&[(8, 0, 3, 5), (8, 1, 3, 5)]);
    for length in 0..bytes.len() {
        let error = from_log("test", &bytes[..length]).unwrap_err();
        assert!(matches!(error, LogError::NotALog | LogError::Length { .. }), "{length}: {error}");
    }
    let change = |offset: usize, byte: u8| {
        let mut changed = bytes.clone();
        changed[offset] = byte;
        from_log("test", &changed).unwrap_err()
    };
    assert_eq!(change(4, 2), LogError::Version(2));
    assert_eq!(change(8, 13), LogError::Version(1));
    assert_eq!(change(32, 7), LogError::Overflowed { dropped_event_count: 7 });
    assert_eq!(change(24, 3), LogError::Length { said_bytes: 340, found_bytes: 328 });
    let two = [bytes.clone(), bytes.clone()].concat();
    assert!(matches!(from_log("test", &two), Err(LogError::Length { .. })));
}

#[test]
fn lines_are_found_among_others() {
    assert_eq!(bytes_of_lines("agent: x\nalloc-log: 0aFf\nno alloc-log: 11\r\nalloc-log: 10\r\n"), Ok(vec![10, 255, 16]));
    assert_eq!(bytes_of_lines("agent: x\n"), Err(LogError::NoLines));
    for cut in [
        "alloc-log: 0a\nalloc-log: 0",
        "alloc-log: 0a\nalloc-log: 0x",
        "alloc-log: 0a\nalloc-log: ",
        "alloc-log: 0a\nalloc-log: +1",
    ] {
        assert_eq!(bytes_of_lines(cut), Err(LogError::Hex { line: 2 }), "{cut:?}");
    }
}

proptest! {
    #[test]
    fn any_records_are_a_trace_or_an_error(
        records in prop::collection::vec((0_u32..6, 0_u32..4, 0_u32..2, 0_u32..3), 0..60),
    ) {
        if let Ok(trace) = from_log("test", &log(&records)) {
            prop_assert_eq!(Trace::parse(&trace.render()).unwrap(), trace);
        }
    }

    #[test]
    fn any_bytes_are_a_trace_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "(alloc-log: |[0-9a-g]|\n){0,40}") {
        let _ = from_log("test", &bytes);
        let _ = from_log("test", &[b"ALOG", &bytes[..]].concat());
        let _ = bytes_of_lines(&text);
    }

    /// Blocks at addresses of a heap that never gives one twice: what is logged is what is read.
    #[test]
    fn what_happened_is_read(choices in prop::collection::vec((0_u32..3, 1_u32..1000, any::<prop::sample::Index>()), 1..200)) {
        let (mut records, mut live, mut next) = (Vec::new(), Vec::<(u32, u32)>::new(), 16);
        let (mut alloc_count, mut realloc_count, mut free_count) = (0, 0, 0);
        for (kind, size, which) in choices {
            next += 16;
            if kind == 0 || live.is_empty() {
                records.push((next, 0, 3, size));
                live.push((next, size));
                alloc_count += 1;
                continue;
            }
            let (address, old_size) = live.swap_remove(which.index(live.len()));
            if kind == 1 {
                records.push((address, 1, 3, old_size));
                free_count += 1;
            } else {
                records.extend([(next, 2, 3, size), (address, 3, 3, old_size)]);
                live.push((next, size));
                realloc_count += 1;
            }
        }
        let summary = from_log("test", &log(&records)).unwrap().summary();
        prop_assert_eq!((summary.alloc_count, summary.realloc_count, summary.free_count), (alloc_count, realloc_count, free_count));
        prop_assert_eq!(summary.end_live_bytes, live.iter().map(|(_, size)| u64::from(*size)).sum::<u64>());
    }
}
