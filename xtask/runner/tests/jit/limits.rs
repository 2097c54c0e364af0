//! Each limit stops what it is there for, and does not when its guard is off.

use crate::{
    common::{is_stopped_by, run},
    guests::{command, rounds, waits, writes},
};
use runner_protocol::{Ended, Guard, Spec, Start};
use std::{
    fs,
    time::{Duration, Instant},
};

/// How the guest ends with all guards, and without `guard`.
fn with_and_without(wat: &str, guard: Guard, change: impl Fn(&mut Spec)) -> (Ended, Ended) {
    let held = run(wat, &change).ended();
    let open = run(wat, |spec| {
        change(spec);
        spec.without_guards = vec![guard];
    });
    (held, open.ended())
}

const WELL: Ended = Ended::Exit { code: 0 };
const NOT_WELL: Ended = Ended::Exit { code: 1 };

#[test]
fn fuel() {
    let (held, open) = with_and_without(&rounds(1_000_000), Guard::Fuel, |spec| spec.limits.fuel_count = 100_000);
    assert!(is_stopped_by(&held, "fuel_count"), "{held:?}");
    assert_eq!(open, WELL);
    let endless = run(&command("", "(loop (br 0)) unreachable"), |spec| spec.limits.fuel_count = 100_000).instance();
    assert!(is_stopped_by(&endless.ended, "fuel_count") && endless.fuel_count >= Some(100_000), "{endless:?}");
}

#[test]
fn the_deadline_in_the_guest() {
    let started = Instant::now();
    let ended = run(&command("", "(loop (br 0)) unreachable"), |spec| {
        spec.limits.deadline_ms = 200;
        spec.without_guards = vec![Guard::Fuel];
    });
    let instance = ended.instance();
    assert!(is_stopped_by(&instance.ended, "deadline_ms") && instance.fuel_count > Some(1000), "{instance:?}");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn the_deadline_in_the_host() {
    let (held, open) = with_and_without(&waits(600), Guard::Deadline, |spec| spec.limits.deadline_ms = 100);
    assert!(is_stopped_by(&held, "deadline_ms"), "{held:?}");
    assert_eq!(open, WELL);
}

#[cfg(unix)]
#[test]
fn the_deadline_where_nothing_can_be_interrupted() {
    let (started, folder) = (Instant::now(), tempfile::tempdir().expect("a folder"));
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let ran = run(&rounds(1), |spec| {
        spec.stdin = Some(pipe);
        spec.limits.deadline_ms = 100;
    });
    assert!(is_stopped_by(&ran.ended(), "deadline_ms"));
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn the_deadline_while_the_instance_is_made() {
    let wat = "(component (core module $m (func $s (loop (br 0))) (start $s)) (core instance (instantiate $m)))";
    let ended = run(wat, |spec| {
        spec.start = Start::Instantiate;
        spec.limits.deadline_ms = 100;
        spec.without_guards = vec![Guard::Fuel];
    });
    assert!(is_stopped_by(&ended.ended(), "deadline_ms"));
}

#[test]
fn memory_that_is_asked_for() {
    // Two memories of 100 pages, and 100 more: 300 of the 256 that there are. The guest is told, and goes on.
    let wat = command("(memory $a 100) (memory $b 100)", "(i32.eq (memory.grow $a (i32.const 100)) (i32.const -1))");
    assert_eq!(with_and_without(&wat, Guard::Memory, |_| ()), (NOT_WELL, WELL));
    let refused = run(&wat, |_| ()).instance();
    assert_eq!(refused.peak_memory_bytes, Some(200 << 16));
}

#[test]
fn memory_that_a_guest_starts_with() {
    let (held, open) = with_and_without(&command("(memory 300)", "i32.const 0"), Guard::Memory, |_| ());
    assert!(is_stopped_by(&held, "memory_bytes"), "{held:?}");
    assert_eq!(open, WELL);
}

#[test]
fn tables() {
    let grows = command("(table 1 funcref)", "(i32.eq (table.grow (ref.null func) (i32.const 20000)) (i32.const -1))");
    assert_eq!(with_and_without(&grows, Guard::Tables, |_| ()), (NOT_WELL, WELL));
    let (held, open) = with_and_without(&command("(table 20000 funcref)", "i32.const 0"), Guard::Tables, |_| ());
    assert!(is_stopped_by(&held, "table_element_count"), "{held:?}");
    assert_eq!(open, WELL);
}

#[test]
fn instances() {
    let many = |count| format!("(component (core module $m) {})", "(core instance (instantiate $m))".repeat(count));
    let ended = |count| run(&many(count), |spec| spec.start = Start::Instantiate).ended();
    assert_eq!(ended(16), WELL);
    assert!(is_stopped_by(&ended(17), "instance_count"));
    let tables = command(&"(table 1 funcref)".repeat(17), "i32.const 0");
    assert!(is_stopped_by(&run(&tables, |_| ()).ended(), "instance_count"));
}

#[test]
fn output() {
    let (held, open) = with_and_without(&writes(20, false), Guard::Output, |spec| spec.limits.output_bytes = 9_500);
    assert!(is_stopped_by(&held, "output_bytes"), "{held:?}");
    assert_eq!(open, WELL);
    let ran = run(&writes(20, false), |spec| spec.limits.output_bytes = 9_500);
    assert_eq!(fs::read(ran.folder.path().join("out/stdout")).expect("written").len(), 9_500);
    assert_eq!(run(&writes(20, false), |spec| spec.limits.output_bytes = 20_000).ended(), WELL);
}

#[test]
fn open_resources() {
    let (held, open) = with_and_without(&writes(300, true), Guard::Resources, |_| ());
    assert!(is_stopped_by(&held, "resource_count"), "{held:?}");
    assert_eq!(open, WELL);
}
