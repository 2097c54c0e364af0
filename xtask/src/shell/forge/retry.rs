//! How often and how long a forge is waited for.

use std::{
    cell::Cell,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How patient we are.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// What the server and we call a second: less in tests.
    pub second: Duration,
    /// How long one answer may take.
    pub timeout: Duration,
}

/// How often one thing is asked.
pub const TRIES_MAX: u32 = 4;
/// The most seconds that are waited between tries, all requests together.
const WAIT_SECONDS_MAX: u64 = 90;
/// How long all of it may take before nothing is tried again: a thread of many pages could else hang on each.
const WHOLE_MAX: Duration = Duration::from_secs(600);

/// What an answer says about asking again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// `retry-after`, in seconds.
    pub retry_after: Option<u64>,
    /// `x-ratelimit-reset`, in seconds since 1970, where nothing remains.
    pub reset: Option<u64>,
}

impl Hints {
    /// The seconds to wait after so many tries: what the server asks for, else 1, 2, 4.
    fn seconds(self, tried: u32, now: u64) -> u64 {
        let reset = self.reset.map(|reset| reset.saturating_sub(now) + 1);
        self.retry_after.or(reset).unwrap_or(1 << tried.saturating_sub(1).min(16))
    }
}

/// What was waited so far, all requests together.
pub struct Waited {
    patience: Patience,
    seconds: Cell<u64>,
    started: Instant,
}

impl Waited {
    /// Nothing yet.
    pub fn new(patience: Patience) -> Waited {
        Waited { patience, seconds: Cell::new(0), started: Instant::now() }
    }

    /// Waits before the next try of what was tried so often. If there is to be none, says why.
    ///
    /// # Errors
    /// It was tried often enough, or the wait would be too long.
    pub fn wait(&self, tried: u32, hints: Hints) -> Result<(), String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let seconds = hints.seconds(tried, now);
        if tried >= TRIES_MAX {
            return Err(format!("after {TRIES_MAX} tries; run it again later"));
        }
        let whole = self.seconds.get().saturating_add(seconds);
        if whole > WAIT_SECONDS_MAX {
            return Err(format!("and asks to wait {seconds} s, which is too long; run it again then"));
        }
        if self.started.elapsed() > WHOLE_MAX {
            return Err(format!("and all took more than {} s; run it again later", WHOLE_MAX.as_secs()));
        }
        self.seconds.set(whole);
        std::thread::sleep(self.patience.second.saturating_mul(u32::try_from(seconds).unwrap_or(u32::MAX)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_what_the_server_asks_for_else_they_double() {
        let none = Hints::default();
        assert_eq!([none.seconds(1, 0), none.seconds(2, 0), none.seconds(3, 0)], [1, 2, 4]);
        assert_eq!(Hints { retry_after: Some(7), reset: Some(100) }.seconds(1, 50), 7);
        assert_eq!(Hints { retry_after: None, reset: Some(100) }.seconds(1, 50), 51);
        assert_eq!(Hints { retry_after: None, reset: Some(10) }.seconds(1, 50), 1);
    }

    #[test]
    fn they_are_bounded_in_number_and_in_all() {
        let patience = Patience { second: Duration::ZERO, timeout: Duration::ZERO };
        let waited = Waited::new(patience);
        assert!((1..TRIES_MAX).all(|tried| waited.wait(tried, Hints::default()).is_ok()));
        assert!(waited.wait(TRIES_MAX, Hints::default()).unwrap_err().contains("4 tries"));
        let long = Hints { retry_after: Some(80), reset: None };
        assert!(waited.wait(1, long).is_ok());
        assert!(waited.wait(1, long).unwrap_err().contains("80 s"), "all requests together");
        assert!(Waited::new(patience).wait(1, Hints { retry_after: Some(u64::MAX), reset: None }).is_err());
    }
}
