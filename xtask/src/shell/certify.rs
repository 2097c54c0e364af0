//! Certifies shipped files by executing them: a variant gets its row only after its own bytes passed the scenarios that the policy names.

use super::{
    pipeline::Built,
    provenance,
    scene::{play, stage::Stage},
    store,
    workspace::Workspace,
};
use crate::{
    analysis::{digest::sha256_of_parts, judge::judge},
    data::{
        certificate::{Certificate, engine_for, least},
        exit::{Exit, Failure, exit_of},
        matrix::Cell,
        scenario::{Guarding, Scenario},
    },
};
use anyhow::Result;
use runner_protocol::Engine;
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// Certifies the files of one invocation.
pub struct Certifier<'a> {
    workspace: &'a Workspace,
    stage: Stage,
    scenarios: BTreeMap<String, Scenario>,
    /// The hash of this program: what it certified is not reused after it changed.
    tool: String,
}

impl<'a> Certifier<'a> {
    /// Reads the scenarios that `cells` name.
    ///
    /// # Errors
    /// A scenario is wrong, or one that is named is not there.
    pub fn new(workspace: &'a Arc<Workspace>, cells: &[Cell]) -> Result<Certifier<'a>> {
        let names: Vec<&String> = cells.iter().flat_map(|cell| &cell.subject.certify).collect();
        let scenarios = match (&workspace.policy.run.scenarios, names.is_empty()) {
            (_, true) => BTreeMap::new(),
            (Some(folder), false) => play::read_all(&workspace.baselines.join(folder))?,
            (None, false) => {
                return Err(Failure::usage(
                    "the policy names scenarios in `certify`, and no folder of them: add `scenarios` to [run]",
                )
                .into());
            }
        };
        if let Some(name) = names.into_iter().find(|name| !scenarios.contains_key(*name)) {
            let known: Vec<&str> = scenarios.keys().map(String::as_str).collect();
            return Err(Failure::usage(format!("`certify` names the scenario `{name}`: there are {}", known.join(", "))).into());
        }
        let stage = Stage::new(Arc::clone(workspace), BTreeMap::new(), BTreeMap::new());
        Ok(Certifier { workspace, stage, scenarios, tool: provenance::tool_digest()? })
    }

    /// Runs a built variant, or takes the certificate that the same bytes got from the same runner before.
    ///
    /// # Errors
    /// Exit 4: it trapped, or did not do what a scenario wants; the variant gets no row. Another exit: the runner cannot be built.
    pub fn certify(&self, cell: &Cell, built: &Built) -> Result<Certificate> {
        let target = &cell.variant.target;
        let engine = engine_for(target);
        let runner = self.stage.runner(engine)?;
        let scenarios = self.scenarios_of(cell)?;
        let texts = format!("{scenarios:?}");
        let key = sha256_of_parts([built.sha256.as_bytes(), runner.sha256.as_bytes(), self.tool.as_bytes(), texts.as_bytes()]);
        let path = self.workspace.scratch().join("certified").join(format!("{key}.json"));
        if let Some(text) = store::read_text(&path)?
            && let Ok(certificate) = serde_json::from_str::<Certificate>(&text)
            && certificate.sha256 == built.sha256
        {
            return Ok(certificate);
        }
        let folder = self.workspace.scratch().join("certify").join(cell.variant.to_string());
        for scenario in &scenarios {
            let stage = self.stage.with_file(&scenario.artifact, target, &built.shipped);
            pass(&stage, scenario, engine, &folder.join(&scenario.id))?;
        }
        let scenarios = scenarios.into_iter().map(|scenario| scenario.id).collect();
        let certificate = Certificate { engine, version: runner.version.clone(), sha256: built.sha256.clone(), scenarios };
        store::write(&path, &serde_json::to_vec_pretty(&certificate)?)?;
        Ok(certificate)
    }

    fn scenarios_of(&self, cell: &Cell) -> Result<Vec<Scenario>> {
        match cell.subject.certify.is_empty() {
            true => Ok(least(cell, self.workspace.is_library(cell)).map_err(Failure::usage)?),
            false => Ok(cell.subject.certify.iter().filter_map(|name| self.scenarios.get(name).cloned()).collect()),
        }
    }
}

fn pass(stage: &Stage, scenario: &Scenario, engine: Engine, folder: &Path) -> Result<()> {
    let failed = |said: String| Failure::invalid(format!("it does not pass the scenario `{}` on {engine}: {said}", scenario.id));
    if let Some(reason) = scenario.not_applicable(engine) {
        return Err(failed(format!("that is not for this engine ({reason}): name another in `certify`")).into());
    }
    let observed = match play::play(stage, scenario, engine, Guarding::On, folder) {
        // The file's own fault is the row's reason; anything else would hit every row.
        Err(error) if exit_of(&error) == Exit::Invalid => return Err(failed(causes(&error)).into()),
        played => played?,
    };
    match judge(scenario, engine, &observed, Guarding::On).into_iter().next() {
        Some(reason) => Err(failed(reason.said).into()),
        None => Ok(()),
    }
}

/// The causes of an error on one line, the step first.
fn causes(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ").replace('\n', " ")
}
