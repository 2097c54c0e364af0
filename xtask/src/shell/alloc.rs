//! The guests that replay and certify: built with each allocator, and asked.

use super::{pipeline::Built, scene::stage::Stage, store, workspace::Workspace};
use crate::{
    analysis::digest::sha256,
    data::{
        alloc::{
            Refused,
            answer::{Answer, Replayed},
        },
        exit::Failure,
        matrix::Cell,
    },
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
/// The limit that the machine can be to blame for.
const DEADLINE: &str = "deadline_ms";

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

    /// Writes a request, with the operations that follow it, to a file that guests can be asked with: named by its content.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn request(&self, request: Request, body: &[u8]) -> Result<PathBuf> {
        let bytes = [&request.encode()[..], body].concat();
        let path = self.root.join("requests").join(sha256(&bytes));
        store::write_if_changed(&path, &bytes)?;
        Ok(path)
    }

    /// Asks the guest of `allocator` on `engine` what is in the file `request`. It may be the guest's own doing that it does not come to its end:
    /// then this is why.
    ///
    /// # Errors
    /// It cannot be run, did not end in time, or printed no answer: nothing is known of it.
    pub fn ask(&self, allocator: &str, engine: Engine, request: &Path) -> Result<Result<Heard, String>> {
        let file = self.stage.file(allocator, engine)?;
        let name = request.file_name().unwrap_or_default();
        let output = self.root.join("answers").join(allocator).join(engine.name()).join(name);
        let mut spec = Spec::new(engine, file.path, file.sha256, &output);
        spec.arguments = vec!["alloc-guest".into()];
        spec.stdin = Some(request.to_path_buf());
        spec.limits = Limits { deadline_ms: DEADLINE_MS, fuel_count: FUEL_COUNT, ..Limits::default() };
        // What an earlier guest said is no answer of this one.
        let stdout = output.join("stdout");
        let _ = fs_err::remove_file(&stdout);
        let outcome = self.stage.runner(engine)?.run(&spec)?;
        let instance = outcome.instances.first().context("the runner ran no instance")?;
        let said = fs_err::read_to_string(&stdout).with_context(|| {
            Failure::invalid(format!("{engine} ran the guest of {allocator} and left no stdout: the runner is wrong"))
        })?;
        let invalid = |said: &str| Failure::invalid(format!("the guest of {allocator} on {engine}: {said}"));
        match (&instance.ended, Answer::parse(&said)) {
            (Ended::Exit { code: 0 }, Ok(answer)) => {
                Ok(Ok(Heard { answer, fuel_count: instance.fuel_count, execute_ns: instance.phases.execute_ns }))
            }
            (Ended::Exit { .. } | Ended::Trap { .. }, Ok(Answer::Wrong(wrong))) => Ok(Err(wrong.error)),
            (Ended::Trap { reason }, _) => Ok(Err(reason.clone())),
            (Ended::Exit { code: 0 }, Err(error)) => Err(invalid(&error).into()),
            (Ended::Exit { code }, _) => Ok(Err(format!("it ended with exit {code}"))),
            (Ended::Stopped { limit, reason }, _) if limit == DEADLINE => {
                Err(invalid(&format!("{reason}: run it again on a machine that does less at a time")).into())
            }
            (Ended::Stopped { reason, .. }, _) => Ok(Err(reason.clone())),
        }
    }

    /// Has it replay what is in the file `request`: what came of it, and the fuel.
    ///
    /// # Errors
    /// As [`Guests::ask`].
    pub fn replay(&self, allocator: &str, engine: Engine, request: &Path) -> Result<Result<(Replayed, Option<u64>), String>> {
        match self.ask(allocator, engine, request)? {
            Ok(Heard { answer: Answer::Replayed(replayed), fuel_count, .. }) => Ok(Ok((replayed, fuel_count))),
            Ok(heard) => Err(unexpected(allocator, engine, &heard.answer)),
            Err(reason) => Ok(Err(reason)),
        }
    }

    /// Puts it to one test: nothing where it passes, else why not.
    ///
    /// # Errors
    /// As [`Guests::ask`].
    pub fn check(&self, allocator: &str, engine: Engine, check: Check) -> Result<Option<Refused>> {
        let refused = |reason, is_trap| Refused { check: check.name().into(), reason, is_trap };
        match self.ask(allocator, engine, &self.request(Request::Certify(check), b"")?)? {
            Ok(Heard { answer: Answer::Passed(passed), .. }) if passed.check == check.name() => Ok(None),
            Ok(Heard { answer: Answer::Refused(refusal), .. }) => {
                Ok(Some(refused(format!("{} ({})", refusal.refused, refusal.value), false)))
            }
            Ok(heard) => Err(unexpected(allocator, engine, &heard.answer)),
            Err(reason) => Ok(Some(refused(reason, true))),
        }
    }
}

fn unexpected(allocator: &str, engine: Engine, answer: &Answer) -> anyhow::Error {
    Failure::invalid(format!("the guest of {allocator} on {engine} answered something else than it was asked: {answer:?}")).into()
}
