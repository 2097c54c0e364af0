//! Records what programs ask of their allocator: builds them with tracing, plays them, and reads the log that each run writes.

use super::{
    matrix,
    progress::Watched,
    scene::{
        play::{folder_of, play},
        stage::Stage,
    },
    workspace::Workspace,
};
use crate::{
    analysis::judge::judge,
    data::{
        alloc_policy::RecordPolicy,
        exit::Failure,
        matrix::{Cell, Part},
        observed::Observed,
        policy::Subject,
        scenario::{Guarding, Scenario},
        variant::Variant,
    },
};
use alloc_bench::trace::{
    Trace,
    log::{bytes_of_lines, from_log},
};
use anyhow::{Context, Result};
use runner_protocol::Engine;
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

/// What plays: the log needs no fuel, and this engine loads a component by itself.
const ENGINE: Engine = Engine::WasmtimeJit;

/// What the program of scenes prints its names by, one a line.
const LIST: &str = "--list";

/// What records: the programs are built, and each can be played.
pub struct Recorder<'a> {
    policy: &'a RecordPolicy,
    stage: Stage,
    /// Where scenarios are played.
    folder: PathBuf,
}

/// A step of a scenario, recorded.
pub struct Recorded {
    /// Which step, from 1.
    pub step: usize,
    /// What it asked for.
    pub trace: Trace,
}

impl<'a> Recorder<'a> {
    /// Builds the programs with tracing, below a folder of their own: what `size` built is not touched.
    ///
    /// # Errors
    /// The policy names what the workspace lacks, a tool is missing, or one does not build.
    pub fn build(
        workspace: &Arc<Workspace>,
        policy: &'a RecordPolicy,
        artifacts: &[&str],
        watched: Watched,
    ) -> Result<Recorder<'a>> {
        let root = workspace.scratch().join("alloc-record");
        let cells = cells(workspace, policy)?;
        let mut shipped = BTreeMap::new();
        for (cell, built) in cells.iter().zip(matrix::build_all(workspace, &cells, watched, root.clone())?) {
            let key = |artifact: &str| (artifact.to_string(), cell.variant.target.clone());
            match cell.variant == policy.variant {
                // Scenarios call it by their own name for it.
                true => shipped.extend(artifacts.iter().map(|artifact| (key(artifact), built.shipped.clone()))),
                false => drop(shipped.insert(key(&cell.subject.package), built.shipped)),
            }
        }
        let stage = Stage::new(Arc::clone(workspace), shipped, BTreeMap::new());
        Ok(Recorder { policy, stage, folder: root.join("scenes") })
    }

    /// Plays `scenario` with the argument for the log added to each step, and reads the logs.
    ///
    /// # Errors
    /// Exit 4: it does not pass, or a step leaves no whole log.
    pub fn scenario(&self, scenario: &Scenario) -> Result<Vec<Recorded>> {
        let mut logged = scenario.clone();
        logged.step.iter_mut().for_each(|step| step.arguments.push(self.policy.argument.clone()));
        let observed = self.passes(&logged)?;
        (1..)
            .zip(&observed.steps)
            .map(|(step, left)| {
                let source = format!("{}, scenario {}, step {step}", self.policy.variant, scenario.id);
                Ok(Recorded { step, trace: trace_of(&source, &left.stderr)? })
            })
            .collect()
    }

    /// The names of the other programs that can be recorded; none if the policy has no package of them.
    ///
    /// # Errors
    /// Exit 4: the program does not tell them.
    pub fn scene_names(&self) -> Result<Vec<String>> {
        let Some(package) = &self.policy.scenes else { return Ok(Vec::new()) };
        let observed = self.passes(&scene(package, LIST)?)?;
        let names: Vec<String> = observed.steps.iter().flat_map(|step| step.stdout.lines()).map(String::from).collect();
        match names.is_empty() {
            true => Err(Failure::invalid(format!("`{package} {LIST}` names no scene: let it print one a line")).into()),
            false => Ok(names),
        }
    }

    /// Runs one of them and reads its log.
    ///
    /// # Errors
    /// Exit 4: it fails, or leaves no whole log.
    pub fn scene(&self, name: &str) -> Result<Trace> {
        let package = self.policy.scenes.as_deref().unwrap_or_default();
        let observed = self.passes(&scene(package, name)?)?;
        let stderr: String = observed.steps.into_iter().map(|step| step.stderr).collect();
        trace_of(&format!("{package}, scene {name}"), &stderr)
    }

    /// Plays it. One that does not come to what it should is another run than the one that is meant.
    fn passes(&self, scenario: &Scenario) -> Result<Observed> {
        let failed = |said: &str| Failure::invalid(format!("cannot record the scenario `{}`: {said}", scenario.id));
        if let Some(reason) = scenario.not_applicable(ENGINE) {
            return Err(failed(&format!("it is not for {ENGINE} ({reason}): name another in alloc.record")).into());
        }
        let observed = play(&self.stage, scenario, ENGINE, Guarding::On, &folder_of(&self.folder, scenario, ENGINE))
            .with_context(|| failed("it cannot be played"))?;
        match judge(scenario, ENGINE, &observed, Guarding::On).into_iter().next() {
            Some(reason) => Err(failed(&format!("{}: see `cargo xtask run --filter {} -v`", reason.said, scenario.id)).into()),
            None => Ok(observed),
        }
    }
}

fn trace_of(source: &str, stderr: &str) -> Result<Trace> {
    let trace = bytes_of_lines(stderr).and_then(|bytes| from_log(source, &bytes));
    Ok(trace.map_err(|error| Failure::invalid(format!("cannot record {source}: {error}")))?)
}

/// The variant with tracing, and the package of scenes built in the same way.
fn cells(workspace: &Workspace, policy: &RecordPolicy) -> Result<Vec<Cell>> {
    let all = workspace.policy.cells();
    let mut traced = all.into_iter().find(|cell| cell.variant == policy.variant).with_context(|| {
        Failure::usage(format!("alloc.record names {}, which the matrix does not have: add it, or name another", policy.variant))
    })?;
    traced.part = Part::Subject { floor: None };
    let mut cells = vec![traced.clone()];
    if let Some(package) = &policy.scenes {
        let allocator = workspace.policy.allocator.get(&policy.variant.allocator).cloned().unwrap_or_default();
        let variant = Variant { subject: package.clone(), ..traced.variant };
        let subject = Subject { package: package.clone(), bin: None, lib: false, default_features: true, ..traced.subject };
        cells.push(Cell { variant, subject, features: allocator.features, ..traced });
    }
    cells.iter_mut().for_each(|cell| cell.features.push(policy.feature.clone()));
    cells.iter().try_for_each(|cell| workspace.check(cell))?;
    Ok(cells)
}

/// A scenario that runs one of the other programs, which may do nothing.
fn scene(package: &str, argument: &str) -> Result<Scenario> {
    let text = format!("summary = {0:?}\nartifact = {0:?}\n[[step]]\narguments = [{argument:?}]\n", package);
    let id = format!("scene-{}", argument.trim_start_matches('-'));
    let scenarios = Scenario::parse(&id, &text).map_err(|error| Failure::invalid(format!("{package} cannot be run: {error}")))?;
    scenarios.into_iter().next().with_context(|| Failure::invalid(format!("{package} cannot be run: it has no scenario")))
}
