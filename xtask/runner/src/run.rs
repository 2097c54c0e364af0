//! A job from its specification to its outcome.

use crate::{
    engine,
    entry::{Entry, NotGranted},
    guest::Guest,
    link::Http,
    load, ticks, version,
};
use anyhow::{Context, Result};
use runner_host::{
    job::Job,
    network::Client,
    output::Output,
    tally::Tally,
    watch::{self, Watch},
};
use runner_protocol::{Ended, Guard, Instance, Network, Outcome, Phases, Spec};
use std::time::Instant;
use wasmtime::Engine;

/// Runs `job`.
///
/// # Errors
/// Nothing could be run at all.
pub fn run(job: Job) -> Result<Outcome> {
    let client = client(&job.spec)?;
    let http = if client.is_some() { Http::Linked } else { Http::Missing };
    let engine = engine::new(job.spec.engine)?;
    let started = Instant::now();
    let component = load::component(&engine, &job)?;
    let load_ns = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
    // The file is not needed any more: a copy less in the memory that is measured.
    let Job { spec, artifact } = job;
    drop(artifact);
    let entry = match Entry::new(&component, &spec, http) {
        Ok(entry) => entry,
        Err(error) if error.is::<NotGranted>() => return not_started(&spec, &error.to_string(), load_ns),
        Err(error) => return Err(error),
    };
    ticks::start(&engine)?;
    let parts = Parts { engine, entry, spec: spec.clone(), client };
    let tally = watch::run(&spec, move |watch| parts.run(watch))?;
    Ok(tally.outcome(&spec, &version(), load_ns))
}

/// The outcome of a job whose guest was not let to start.
fn not_started(spec: &Spec, reason: &str, load_ns: u64) -> Result<Outcome> {
    Output::new(spec).save(&spec.output)?;
    let mut tally = Tally::new(spec);
    tally.ended(Instance {
        ended: Ended::Stopped { limit: "linking".into(), reason: reason.into() },
        fuel_count: None,
        peak_memory_bytes: None,
        phases: Phases::default(),
        contacts: Vec::new(),
    });
    Ok(tally.outcome(spec, &version(), load_ns))
}

/// The guest's way to the network: one that grants nothing where the guard is off that would leave it out.
fn client(spec: &Spec) -> Result<Option<Client>> {
    let nothing = spec.without_guards.contains(&Guard::Linking).then(Network::default);
    let network = spec.network.as_ref().or(nothing.as_ref());
    network.map(|network| Client::new(network, &spec.without_guards)).transpose()
}

/// All that the guests of a job share.
struct Parts {
    engine: Engine,
    entry: Entry,
    spec: Spec,
    client: Option<Client>,
}

impl Parts {
    fn run(&self, watch: &Watch) -> Result<()> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start tokio's runtime")?;
        let is_live = self.spec.repeat.live_count > 1;
        let result = runtime.block_on(async { if is_live { self.live(watch).await } else { self.in_turn(watch).await } });
        // A lookup of a name that nobody waits for any more is left to itself.
        runtime.shutdown_background();
        result
    }

    /// One after the other: each is dropped before the next one is made.
    async fn in_turn(&self, watch: &Watch) -> Result<()> {
        for number in 1..=self.spec.repeat.count {
            let mut guest = self.guest(watch).await?;
            watch.ended(guest.run(&self.entry, &self.spec).await);
            if number == self.spec.repeat.count {
                guest.output().save(&self.spec.output)?;
            }
            drop(guest);
            watch.made();
        }
        Ok(())
    }

    /// All are made, then all are run, then all are dropped.
    async fn live(&self, watch: &Watch) -> Result<()> {
        let mut guests = Vec::new();
        for _ in 0..self.spec.repeat.live_count {
            guests.push(self.guest(watch).await?);
            watch.made();
        }
        for guest in &mut guests {
            watch.begins(guest.output());
            watch.ended(guest.run(&self.entry, &self.spec).await);
        }
        guests.last().map_or(Ok(()), |last| last.output().save(&self.spec.output))
    }

    async fn guest(&self, watch: &Watch) -> Result<Guest> {
        let output = Output::new(&self.spec);
        watch.begins(&output);
        Guest::new(&self.engine, &self.entry, &self.spec, output, self.client.as_ref().map(Client::fresh)).await
    }
}
