//! `poll_oneoff` for a guest that only wants to sleep, which is what `sleep` of every libc asks for.
//!
//! `wasmtime-wasi` would have the thread sleep, so that no deadline could end it, and would leave the sandbox's clock where it was.

use runner_host::clock::Clock;
use std::time::Duration;
use wasmtime_wasi::p1::{WasiP1Ctx, wasi_snapshot_preview1};
use wiggle::{GuestMemory, GuestPtr, error::Result};

/// Where the fields of a `subscription` lie, in bytes.
const TAG: u32 = 8;
const TIMEOUT: u32 = 24;
const FLAGS: u32 = 40;
/// The tag of a clock, and the flag of a time of the day.
const CLOCK: u8 = 0;
const ABSOLUTE: u16 = 1;
/// Words of 8 bytes in an `event`: user data, no error and the type of a clock, and nothing of a file.
const EVENT_WORD_COUNT: u32 = 4;

/// As the interface says.
///
/// # Errors
/// Of `wasmtime-wasi`: the guest is to be ended.
pub async fn poll_oneoff(
    clock: &Clock,
    ctx: &mut WasiP1Ctx,
    memory: &mut GuestMemory<'_>,
    subscriptions: i32,
    events: i32,
    count: i32,
    stored: i32,
) -> Result<i32> {
    let (first, event) = (subscriptions.cast_unsigned(), events.cast_unsigned());
    let Some(time) = (count == 1).then(|| sleep(memory, first)).flatten() else {
        return wasi_snapshot_preview1::poll_oneoff(ctx, memory, subscriptions, events, count, stored).await;
    };
    let end = clock.elapsed().saturating_add(time);
    tokio::time::sleep(time).await;
    clock.advance_to(end);
    let user_data = memory.read(GuestPtr::<u64>::new(first))?;
    for (word, value) in (0..EVENT_WORD_COUNT).zip([user_data, 0, 0, 0]) {
        memory.write(GuestPtr::<u64>::new(event).add(word)?, value)?;
    }
    memory.write(GuestPtr::<u32>::new(stored.cast_unsigned()), 1)?;
    Ok(0)
}

/// How long the guest wants to sleep whose only subscription is at `first`; none if that is for something else, or cannot be read.
fn sleep(memory: &GuestMemory<'_>, first: u32) -> Option<Duration> {
    let at = |field: u32| first.checked_add(field);
    let tag: u8 = memory.read(GuestPtr::new(at(TAG)?)).ok()?;
    let flags: u16 = memory.read(GuestPtr::new(at(FLAGS)?)).ok()?;
    let timeout_ns: u64 = memory.read(GuestPtr::new(at(TIMEOUT)?)).ok()?;
    (tag == CLOCK && flags & ABSOLUTE == 0).then(|| Duration::from_nanos(timeout_ns))
}
