//! The ledger on files that nobody wrote: generated modules, and real ones with bytes changed and cut off.

use arbitrary::Unstructured;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use xtask::analysis::ledger::ledger;
use xtask::analysis::sizes::{Brotli, sizes};
use xtask::analysis::symbols::symbol_table;
use xtask::data::metric::Metric;

/// Everything that `measure` computes, but brotli. Whether the file was accepted.
fn measured(bytes: &[u8]) -> bool {
    let names = symbol_table(bytes);
    match (ledger(bytes, Some(bytes)), sizes(bytes, Brotli::Skip)) {
        (Ok(ledger), Ok(sizes)) => {
            let sum = |rows: Vec<u64>| rows.iter().sum::<u64>();
            assert_eq!(sum(ledger.rows.iter().map(|row| row.bytes).collect()), bytes.len() as u64);
            assert_eq!(sum(ledger.summary().iter().map(|row| row.bytes).collect()), bytes.len() as u64);
            assert_eq!(sizes[&Metric::RawBytes], bytes.len() as u64);
            assert!(sizes[&Metric::CodeBytes] + sizes[&Metric::DataBytes] <= sizes[&Metric::CoreBytes]);
            assert!(sizes[&Metric::CoreBytes] <= bytes.len() as u64);
            true
        }
        (Err(ledger), Err(sizes)) => {
            assert_eq!(ledger, sizes, "one walk, one error");
            assert!(ledger.offset <= bytes.len() as u64 && !ledger.reason.contains('\n'), "{ledger}");
            assert!(names.is_err());
            false
        }
        (ledger, sizes) => panic!("one refuses what the other accepts: {:?} {:?}", ledger.err(), sizes.err()),
    }
}

/// The same cases in every run.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

const MODULE: &str = r#"(module
    (import "env" "f" (func $f (param i32)))
    (memory 1) (table 2 funcref) (global (mut i32) (i32.const 7))
    (elem (i32.const 0) $g) (export "run" (func $g))
    (func $g (call $f (i32.const 1))) (func $_ZN5agent4main17h0123456789abcdefE (local i64) nop)
    (data $.rodata (i32.const 8) "hello, world") (data "passive") (@custom "producers" "rustc"))"#;

fn component() -> Vec<u8> {
    let module = MODULE.replacen("(module", "(core module $main", 1);
    wat::parse_str(format!(
        r#"(component
            (import "in" (func $in (param "x" string) (result u32)))
            {module}
            (core module $shim (table (export "$imports") 1 funcref) (func (export "0")))
            (core module $fixup (import "" "$imports" (table 1 funcref)))
            (component (core module (func)) (type (record (field "a" u8))))
            (type (list string))
            (core instance (instantiate $shim))
            (@custom "producers" "x"))"#
    ))
    .expect("valid text")
}

#[test]
fn generated_modules_add_up() {
    let mut accepted = 0;
    let strategy = proptest::collection::vec(any::<u8>(), 0..4_000);
    let outcome = runner(300).run(&strategy, |seed| {
        // Too few bytes to make a module of are no case.
        if let Ok(module) = wasm_smith::Module::new(wasm_smith::Config::default(), &mut Unstructured::new(&seed)) {
            prop_assert!(measured(&module.to_bytes()), "a valid module is accepted");
        }
        Ok(())
    });
    outcome.unwrap();
    for size in [100usize, 1_000, 10_000] {
        let seed: Vec<u8> = (0..size).map(|i| (i * 7919 % 251) as u8).collect();
        let module = wasm_smith::Module::new(wasm_smith::Config::default(), &mut Unstructured::new(&seed)).unwrap();
        accepted += usize::from(measured(&module.to_bytes()));
    }
    assert_eq!(accepted, 3);
}

#[test]
fn every_truncation_adds_up_or_is_refused() {
    for bytes in [wat::parse_str(MODULE).unwrap(), component()] {
        assert!(measured(&bytes));
        let accepted = (0..bytes.len()).filter(|&end| measured(&bytes[..end])).count();
        // Only a cut between two sections can leave a file that parses.
        assert!(accepted < 20, "{accepted} of {}", bytes.len());
    }
}

#[test]
fn every_single_changed_byte_adds_up_or_is_refused() {
    for bytes in [wat::parse_str(MODULE).unwrap(), component()] {
        let mut refused = 0;
        for at in 0..bytes.len() {
            for value in [0x00, 0x01, 0x7f, 0x80, 0xff, bytes[at] ^ 1] {
                let mut changed = bytes.clone();
                changed[at] = value;
                refused += usize::from(!measured(&changed));
            }
        }
        assert!(refused > bytes.len(), "{refused}");
    }
}

#[test]
fn random_changes_add_up_or_are_refused() {
    let files = [wat::parse_str(MODULE).unwrap(), component()];
    let edit = (any::<prop::sample::Index>(), any::<u8>(), 0u8..3);
    let strategy = (0..files.len(), proptest::collection::vec(edit, 1..8));
    let outcome = runner(3_000).run(&strategy, |(file, edits)| {
        let mut bytes = files[file].clone();
        for (at, value, how) in edits {
            // Never empty: at most seven of hundreds of bytes are removed.
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = value,
                1 => bytes.insert(at, value),
                _ => drop(bytes.remove(at)),
            }
        }
        measured(&bytes);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn bytes_that_were_never_wasm_are_refused() {
    let strategy = proptest::collection::vec(any::<u8>(), 0..200);
    let outcome = runner(500).run(&strategy, |noise| {
        prop_assert!(!measured(&noise) || noise.starts_with(b"\0asm"));
        for header in [&b"\0asm\x01\0\0\0"[..], b"\0asm\x0d\0\x01\0"] {
            measured(&[header, &noise].concat());
        }
        Ok(())
    });
    outcome.unwrap();
}
