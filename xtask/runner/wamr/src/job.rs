//! A job from its specification to its outcome.

use crate::{
    engine::{self, Module, Runtime},
    file,
    guest::{Guest, late},
    preview1,
    round::{Round, Table},
    watch::Watch,
};
use anyhow::{Context, Result, anyhow};
use runner_host::{job::Job, limits, network::Client, output::Output, tally::Tally};
use runner_protocol::{Guard, Instance, Network, Outcome, Phases, Spec};
use std::{
    process,
    rc::Rc,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Instant,
};
use tokio::runtime::Runtime as Executor;

/// How much stack guests get: compiled code uses it for its own calls.
const GUEST_STACK_BYTES: usize = 1 << 20;
/// How much stack is left to the functions of the host when a guest has used up its own.
const HOST_STACK_BYTES: usize = 1 << 20;

/// Runs `job`.
///
/// # Errors
/// Nothing could be run at all.
pub fn run(job: Job) -> Result<Outcome> {
    // The size of the first thread's stack is the user's choice; what a guest can do must not depend on it.
    let thread = thread::Builder::new().name("guest".into()).stack_size(GUEST_STACK_BYTES + HOST_STACK_BYTES);
    let thread = thread.spawn(move || on_this_stack(job)).context("cannot start a thread for the guest")?;
    thread.join().map_err(|_| anyhow!("the runner is broken: it panicked, and said where above"))?
}

fn on_this_stack(job: Job) -> Result<Outcome> {
    let here = 0u8;
    let stack_boundary = (&raw const here).cast_mut().wrapping_sub(GUEST_STACK_BYTES);
    let Job { mut spec, artifact } = job;
    let client = client(&spec)?;
    let needs = file::check(&spec, &artifact)?;
    let runtime = Runtime::start()?;
    runtime.register(preview1::MODULE, preview1::FUNCTIONS)?;
    let started = Instant::now();
    let module = Module::load(&runtime, artifact).map_err(|words| file::not_loaded(&spec, &words))?;
    let load_ns = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
    let needs = needs.map_or_else(|| file::needs_of_compiled(&spec, &module), Ok)?;
    file::check_interface(&spec, &module)?;
    spec.limits = limits::effective(&spec);
    let tally = Arc::new(Mutex::new(Tally::new(&spec)));
    let watch = Watch::start(last_words(spec.clone(), tally.clone(), load_ns));
    let table = Table { module: &module, needs, spec, watch, stack_boundary };
    let guests = Guests { client, executor: executor()? };
    if table.spec.repeat.live_count > 1 {
        live(&table, &guests, &tally)?
    } else {
        in_turn(&table, &guests, &tally)?
    };
    guests.end();
    Ok(take(&tally, &table.spec).outcome(&table.spec, &engine::version(), load_ns))
}

/// The guest's way to the network: one that grants nothing where the guard is off that would leave it out.
fn client(spec: &Spec) -> Result<Option<Client>> {
    let nothing = spec.without_guards.contains(&Guard::Linking).then(Network::default);
    let network = spec.network.as_ref().or(nothing.as_ref());
    network.map(|network| Client::new(network, &spec.without_guards)).transpose()
}

/// One after the other: each is dropped before the next one is made.
fn in_turn(table: &Table<'_, '_>, guests: &Guests, tally: &Mutex<Tally>) -> Result<()> {
    for number in 1..=table.spec.repeat.count {
        let mut round = Round::new(table, guests.guest(&table.spec)?);
        // Not in one line: the tally is not ours while the guest runs, because the watch may need it.
        let instance = round.run(table);
        lock(tally).ended(instance);
        if number == table.spec.repeat.count {
            round.guest().output.save(&table.spec.output)?;
        }
        drop(round);
        lock(tally).made();
    }
    Ok(())
}

/// All are made, then all are run, then all are dropped.
fn live(table: &Table<'_, '_>, guests: &Guests, tally: &Mutex<Tally>) -> Result<()> {
    let mut rounds = Vec::new();
    for _ in 0..table.spec.repeat.live_count {
        rounds.push(Round::new(table, guests.guest(&table.spec)?));
        lock(tally).made();
    }
    for round in &mut rounds {
        let instance = round.run(table);
        lock(tally).ended(instance);
    }
    rounds.last_mut().map_or(Ok(()), |last| last.guest().output.save(&table.spec.output))
}

/// Where guests come from.
struct Guests {
    client: Option<Client>,
    executor: Rc<Executor>,
}

impl Guests {
    fn guest(&self, spec: &Spec) -> Result<Guest> {
        Guest::new(spec, self.client.as_ref().map(Client::fresh), self.executor.clone())
    }

    /// A lookup of a name that nobody waits for any more is left to itself.
    fn end(self) {
        if let Ok(executor) = Rc::try_unwrap(self.executor) {
            executor.shutdown_background();
        }
    }
}

/// What the functions of the host wait in. The guest waits with them, so that one thread is enough.
fn executor() -> Result<Rc<Executor>> {
    let executor = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(Rc::new(executor.context("cannot start tokio's runtime: too many files are open")?))
}

/// What is said of a guest that cannot be ended.
pub struct About {
    output: Output,
    client: Option<Client>,
    phases: Phases,
    started: Instant,
}

impl About {
    /// Of `guest`, which starts now.
    pub fn new(guest: &Guest, phases: Phases) -> About {
        About { output: guest.output.clone(), client: guest.client.clone(), phases, started: Instant::now() }
    }

    fn instance(&self, deadline_ms: u64) -> Instance {
        let execute_ns = u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        Instance {
            ended: late(deadline_ms),
            fuel_count: None,
            peak_memory_bytes: None,
            phases: Phases { execute_ns, ..self.phases.clone() },
            contacts: self.client.as_ref().map(Client::contacts).unwrap_or_default(),
        }
    }
}

/// Says what came of the job so far, with a guest that does not end as the last one, and ends the process.
fn last_words(spec: Spec, tally: Arc<Mutex<Tally>>, load_ns: u64) -> impl FnOnce(About) + Send {
    move |about| {
        lock(&tally).ended(about.instance(spec.limits.deadline_ms));
        let outcome = take(&tally, &spec).outcome(&spec, &engine::version(), load_ns);
        let said = about.output.save(&spec.output).and_then(|()| Ok(serde_json::to_string(&outcome)?));
        match said {
            Ok(ref text) => println!("{text}"),
            Err(ref error) => eprintln!("error: {error:#}"),
        }
        process::exit(i32::from(said.is_err()));
    }
}

fn lock(tally: &Mutex<Tally>) -> MutexGuard<'_, Tally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}

fn take(tally: &Mutex<Tally>, spec: &Spec) -> Tally {
    std::mem::replace(&mut lock(tally), Tally::new(spec))
}
