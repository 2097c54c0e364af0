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

/// How long a guest has to end after its time is over.
const GRACE: Duration = Duration::from_secs(2);
/// How often it is told: the first time can be before it has really started, and then is lost.
const AGAIN: Duration = Duration::from_millis(10);

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
    // When to look next.
    next: Instant,
    instance: Option<Handle>,
    // When to give up; from the end of its time on.
    last: Option<Instant>,
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
        *self.shared.turn() = Some(Turn { next: Instant::now() + left, instance, last: None, about });
        self.shared.changed.notify_one();
    }

    /// The guest does not run any more. Whether its time was over.
    pub fn stops(&self) -> bool {
        self.shared.turn().take().is_some_and(|turn| turn.last.is_some())
    }
}

impl<T> Shared<T> {
    fn turn(&self) -> MutexGuard<'_, Option<Turn<T>>> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells guests to end whose time is over, and returns with one that does not.
    fn wait(&self) -> T {
        let mut guard = self.turn();
        loop {
            let now = Instant::now();
            let Some(mut turn) = guard.take() else {
                guard = self.changed.wait(guard).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            if now >= turn.next {
                if now >= *turn.last.get_or_insert(now + GRACE) {
                    return turn.about;
                }
                if let Some(instance) = turn.instance {
                    // SAFETY: `stops` comes before the instance is dropped, and waits for the lock that is held here.
                    unsafe { instance.terminate() };
                }
                turn.next = now + AGAIN;
            }
            let left = turn.next.saturating_duration_since(now);
            *guard = Some(turn);
            guard = self.changed.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
