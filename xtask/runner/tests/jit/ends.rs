//! How a guest ends by itself.

use crate::{
    common::run,
    guests::{command, exits, rounds, waits},
};
use runner_protocol::{Ended, Engine, Start};
use std::time::{Duration, Instant};

#[test]
fn what_run_returns_is_the_exit_code() {
    for code in [0, 1] {
        let ran = run(&command("", &format!("i32.const {code}")), |_| ());
        assert_eq!(ran.ended(), Ended::Exit { code });
        let outcome = ran.outcome();
        assert_eq!((outcome.engine, &*outcome.version), (Engine::WasmtimeJit, "wasmtime 48.0.8"));
        assert!(outcome.load_ns > 0 && outcome.host_peak_bytes > 0 && outcome.memory_samples.is_empty());
    }
    assert_eq!(run(&exits(), |_| ()).ended(), Ended::Exit { code: 1 });
}

#[test]
fn a_trap_is_told_in_one_line() {
    let ended = |body| run(&command("(memory 1)", body), |_| ()).ended();
    let reason = |text: &str| Ended::Trap { reason: format!("wasm trap: {text}") };
    assert_eq!(ended("unreachable"), reason("wasm `unreachable` instruction executed"));
    assert_eq!(ended("(i32.div_s (i32.const 1) (i32.const 0))"), reason("integer divide by zero"));
    assert_eq!(ended("(i32.load (i32.const 65536))"), reason("out of bounds memory access"));
    let deep = run(&command("(func $deep (call $deep))", "(call $deep) i32.const 0"), |_| ()).ended();
    assert_eq!(deep, reason("call stack exhausted"));
}

#[test]
fn fuel_repeats_and_grows_with_the_work() {
    for engine in [Engine::WasmtimeJit, Engine::WasmtimeWinch] {
        let fuel = |count| run(&rounds(count), |spec| spec.engine = engine).instance().fuel_count.expect("fuel");
        let (once, ten, thousand) = (fuel(1), fuel(10), fuel(1000));
        assert_eq!((fuel(10), fuel(1000)), (ten, thousand), "{engine}");
        let round = (ten - once) / 9;
        assert!(round > 0 && thousand == once + 999 * round, "{engine}: {once} {ten} {thousand}");
    }
}

#[test]
fn memory_is_counted_at_its_highest() {
    let wat = command(
        "(memory 2) (func (export \"grow\") (result i32) (memory.grow (i32.const 3)))",
        "(drop (memory.grow (i32.const 3))) i32.const 0",
    );
    assert_eq!(run(&wat, |_| ()).instance().peak_memory_bytes, Some(5 << 16));
}

#[test]
fn waiting_takes_its_time_but_no_fuel() {
    let started = Instant::now();
    let (waited, not) = (run(&waits(300), |_| ()).instance(), run(&waits(0), |_| ()).instance());
    assert!(started.elapsed() >= Duration::from_millis(300));
    assert_eq!((&waited.ended, waited.fuel_count), (&Ended::Exit { code: 0 }, not.fuel_count));
    assert!(waited.phases.execute_ns >= 300_000_000 && waited.phases.instantiate_ns > 0);
}

#[test]
fn an_instance_that_nobody_calls_has_no_fuel() {
    let instance = run(&command("", "unreachable"), |spec| spec.start = Start::Instantiate).instance();
    assert_eq!((instance.ended, instance.fuel_count), (Ended::Exit { code: 0 }, None));
}
