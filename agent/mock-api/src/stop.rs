//! The flag that ends every thread of a mock, and waits that it cuts short.

use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Set once, when the mock ends.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    set: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    pub(crate) fn set(&self) {
        *lock(&self.set) = true;
        self.changed.notify_all();
    }

    pub(crate) fn is_set(&self) -> bool {
        *lock(&self.set)
    }

    /// Waits this long. An error if the mock ends before.
    pub(crate) fn wait(&self, duration: Duration) -> io::Result<()> {
        let start = Instant::now();
        let mut set = lock(&self.set);
        while !*set {
            let Some(left) = duration.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) else { return Ok(()) };
            set = self.changed.wait_timeout(set, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Err(io::ErrorKind::Interrupted.into())
    }
}

/// Locks, even if another thread panicked: what is kept under these locks is whole at any time.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
