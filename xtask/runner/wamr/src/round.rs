//! One instance: made, run, and accounted for.

use crate::{
    engine::{Instance, Module, Options},
    guest::{Guest, Place, stopped},
    job::About,
    needs::Needs,
    watch::Watch,
};
use runner_protocol::{Ended, Phases, Spec, Start};
use std::{
    ffi::CStr,
    time::{Duration, Instant},
};

/// What is called in a command.
pub const ENTRY: &CStr = c"_start";

/// A page of WebAssembly's memory, in bytes.
const PAGE_BYTES: u64 = 64 << 10;

/// A guest that was made, or was not.
pub struct Round<'m> {
    // Before the guest: it is dropped first.
    instance: Result<Instance<'m>, Ended>,
    place: Place,
    phases: Phases,
}

/// What all rounds of a job have in common.
pub struct Table<'m, 'r> {
    /// What is instantiated.
    pub module: &'m Module<'r>,
    /// What it needs at least.
    pub needs: Needs,
    /// The job, with the limits that hold.
    pub spec: Spec,
    /// Ends those that do not end.
    pub watch: Watch<About>,
    /// How far down this thread's stack guests may go.
    pub stack_boundary: *mut u8,
}

impl<'m> Round<'m> {
    /// Makes an instance for `guest`. One that cannot be made is no error: it ended so.
    pub fn new(table: &Table<'m, '_>, guest: Guest) -> Round<'m> {
        let started = Instant::now();
        let mut place = Place::new(guest);
        let mut phases = Phases::default();
        let instance = table.needs.refusal(&table.spec.limits).map_or_else(|| make(table, &mut place), Err);
        phases.instantiate_ns = nanoseconds(started.elapsed());
        Round { instance, place, phases }
    }

    /// Runs it as the job says, once. The time that it took to make it is part of its own.
    pub fn run(&mut self, table: &Table<'_, '_>) -> runner_protocol::Instance {
        let ended = match &self.instance {
            Err(ended) => ended.clone(),
            Ok(_) if table.spec.start == Start::Instantiate => Ended::Exit { code: 0 },
            Ok(instance) => call(table, instance, &mut self.place, &mut self.phases),
        };
        runner_protocol::Instance {
            ended,
            fuel_count: None,
            peak_memory_bytes: self.instance.as_ref().ok().map(Instance::memory_bytes),
            phases: self.phases.clone(),
            contacts: self.place.guest().contacts(),
        }
    }

    /// The guest.
    pub fn guest(&mut self) -> &mut Guest {
        self.place.guest()
    }
}

/// Makes the instance. A start function runs in it, and no other thread can name the instance yet.
fn make<'m>(table: &Table<'m, '_>, place: &mut Place) -> Result<Instance<'m>, Ended> {
    let pages = u32::try_from(table.spec.limits.memory_bytes / PAGE_BYTES).unwrap_or(u32::MAX);
    let options = Options {
        // 0 would be no limit; a module that needs no page at all cannot use the one.
        max_memory_pages: pages.max(1),
        data: place.address(),
        stack_boundary: table.stack_boundary,
    };
    let left = place.guest().starts(Duration::ZERO);
    table.watch.starts(left, None, About::new(place.guest(), Phases::default()));
    // SAFETY: the guest outlives the instance, and the boundary was taken from the stack of this thread with room for the host.
    let made = unsafe { Instance::new(table.module, options) };
    table.watch.stops();
    made.map_err(|reason| match place.guest().ended() {
        Some(ended) => ended,
        // In WAMR's words there was no memory for it.
        None if reason.contains("allocate") || reason.contains("memory for") => stopped("host", &reason),
        None => Ended::Trap { reason },
    })
}

/// Calls the command in `instance`, whose guest is at `place`.
fn call(table: &Table<'_, '_>, instance: &Instance<'_>, place: &mut Place, phases: &mut Phases) -> Ended {
    let left = place.guest().starts(Duration::from_nanos(phases.instantiate_ns));
    table.watch.starts(left, Some(instance.handle()), About::new(place.guest(), phases.clone()));
    let started = Instant::now();
    let called = instance.call(ENTRY);
    phases.execute_ns = nanoseconds(started.elapsed());
    let is_late = table.watch.stops();
    let guest = place.guest();
    match (guest.ended(), called) {
        (Some(ended), _) => ended,
        (None, _) if is_late => guest.late(),
        (None, Ok(())) => Ended::Exit { code: 0 },
        (None, Err(reason)) => Ended::Trap { reason },
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
