//! Output of LLVM 22.1.2 and rustc 1.95 (`xtask/tests/data/pgo/README.md` says how it was made), and what holds of anything.

use super::*;
use proptest::prelude::*;

const RAW: &[u8] = include_bytes!("../../../tests/data/pgo/words.profraw");
const CUTOFF: &str = include_str!("../../../tests/data/pgo/show-cutoff.txt");
const FUNCTIONS: &str = include_str!("../../../tests/data/pgo/show-functions.txt");
const CHANGED: &str = include_str!("../../../tests/data/pgo/rustc-changed.txt");
const OTHER: &str = include_str!("../../../tests/data/pgo/rustc-other.txt");
const UNREADABLE: &str = include_str!("../../../tests/data/pgo/rustc-unreadable.txt");

#[test]
fn symbols_of_what_ran_keep_their_hashes() {
    let symbols = executed_symbols(FUNCTIONS);
    assert_eq!(symbols.len() as u64, summary(CUTOFF).unwrap().executed_function_count);
    assert!(symbols.iter().all(|symbol| symbol.starts_with("_ZN") || symbol == "main"), "{symbols:?}");
    assert!(symbols.iter().any(|symbol| symbol.ends_with("17h2940890ab52ae582E")), "{symbols:?}");
}

#[test]
fn the_header_of_a_real_profile() {
    let profile = raw(RAW).unwrap();
    let known = RawProfile {
        version: 10,
        is_ir_level: true,
        byte_order: ByteOrder::Little,
        pointer_bits: 64,
        function_count: Some(27),
        counter_count: Some(198),
    };
    assert_eq!(profile, known);
    assert_eq!(raw_version_of_llvm(22), Some(profile.version));
    assert_eq!(profile.function_count, Some(summary(CUTOFF).unwrap().function_count), "as many as llvm-profdata finds");
    assert_eq!(profile.counter_count, Some(summary(CUTOFF).unwrap().block_count));
}

#[test]
fn the_other_byte_order_and_pointers_of_32_bits() {
    let swapped: Vec<u8> = RAW[..48].chunks_exact(8).flat_map(|field| field.iter().rev().copied()).collect();
    assert_eq!(raw(&swapped).unwrap(), RawProfile { byte_order: ByteOrder::Big, ..raw(RAW).unwrap() });
    for header in [&swapped, RAW] {
        let mut short = header.to_vec();
        let at = short.iter().position(|byte| *byte == b'r').unwrap();
        // The second `r` from the side of 255 is the one that is `R`; the other belongs to "lprof".
        let at = if short[0] == 0xff { short[..8].iter().rposition(|byte| *byte == b'r').unwrap() } else { at };
        short[at] = b'R';
        assert_eq!(raw(&short).unwrap().pointer_bits, 32);
    }
}

#[test]
fn the_version_is_without_the_bits_of_the_variant() {
    let with = |version: u64| [&RAW[..8], &version.to_le_bytes()[..], &RAW[16..]].concat();
    let coverage = raw(&with(10)).unwrap();
    assert_eq!((coverage.version, coverage.is_ir_level), (10, false));
    let newer = raw(&with(0xff00_0000_0000_000b)).unwrap();
    assert_eq!((newer.version, newer.is_ir_level, newer.function_count, newer.counter_count), (11, true, None, None));
    assert!(raw(&with(11)[..16]).is_ok(), "the version is known even where the rest is not");
}

#[test]
fn what_is_no_raw_profile_is_said_in_one_line() {
    assert_eq!(raw(b""), Err("the raw profile is empty: the program was killed before it wrote it".into()));
    assert_eq!(raw(&RAW[..40]), Err("the raw profile was cut off: it has 40 bytes, less than its header".into()));
    assert_eq!(raw(b"\x7fELF\x02\x01\x01\x00"), Err("not a raw profile (.profraw) of LLVM".into()));
    assert_eq!(raw(b"\xfflprofi\x81"), Err("a merged profile (.profdata), not a raw one".into()));
}

