//! Time for guests that never ask the host for anything: the epoch that their code looks at in each loop and each call.
//!
//! Fuel would not do. One instruction can fill all memory, and Winch counts it as one: a guest made of those outlived a deadline
//! that was looked at after so much fuel.

use anyhow::{Context, Result};
use std::{thread, time::Duration};
use wasmtime::Engine;

/// How long a guest computes before the host looks at the time.
const TICK: Duration = Duration::from_millis(5);

/// Moves the epoch of `engine` on, for as long as it exists.
///
/// # Errors
/// The thread for it cannot be started.
pub fn start(engine: &Engine) -> Result<()> {
    let engine = engine.weak();
    let tick = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(TICK);
        }
    };
    thread::Builder::new().name("ticks".into()).spawn(tick).map(drop).context("cannot start a thread")
}
