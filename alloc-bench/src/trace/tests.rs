//! Traces survive writing and reading, and nothing else does.

use super::*;
use proptest::prelude::*;

fn small() -> Trace {
    let ops = vec![
        Op::Alloc { slot: 0, size: 300, align_power: 3 },
        Op::Alloc { slot: 1, size: 8, align_power: 0 },
        Op::Realloc { slot: 0, size: 900 },
        Op::Free { slot: 1 },
    ];
    Trace::new("test", ops).unwrap()
}

/// `bytes` with the checksum that they need.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - 4;
    let checksum = fnv1a(&bytes[..end]);
    bytes[end..].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

#[test]
fn a_trace_is_read_as_it_was_written() {
    let trace = small();
    assert_eq!(Trace::parse(&trace.render()).unwrap(), trace);
    let summary = Summary {
        alloc_count: 2,
        realloc_count: 1,
        free_count: 1,
        peak_live_bytes: 908,
        end_live_bytes: 900,
        peak_live_count: 2,
    };
    assert_eq!(trace.summary(), summary);
}

#[test]
fn one_that_is_cut_anywhere_is_refused() {
    let bytes = small().render();
    for length in 0..bytes.len() {
        let error = Trace::parse(&bytes[..length]).unwrap_err();
        assert!(matches!(error, TraceError::Truncated | TraceError::NotATrace | TraceError::Checksum), "{length}: {error}");
    }
}

#[test]
fn one_that_is_changed_anywhere_is_refused() {
    let bytes = small().render();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(Trace::parse(&changed).is_err(), "byte {at}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let bytes = small().render();
    let change = |at: usize, byte: u8| {
        let mut changed = bytes.clone();
        changed[at] = byte;
        Trace::parse(&sealed(changed)).unwrap_err()
    };
    assert_eq!(change(4, 2), TraceError::Version(2));
    assert_eq!(change(10, 5), TraceError::Count { said: 5, found: 4 });
    let mut longer = bytes.clone();
    longer.insert(bytes.len() - 4, 0);
    assert_eq!(Trace::parse(&sealed(longer)).unwrap_err(), TraceError::Trailing);
    let of = |ops: &[Op]| Trace::new("t", ops.to_vec()).unwrap_err();
    let alloc = Op::Alloc { slot: 3, size: 1, align_power: 0 };
    assert_eq!(of(&[]), TraceError::Empty);
    assert_eq!(of(&[alloc, alloc]), TraceError::Taken { at: 1, slot: 3 });
    assert_eq!(of(&[Op::Free { slot: 3 }]), TraceError::NotAllocated { at: 0, slot: 3 });
    assert_eq!(of(&[alloc, Op::Free { slot: 3 }, Op::Realloc { slot: 3, size: 1 }]), TraceError::NotAllocated { at: 2, slot: 3 });
    assert!(of(&[Op::Free { slot: 3 }]).to_string().contains("never allocated"));
}

proptest! {
    #[test]
    fn any_bytes_are_a_trace_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut headed = b"ATRC\x01".to_vec();
        headed.extend(bytes);
        headed.extend([0; 4]);
        if let Ok(trace) = Trace::parse(&sealed(headed)) {
            prop_assert_eq!(Trace::parse(&trace.render()).unwrap(), trace);
        }
    }
}
