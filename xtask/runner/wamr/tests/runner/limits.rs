//! How guests end, and what keeps them in their place.

use crate::support::{Job, ahead_of_time, exit, guest};
use runner_protocol::{Ended, Guard};
use std::time::{Duration, Instant};

fn trap(reason: &str) -> Ended {
    Ended::Trap { reason: reason.into() }
}

const LOOP: &str = "(loop $again (br $again))";
const FLOOD: &str = "(loop $again (call $say (i32.const 1) (i32.const 65536) (i32.const 4096)) (br $again))";

#[test]
fn a_guest_ends_by_itself() {
    let ran = Job::new(&guest(&["words"], "(call $say (i32.const 1) (i32.const 1024) (i32.const 5))")).run();
    assert_eq!((ran.ended(), &*ran.stdout, &*ran.stderr), (&exit(0), "words", ""));
    assert_eq!((ran.instance().fuel_count, ran.instance().peak_memory_bytes), (None, Some(128 << 10)));
    assert!(ran.outcome.load_ns > 0 && ran.instance().phases.instantiate_ns > 0 && ran.instance().phases.execute_ns > 0);
    assert_eq!(Job::new(&guest(&[], "(call $exit (i32.const 7)) (call $exit (i32.const 8))")).run().ended(), &exit(7));
}

#[test]
fn a_trap_has_a_reason() {
    let cases = [
        ("(unreachable)", "unreachable"),
        ("(drop (i32.div_u (i32.const 1) (i32.const 0)))", "integer divide by zero"),
        ("(drop (i32.load (i32.const 131072)))", "out of bounds memory access"),
        ("(call $say (i32.const 1) (i32.const 131071) (i32.const 2))", "Pointer out of bounds: Region { start: 131071, len: 2 }"),
    ];
    for (body, reason) in cases {
        assert_eq!(Job::new(&guest(&[], body)).run().ended(), &trap(reason), "{body}");
    }
    let endless = "(module (func $f (export \"_start\") (call $f) (call $f)))";
    let overflow = if ahead_of_time().is_some() { "native stack overflow" } else { "wasm operand stack overflow" };
    assert_eq!(Job::new(endless).run().ended(), &trap(overflow));
    let starts = "(module (func $f (unreachable)) (start $f) (func (export \"_start\")))";
    assert_eq!(Job::new(starts).run().ended(), &trap("unreachable"));
}

#[test]
fn memory_has_a_limit() {
    let grow = "(call $exit (i32.add (i32.const 1) (memory.grow (i32.const 255))))";
    assert_eq!(Job::new(&guest(&[], grow)).run().ended(), &exit(0));
    let ran = Job::new(&guest(&[], grow)).without(Guard::Memory).run();
    assert_eq!((ran.ended(), ran.instance().peak_memory_bytes), (&exit(3), Some(257 << 16)));
    let large = "(module (memory 257) (func (export \"_start\")))";
    assert_eq!(Job::new(large).run().limit(), "memory_bytes");
    assert_eq!(Job::new(large).without(Guard::Memory).run().ended(), &exit(0));
}

#[test]
fn tables_have_a_limit() {
    let large = "(module (table 10001 funcref) (func (export \"_start\")))";
    let ran = Job::new(large).run();
    assert_eq!((ran.limit(), ran.instance().peak_memory_bytes), ("table_element_count", None));
    assert_eq!(Job::new(large).without(Guard::Tables).run().ended(), &exit(0));
}

#[test]
fn time_is_over_in_the_guest_and_the_next_one_runs() {
    let mut job = Job::new(&guest(&[], LOOP));
    (job.spec.limits.deadline_ms, job.spec.repeat.count) = (100, 3);
    let started = Instant::now();
    let ran = job.run();
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(ran.outcome.instance_count, 3);
    for instance in &ran.outcome.instances {
        assert!(matches!(&instance.ended, Ended::Stopped { limit, .. } if limit == "deadline_ms"), "{instance:?}");
        assert!(instance.phases.execute_ns >= 90_000_000 && instance.peak_memory_bytes == Some(128 << 10));
    }
}

#[test]
fn time_can_be_over_at_any_moment() {
    for deadline_ms in [0, 1] {
        let mut job = Job::new(&guest(&[], LOOP));
        (job.spec.limits.deadline_ms, job.spec.repeat.count) = (deadline_ms, 100);
        let ran = job.run();
        assert_eq!(ran.outcome.instance_count, 100);
        assert!(ran.outcome.instances.iter().all(|instance| matches!(instance.ended, Ended::Stopped { .. })));
    }
}

#[test]
fn time_is_over_before_there_is_an_instance() {
    let mut job = Job::new(&format!("(module (func $f {LOOP}) (start $f) (func (export \"_start\")))"));
    job.spec.limits.deadline_ms = 100;
    assert_eq!(job.run().limit(), "deadline_ms");
}

#[test]
fn time_is_over_in_the_host() {
    // A subscription to the monotonic clock, an hour from now.
    let wait = "(i32.store (i32.const 1040) (i32.const 1)) (i64.store (i32.const 1048) (i64.const 3600000000000))
        (call $check (call $poll (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 8)))";
    let mut job = Job::new(&guest(&[], wait));
    job.spec.limits.deadline_ms = 100;
    let started = Instant::now();
    assert_eq!(job.run().limit(), "deadline_ms");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn output_has_a_limit() {
    let mut job = Job::new(&guest(&[], FLOOD));
    job.spec.limits.output_bytes = 10_000;
    let ran = job.run();
    assert_eq!((ran.limit(), ran.stdout.len()), ("output_bytes", 10_000));
}

#[test]
fn open_files_have_a_limit() {
    let open = "(loop $again (drop (call $open (i32.const 1024) (i32.const 1) (i32.const 1))) (br $again))";
    let mut job = Job::new(&guest(&["f"], open));
    job.spec.limits.resource_count = 50;
    assert_eq!(job.run().limit(), "resource_count");
}
