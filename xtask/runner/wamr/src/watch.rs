//! Ends a guest whose time is over while it runs its own code, where no function of the host's can see to it.
//!
//! The interpreter looks at every branch whether it is to end, and so does code of our own compiler. A start function cannot be told: its instance
//! has no name yet. Then the process says what came of the job so far, and ends with the guest in it.

use crate::engine::Handle;
use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// How long an engine has to leave a guest that was told to end.
const GRACE: Duration = Duration::from_millis(250);

/// Watches over one guest at a time, from a thread of its own.
pub struct Watch<T> {
    shared: Arc<Shared<T>>,
}

struct Shared<T> {
    turn: Mutex<Option<Turn<T>>>,
    changed: Condvar,
}

/// A guest that runs.
struct Turn<T> {
    end: Instant,
    instance: Option<Handle>,
    is_told: bool,
    about: T,
}

impl<T: Send + 'static> Watch<T> {
    /// Starts to watch. `give_up` is called for a guest that cannot be ended, and does not return.
    pub fn start(give_up: impl FnOnce(T) + Send + 'static) -> Watch<T> {
        let shared = Arc::new(Shared { turn: Mutex::new(None), changed: Condvar::new() });
        let watched = shared.clone();
        // It ends with the process.
        thread::spawn(move || give_up(watched.wait()));
        Watch { shared }
    }

    /// A guest starts, with `left` of its time; `about` it is what `give_up` is told.
    pub fn starts(&self, left: Duration, instance: Option<Handle>, about: T) {
        *self.shared.turn() = Some(Turn { end: Instant::now() + left, instance, is_told: false, about });
        self.shared.changed.notify_one();
    }

    /// The guest does not run any more. Whether it was told to end.
    pub fn stops(&self) -> bool {
        self.shared.turn().take().is_some_and(|turn| turn.is_told)
    }
}

impl<T> Shared<T> {
    fn turn(&self) -> MutexGuard<'_, Option<Turn<T>>> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a guest that does not end though it was told to.
    fn wait(&self) -> T {
        let mut guard = self.turn();
        loop {
            let now = Instant::now();
            guard = match guard.take() {
                None => self.changed.wait(guard).unwrap_or_else(PoisonError::into_inner),
                Some(turn) if now < turn.end => {
                    let left = turn.end - now;
                    *guard = Some(turn);
                    self.changed.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0
                }
                Some(Turn { instance: Some(instance), is_told: false, about, .. }) => {
                    // SAFETY: `stops` comes before the instance is dropped, and waits for the lock that is held here.
                    unsafe { instance.terminate() };
                    *guard = Some(Turn { end: now + GRACE, instance: None, is_told: true, about });
                    guard
                }
                Some(turn) => return turn.about,
            };
        }
    }
}
