//! `wasi:clocks/monotonic-clock` over the sandbox's clock: a guest waits in real time, and its clock stands at the right time afterwards.
//!
//! Wasmtime's own asks the clock once, sleeps, and leaves the clock where it was; a guest that then looks whether its time has come would wait
//! again.

use crate::state::State;
use runner_host::clock::Clock;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};
use wasmtime::component::{HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi::{HostMonotonicClock, async_trait, p2::bindings::clocks::monotonic_clock};
use wasmtime_wasi_io::poll::{DynPollable, Pollable, subscribe};

/// Links the interface.
///
/// # Errors
/// It is linked already.
pub fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    monotonic_clock::add_to_linker::<State, Waiting<'static>>(linker, |state| Waiting {
        clock: &state.clock,
        table: &mut state.table,
    })
}

struct Waiting<'a> {
    clock: &'a Clock,
    table: &'a mut ResourceTable,
}

impl HasData for Waiting<'static> {
    type Data<'a> = Waiting<'a>;
}

impl Waiting<'_> {
    fn until(&mut self, guest: Duration, wait: Duration) -> wasmtime::Result<Resource<DynPollable>> {
        // Further than the host can count is for ever.
        let host = Instant::now().checked_add(wait);
        let timer = self.table.push(Timer { clock: self.clock.clone(), guest, host })?;
        subscribe(self.table, timer)
    }
}

impl monotonic_clock::Host for Waiting<'_> {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(HostMonotonicClock::now(self.clock))
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(HostMonotonicClock::resolution(self.clock))
    }

    fn subscribe_instant(&mut self, when: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let when = Duration::from_nanos(when);
        self.until(when, when.saturating_sub(self.clock.elapsed()))
    }

    fn subscribe_duration(&mut self, duration: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let wait = Duration::from_nanos(duration);
        self.until(self.clock.elapsed().saturating_add(wait), wait)
    }
}

/// Ready when the host's time has come; then the guest's has come too.
struct Timer {
    clock: Clock,
    guest: Duration,
    host: Option<Instant>,
}

#[async_trait]
impl Pollable for Timer {
    async fn ready(&mut self) {
        match self.host {
            Some(host) => sleep_until(host).await,
            None => std::future::pending().await,
        }
        self.clock.advance_to(self.guest);
    }
}
