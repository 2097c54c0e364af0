//! The guests that replay and certify: built with each allocator, and asked.

use super::{pipeline::Built, scene::stage::Stage, store, workspace::Workspace};
use crate::data::{
    alloc::answer::{Answer, Replayed},
    exit::{Exit, Failure, exit_of},
    matrix::Cell,
};
use alloc_bench::{certify::Check, request::Request};
use anyhow::{Context, Result};
use runner_protocol::{Ended, Engine, Limits, Spec};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A million operations in an interpreter on a busy machine.
const DEADLINE_MS: u64 = 300_000;
/// More than any replay takes: what gates is counted, not limited.
const FUEL_COUNT: u64 = 1_000_000_000_000;

/// What a guest said, and what it took.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Its answer.
    pub answer: Answer,
    /// Its fuel, where the engine counts it.
    pub fuel_count: Option<u64>,
    /// From the call to its end.
    pub execute_ns: u64,
}

/// The guests.
pub struct Guests {
    stage: Stage,
    root: PathBuf,
}

impl Guests {
    /// Guests from built variants, each for the allocator that its id names.
    pub fn new(workspace: &Arc<Workspace>, built: &[(Cell, Built)]) -> Guests {
        let shipped = built
            .iter()
            .map(|(cell, built)| ((cell.variant.allocator.clone(), cell.variant.target.clone()), built.shipped.clone()));
        let stage = Stage::new(Arc::clone(workspace), shipped.collect(), BTreeMap::new());
        Guests { stage, root: workspace.scratch().join("alloc") }
    }

    /// What the guests run on.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Writes a request, with the operations that follow it, to a file that guests can be asked with.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn request(&self, name: &str, request: Request, body: &[u8]) -> Result<PathBuf> {
        let path = self.root.join("requests").join(name);
        store::write_if_changed(&path, &[&request.encode()[..], body].concat())?;
        Ok(path)
    }

    /// Asks the guest of `allocator` on `engine` what is in the file `request`.
    ///
    /// # Errors
    /// Exit 4: the guest did not come to its end, or printed no answer. Another exit: it cannot be run.
    pub fn ask(&self, allocator: &str, engine: Engine, request: &Path) -> Result<Heard> {
        let file = self.stage.file(allocator, engine)?;
        let name = request.file_name().unwrap_or_default();
        let output = self.root.join("answers").join(allocator).join(engine.name()).join(name);
        let mut spec = Spec::new(engine, file.path, file.sha256, &output);
        spec.arguments = vec!["alloc-guest".into()];
        spec.stdin = Some(request.to_path_buf());
        spec.limits = Limits { deadline_ms: DEADLINE_MS, fuel_count: FUEL_COUNT, ..Limits::default() };
        let outcome = self.stage.runner(engine)?.run(&spec)?;
        let instance = outcome.instances.first().context("the runner ran no instance")?;
        let said = fs_err::read_to_string(output.join("stdout")).unwrap_or_default();
        let invalid = |said: String| Failure::invalid(format!("the guest of {allocator} on {engine}: {said}"));
        match (&instance.ended, Answer::parse(&said)) {
            (Ended::Exit { code: 0 }, Ok(answer)) => {
                Ok(Heard { answer, fuel_count: instance.fuel_count, execute_ns: instance.phases.execute_ns })
            }
            (Ended::Exit { .. }, Ok(Answer::Wrong(wrong))) => Err(invalid(wrong.error).into()),
            (Ended::Exit { code }, Err(error)) => Err(invalid(format!("it ended with {code}: {error}")).into()),
            (Ended::Exit { code }, Ok(_)) => Err(invalid(format!("it answered and ended with {code}")).into()),
            (Ended::Trap { reason } | Ended::Stopped { reason, .. }, _) => Err(invalid(reason.clone()).into()),
        }
    }

    /// Has it replay what is in the file `request`: what came of it, and the fuel.
    ///
    /// # Errors
    /// As [`Guests::ask`].
    pub fn replay(&self, allocator: &str, engine: Engine, request: &Path) -> Result<(Replayed, Option<u64>)> {
        let heard = self.ask(allocator, engine, request)?;
        match heard.answer {
            Answer::Replayed(replayed) => Ok((replayed, heard.fuel_count)),
            other => Err(unexpected(allocator, engine, &other)),
        }
    }

    /// Puts it to one test: nothing where it passes, else why not.
    ///
    /// # Errors
    /// The guest cannot be run at all; one that traps fails the test.
    pub fn check(&self, allocator: &str, engine: Engine, check: Check) -> Result<Option<String>> {
        let request = self.request(&format!("certify-{}", check.name()), Request::Certify(check), b"")?;
        let heard = match self.ask(allocator, engine, &request) {
            Err(error) if exit_of(&error) == Exit::Invalid => {
                return Ok(Some(error.to_string()));
            }
            heard => heard?,
        };
        match heard.answer {
            Answer::Passed(passed) if passed.check == check.name() => Ok(None),
            Answer::Refused(refusal) => Ok(Some(format!("{} ({})", refusal.refused, refusal.value))),
            other => Err(unexpected(allocator, engine, &other)),
        }
    }
}

fn unexpected(allocator: &str, engine: Engine, answer: &Answer) -> anyhow::Error {
    Failure::invalid(format!("the guest of {allocator} on {engine} answered something else than it was asked: {answer:?}")).into()
}