#[test]
fn the_summary_of_a_real_profile_either_way() {
    let known = Summary {
        function_count: 27,
        executed_function_count: 22,
        maximum_function_count: 370,
        maximum_block_count: 746,
        block_count: 198,
    };
    assert_eq!(summary(CUTOFF), Ok(known));
    assert_eq!(summary(FUNCTIONS), Ok(known));
}

#[test]
fn a_summary_without_a_part_names_it() {
    let (at, _) = CUTOFF.match_indices("Number of functions").next().unwrap();
    let wanted = "the output of llvm-profdata show has no line \"Number of functions with maximum count (>= 1)\": \
        show the profile with --value-cutoff=1";
    assert_eq!(summary(&CUTOFF[..at]), Err(wanted.into()));
    assert_eq!(summary(""), Err("the output of llvm-profdata show has no line \"Total functions\"".into()));
    let changed = CUTOFF.replace("Total number of blocks: 198", "Total number of blocks: many");
    assert_eq!(summary(&changed), Err("the output of llvm-profdata show has \"Total number of blocks\" without a number".into()));
    assert!(summary(&CUTOFF.replace("(>= 1): 22", "(>= 1): 28")).is_err());
}

#[test]
fn counts_by_function_have_the_names_that_callgrind_gets() {
    let counts = function_counts(FUNCTIONS);
    assert_eq!((counts["words::text::word"], counts["words::main"], counts["std::rt::lang_start"]), (370, 100, 0));
    assert_eq!(counts.values().copied().max(), Some(746));
    let callgrind = crate::analysis::callgrind::parse(include_str!("../../../tests/data/pgo/callgrind-legacy.out")).unwrap();
    let known: Vec<_> = callgrind.functions.keys().filter(|name| counts.contains_key(*name)).collect();
    // The rest is of libc and of the standard library, and `finish_grow`, which was inlined before counters were put in.
    let wanted = ["alloc::raw_vec::RawVecInner<A>::reserve::do_reserve_and_handle", "words::text::word"];
    assert_eq!(known, wanted);
}

#[test]
fn real_warnings_are_counted() {
    let kinds = |text| mismatches_by_kind(text).into_iter().collect::<Vec<_>>();
    assert_eq!(kinds(CHANGED), [(Mismatch::Changed, 1)]);
    assert_eq!(kinds(OTHER), [(Mismatch::Missing, 4)]);
    assert_eq!(kinds(UNREADABLE), [(Mismatch::Unreadable, 4)]);
    assert_eq!(mismatches(&[CHANGED, OTHER, UNREADABLE].concat()), 9);
    assert_eq!(mismatches(&CHANGED.replace("function control", "Function control")), 1);
    assert_eq!(mismatches("warning: unused variable: `profile`\nwarning: `words` (bin \"words\") generated 1 warning\n"), 0);
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in any::<Vec<u8>>(), at in 0..RAW.len(), byte in any::<u8>()) {
        _ = raw(&bytes);
        _ = raw(&[&RAW[..8], &bytes].concat());
        _ = raw(&RAW[..at]);
        let mut changed = RAW.to_vec();
        changed[at] = byte;
        _ = raw(&changed);
    }

    #[test]
    fn any_text_is_answered(text in any::<String>(), at in 0..FUNCTIONS.len(), byte in 0x20u8..0x7f) {
        let mut changed = FUNCTIONS.as_bytes().to_vec();
        changed[at] = byte;
        let changed = String::from_utf8(changed).unwrap();
        for text in [&text, &changed, &FUNCTIONS[..at], &FUNCTIONS[at..]] {
            if let Ok(summary) = summary(text) {
                prop_assert!(summary.executed_function_count <= summary.function_count);
            }
            _ = function_counts(text);
            prop_assert_eq!(mismatches(text), mismatches_by_kind(text).values().sum::<u64>());
        }
    }
}
