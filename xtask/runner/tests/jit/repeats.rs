//! Many instances in one process.

use crate::{
    common::run,
    guests::{command, rounds},
};
use runner_protocol::Ended;

#[test]
fn one_after_the_other_each_is_like_the_first() {
    let outcome = run(&rounds(100), |spec| spec.repeat.count = 500).outcome();
    assert_eq!((outcome.instance_count, outcome.instances.len(), outcome.memory_samples.len()), (500, 20, 101));
    let first = &outcome.instances[0];
    for instance in &outcome.instances {
        assert_eq!((&instance.ended, instance.fuel_count), (&first.ended, first.fuel_count));
    }
    let samples: Vec<u64> = outcome.memory_samples.iter().map(|sample| sample.resident_bytes).collect();
    let (early, late) = (samples[20], samples[100]);
    assert!(late < early + (1 << 20), "{samples:?}");
}

#[test]
fn a_thousand_live_at_once() {
    // Each touches its memory, so that it is there.
    let wat = command("(memory 1)", "(i32.store (i32.const 0) (i32.const 1)) i32.const 0");
    let outcome = run(&wat, |spec| spec.repeat.live_count = 1000).outcome();
    assert_eq!(outcome.instance_count, 1000);
    assert!(outcome.instances.iter().all(|instance| instance.ended == Ended::Exit { code: 0 }), "{:?}", outcome.instances);
    let last = outcome.memory_samples.last().expect("samples");
    assert_eq!(last.instance_count, 1000);
}
