//! How often and how long a forge is waited for.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

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
/// The most seconds that are waited in all, for one thing.
const WAIT_SECONDS_MAX: u64 = 90;

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

/// The waits for one thing that is asked for.
pub struct Waits {
    patience: Patience,
    tried: u32,
    waited_seconds: u64,
}

impl Waits {
    /// Nothing was tried yet.
    pub fn new(patience: Patience) -> Waits {
        Waits { patience, tried: 0, waited_seconds: 0 }
    }

    /// Waits before the next try. If there is to be none, says why.
    ///
    /// # Errors
    /// It was tried often enough, or the wait would be too long.
    pub fn wait(&mut self, hints: Hints) -> Result<(), String> {
        self.tried += 1;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let seconds = hints.seconds(self.tried, now);
        if self.tried >= TRIES_MAX {
            return Err(format!("after {TRIES_MAX} tries; run it again later"));
        }
        if self.waited_seconds.saturating_add(seconds) > WAIT_SECONDS_MAX {
            return Err(format!("and asks to wait {seconds} s, which is too long; run it again then"));
        }
        self.waited_seconds += seconds;
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
        let mut waits = Waits::new(patience);
        assert!((0..3).all(|_| waits.wait(Hints::default()).is_ok()));
        assert!(waits.wait(Hints::default()).unwrap_err().contains("4 tries"));
        let long = Hints { retry_after: Some(80), reset: None };
        let mut waits = Waits::new(patience);
        assert!(waits.wait(long).is_ok());
        assert!(waits.wait(long).unwrap_err().contains("80 s"));
        assert!(Waits::new(patience).wait(Hints { retry_after: Some(u64::MAX), reset: None }).is_err());
    }
}
