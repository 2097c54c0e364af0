//! One instance: made, run, and accounted for.

use crate::{
    ended::{self, Step},
    entry::Entry,
    state::State,
};
use anyhow::Result;
use runner_host::{limits, network::Client, output::Output};
use runner_protocol::{Ended, Guard, Limits, Phases, Spec, Start};
use std::time::{Duration, Instant};
use tokio::time::timeout;
use wasmtime::{Engine, Store, component};

/// After how much fuel its count is brought up to date: compiled code keeps it to itself between calls, and a guest that is stopped at its
/// deadline would seem to have used none.
const COUNTED_FUEL: u64 = 1_000_000;

/// A guest that was made, or was not.
pub struct Guest {
    store: Store<State>,
    instance: Result<component::Instance, Ended>,
    limits: Limits,
    phases: Phases,
}

impl Guest {
    /// Makes an instance for the job `spec`, which writes to `output`.
    ///
    /// # Errors
    /// What the job grants cannot be opened. An instance that cannot be made is no error: it ended so.
    pub async fn new(engine: &Engine, entry: &Entry, spec: &Spec, output: Output, client: Option<Client>) -> Result<Guest> {
        let (state, limits) = (State::new(spec, output, client)?, limits::effective(spec));
        let started = Instant::now();
        let mut store = Store::new(engine, state);
        store.limiter(|state| &mut state.limiter);
        store.set_fuel(limits.fuel_count)?;
        store.fuel_async_yield_interval(Some(COUNTED_FUEL))?;
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        let made = timeout(Duration::from_millis(limits.deadline_ms), entry.instantiate(&mut store)).await;
        let instance = match made {
            Ok(Ok(instance)) => Ok(instance),
            Ok(Err(error)) => Err(ended::of(Err(error), Step::Instantiate, store.data())),
            Err(_) => Err(limits::late(spec)),
        };
        let phases = Phases { instantiate_ns: nanoseconds(started.elapsed()), execute_ns: 0 };
        Ok(Guest { store, instance, limits, phases })
    }

    /// Calls it as `spec` says, once. The time that it took to make it is part of its own.
    pub async fn run(&mut self, entry: &Entry, spec: &Spec) -> runner_protocol::Instance {
        let ended = match &self.instance {
            Err(ended) => ended.clone(),
            Ok(instance) => {
                let started = Instant::now();
                let spent = Duration::from_nanos(self.phases.instantiate_ns);
                let left = Duration::from_millis(self.limits.deadline_ms).saturating_sub(spent);
                let called = timeout(left, entry.call(&mut self.store, instance, &spec.start)).await;
                self.phases.execute_ns = nanoseconds(started.elapsed());
                match called {
                    // One that the machine held up while it waited comes back late all the same.
                    Ok(result) if started.elapsed() < left || spec.without_guards.contains(&Guard::Deadline) => {
                        ended::of(result, Step::Execute, self.store.data())
                    }
                    _ => limits::late(spec),
                }
            }
        };
        let is_called = self.instance.is_ok() && spec.start != Start::Instantiate;
        let used = self.limits.fuel_count - self.store.get_fuel().unwrap_or(0);
        let state = self.store.data();
        runner_protocol::Instance {
            ended,
            // No fuel at all is a number only where something was called.
            fuel_count: (is_called || used > 0).then_some(used),
            peak_memory_bytes: Some(state.limiter.peak_memory_bytes()),
            phases: self.phases.clone(),
            contacts: state.contacts(),
        }
    }

    /// What it wrote.
    pub fn output(&self) -> &Output {
        &self.store.data().output
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
