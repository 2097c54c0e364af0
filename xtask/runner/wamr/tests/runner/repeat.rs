//! Many instances in one process.

use crate::support::{Job, exit, guest};

#[test]
fn instances_come_and_go_without_a_trace() {
    let touch = "(memory.fill (i32.const 65536) (i32.const 1) (i32.const 65536)) (call $say (i32.const 1) (i32.const 1024) (i32.const 5))";
    let mut job = Job::new(&guest(&["words"], touch));
    job.spec.repeat.count = 2_000;
    let ran = job.run();
    assert_eq!((ran.outcome.instance_count, ran.outcome.instances.len(), &*ran.stdout), (2_000, 20, "words"));
    assert!(ran.outcome.instances.iter().all(|instance| instance.ended == exit(0)));
    let samples = &ran.outcome.memory_samples;
    assert_eq!(samples.len(), 101);
    let grown = samples[100].resident_bytes.saturating_sub(samples[20].resident_bytes);
    assert!(grown < 512 << 10, "{grown} bytes in 1600 instances");
}

#[test]
fn a_thousand_instances_live_at_once() {
    let count = "(i32.store (i32.const 1024) (i32.add (i32.const 1) (i32.load (i32.const 1024)))) (call $exit (i32.load (i32.const 1024)))";
    let mut job = Job::new(&guest(&[], count));
    job.spec.repeat.live_count = 1_000;
    let ran = job.run();
    assert_eq!((ran.outcome.instance_count, ran.outcome.instances.len()), (1_000, 20));
    assert!(ran.outcome.instances.iter().all(|instance| instance.ended == exit(1)), "each has a memory of its own");
}
