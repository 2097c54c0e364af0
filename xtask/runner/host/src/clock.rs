//! Clocks that say the same in every run, so that what a guest does with the time repeats, and with it its fuel.
//!
//! Each question moves a clock on by a fixed step. Waiting is real: the engine sleeps as long as the guest asked, and tells the clock
//! ([`Clock::advance_to`]) where it can. A guest that only watches the time pass would wait for ever, so a clock that is more than
//! [`LAG`] behind the real one catches up in whole seconds. What is over sooner, and that is what is compared, never sees it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use wasmtime_wasi::{HostMonotonicClock, HostWallClock};

/// Where the wall clock starts, in seconds since 1970: the first of January 2026.
const START: Duration = Duration::from_secs(1_767_225_600);
/// How far a question moves the clock on.
const STEP: Duration = Duration::from_millis(1);
/// How far the clock may stay behind the real one.
const LAG: Duration = Duration::from_secs(5);

/// The time of one guest. Clones are the same clock; wall time and monotonic time move together.
#[derive(Clone, Debug)]
pub struct Clock {
    elapsed_ns: Arc<AtomicU64>,
    started: Instant,
}

impl Clock {
    /// A clock at its start.
    pub fn new() -> Clock {
        Clock { elapsed_ns: Arc::default(), started: Instant::now() }
    }

    /// The time since the start, after this question.
    pub fn elapsed(&self) -> Duration {
        let behind = self.started.elapsed().saturating_sub(LAG);
        self.advance_to(Duration::from_secs(behind.as_secs()));
        let step_ns = nanoseconds(STEP);
        Duration::from_nanos(self.elapsed_ns.fetch_add(step_ns, Ordering::Relaxed).saturating_add(step_ns))
    }

    /// Moves the clock on, if it is not so far yet: the guest has waited until then.
    pub fn advance_to(&self, elapsed: Duration) {
        self.elapsed_ns.fetch_max(nanoseconds(elapsed), Ordering::Relaxed);
    }
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::new()
    }
}

impl HostWallClock for Clock {
    fn resolution(&self) -> Duration {
        STEP
    }

    fn now(&self) -> Duration {
        START + self.elapsed()
    }
}

impl HostMonotonicClock for Clock {
    fn resolution(&self) -> u64 {
        nanoseconds(STEP)
    }

    fn now(&self) -> u64 {
        nanoseconds(self.elapsed())
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_clocks_say_the_same() {
        let said = |clock: Clock| {
            let wall: Vec<Duration> = (0..3).map(|_| HostWallClock::now(&clock)).collect();
            clock.advance_to(Duration::from_secs(2));
            clock.advance_to(Duration::from_secs(1));
            (wall, HostMonotonicClock::now(&clock))
        };
        let (wall, monotonic) = said(Clock::new());
        assert_eq!(said(Clock::new()), (wall.clone(), monotonic));
        assert_eq!((wall[0], wall[2] - wall[0]), (START + STEP, 2 * STEP));
        assert_eq!(monotonic, 2_001_000_000);
    }

    #[test]
    fn a_clock_that_is_watched_catches_up() {
        let started = Instant::now().checked_sub(Duration::from_millis(8_500)).expect("the machine is up for ten seconds");
        let clock = Clock { started, ..Clock::new() };
        assert_eq!(clock.elapsed(), Duration::from_secs(3) + STEP);
    }
}
