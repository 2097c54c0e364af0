//! What is called in an instance: linked and looked up once a job.

use crate::{
    link::{self, Http},
    session::{self, bindings::ReactorPre},
    state::State,
};
use anyhow::{Context, Result};
use runner_host::failure::Failure;
use runner_protocol::{Spec, Start};
use wasmtime::{
    Store,
    component::{Component, Instance, InstancePre},
};
use wasmtime_wasi::p2::bindings::{Command, CommandPre};

/// A component that can be instantiated, and its way in.
pub enum Entry {
    /// `wasi:cli/run`.
    Command(CommandPre<State>),
    /// Nothing is called.
    Instantiate(InstancePre<State>),
    /// The agent's `session`.
    Session(ReactorPre<State>),
}

/// An interface that the component imports, that this host has, and that the job does not grant.
#[derive(Debug)]
pub struct NotGranted(pub String);

impl std::fmt::Display for NotGranted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "it imports {}, which it is not granted: grant it a network", self.0)
    }
}

impl std::error::Error for NotGranted {}

impl Entry {
    /// Links `component` for the job `spec`.
    ///
    /// # Errors
    /// It imports what the host lacks or, as [`NotGranted`], what it has and does not give it; or it does not export what is called.
    pub fn new(component: &Component, spec: &Spec, http: Http) -> Result<Entry> {
        let linker = link::linker(component.engine(), http)?;
        let name = spec.artifact.display();
        let linked = linker.instantiate_pre(component).map_err(anyhow::Error::from);
        let linked = linked.map_err(|error| {
            let missing = missing(&error).unwrap_or("something that this host lacks").to_string();
            if http == Http::Missing && missing.starts_with("wasi:http/") {
                return anyhow::Error::new(NotGranted(missing));
            }
            error.context(Failure::artifact(format!("{name} imports {missing}, which this host lacks: build it without")))
        })?;
        let lacks = |what: &str| Failure::artifact(format!("{name} does not export {what}: use another `start`"));
        Ok(match &spec.start {
            Start::Instantiate => Entry::Instantiate(linked),
            Start::Command => {
                let command = CommandPre::new(linked).map_err(anyhow::Error::from);
                Entry::Command(command.with_context(|| lacks("wasi:cli/run"))?)
            }
            Start::Session { .. } => {
                let session = ReactorPre::new(linked).map_err(anyhow::Error::from);
                Entry::Session(session.with_context(|| lacks("agent:agent/session"))?)
            }
        })
    }

    /// Makes an instance in `store`.
    ///
    /// # Errors
    /// Of Wasmtime: a limit, or a trap in the component's own start.
    pub async fn instantiate(&self, store: &mut Store<State>) -> wasmtime::Result<Instance> {
        let linked = match self {
            Entry::Command(command) => command.instance_pre(),
            Entry::Instantiate(linked) => linked,
            Entry::Session(session) => session.instance_pre(),
        };
        linked.instantiate_async(store).await
    }

    /// Calls `instance`, and says what code it ended with.
    ///
    /// # Errors
    /// Of Wasmtime: a trap, or an exit that is asked for.
    pub async fn call(&self, store: &mut Store<State>, instance: &Instance, start: &Start) -> wasmtime::Result<i32> {
        match self {
            Entry::Command(_) => {
                let ended = Command::new(&mut *store, instance)?.wasi_cli_run().call_run(store).await?;
                Ok(i32::from(ended.is_err()))
            }
            Entry::Instantiate(_) => Ok(0),
            Entry::Session(_) => session::converse(store, instance, start).await,
        }
    }
}

/// The first thing in quotes: Wasmtime's message names the import so.
fn missing(error: &anyhow::Error) -> Option<&str> {
    let text: &str = error.downcast_ref::<String>()?;
    text.split('`').nth(1)
}
