//! Certification: the checks in the guest, and the subject where memory ends.

use super::guests::BuiltGuests;
use crate::{
    analysis::judge::judge,
    data::{
        alloc::{Allocator, Certificate, ControlResult, ENGINES, SubjectSize},
        alloc_policy::AllocPolicy,
        exit::{Exit, Failure, exit_of},
        metric::Metric,
        scenario::{Guarding, Scenario},
    },
    shell::{
        alloc::Guests,
        pipeline::Built,
        scene::play::{play, read_all},
        workers,
        workspace::Workspace,
    },
};
use alloc_bench::certify::Check;
use anyhow::{Context, Result};
use runner_protocol::Engine;

/// Certifies the allocators, and tries the ones broken on purpose.
///
/// # Errors
/// A guest cannot be run at all, or the scenario is not there.
pub fn all(
    workspace: &Workspace,
    policy: &AllocPolicy,
    names: &[String],
    built: &BuiltGuests,
) -> Result<(Vec<Allocator>, Vec<ControlResult>)> {
    let scenario = scenario(workspace, &policy.cap_scenario)?;
    let on_engines = names.iter().flat_map(|name| ENGINES.map(|engine| (name, engine)));
    let jobs: Vec<(&String, Engine)> = on_engines.chain(policy.control.keys().map(|name| (name, ENGINES[0]))).collect();
    let certificates = workers::map(&jobs, |(name, engine)| certificate(&built.guests, name, *engine));
    let mut certificates: Vec<Certificate> = certificates.into_iter().collect::<Result<_>>()?;
    let of_controls = certificates.split_off(names.len() * ENGINES.len());
    let mut allocators = Vec::new();
    for (name, certificates) in names.iter().zip(certificates.chunks(ENGINES.len())) {
        let subject = built.subjects.get(name).with_context(|| Failure::invalid(format!("{name} was not built")))?;
        allocators.push(Allocator {
            name: name.clone(),
            note: workspace.policy.allocator.get(name).and_then(|allocator| allocator.note.clone()),
            is_one_shot: policy.one_shot.contains(name),
            certificates: ENGINES.into_iter().zip(certificates.iter().cloned()).collect(),
            cap_failure: cap_failure(workspace, &built.guests, &scenario, name, subject)?,
            subject: size(subject),
        });
    }
    let controls = policy.control.iter().zip(of_controls).map(|((name, control), certificate)| ControlResult {
        name: name.clone(),
        wanted: control.check.clone(),
        wanted_reason: control.reason.clone(),
        certificate,
    });
    Ok((allocators, controls.collect()))
}

/// Makes the checks in their order, up to the first that refuses: each needs the ones before.
fn certificate(guests: &Guests, name: &str, engine: Engine) -> Result<Certificate> {
    let mut certificate = Certificate::default();
    for check in Check::ALL {
        match guests.check(name, engine, check)? {
            None => certificate.passed.push(check.name().into()),
            refused => {
                certificate.refused = refused;
                break;
            }
        }
    }
    Ok(certificate)
}

fn scenario(workspace: &Workspace, name: &str) -> Result<Scenario> {
    let missing = |what: &str| Failure::usage(format!("alloc.cap-scenario is `{name}`, and {what}: name another"));
    let folder = workspace.policy.run.scenarios.as_ref().with_context(|| missing("[run] has no `scenarios`"))?;
    let scenario =
        read_all(&workspace.baselines.join(folder))?.remove(name).with_context(|| missing("there is no such scenario"))?;
    match scenario.not_applicable(ENGINES[0]) {
        Some(_) => Err(missing("it is not for Wasmtime").into()),
        None => Ok(scenario),
    }
}

/// What the subject does where memory ends: nothing to say where it is what the scenario wants.
fn cap_failure(
    workspace: &Workspace,
    guests: &Guests,
    scenario: &Scenario,
    name: &str,
    subject: &Built,
) -> Result<Option<String>> {
    let engine = ENGINES[0];
    let stage = guests.stage().with_file(&scenario.artifact, engine.target().unwrap_or_default(), &subject.shipped);
    let folder = workspace.scratch().join("alloc/cap").join(name);
    let observed = match play(&stage, scenario, engine, Guarding::On, &folder) {
        Err(error) if exit_of(&error) == Exit::Invalid => return Ok(Some(format!("{error:#}").replace('\n', " "))),
        played => played?,
    };
    let reasons = judge(scenario, engine, &observed, Guarding::On);
    Ok(reasons.into_iter().next().map(|reason| reason.said))
}

fn size(subject: &Built) -> SubjectSize {
    let value = |metric| subject.record.metrics.get(&metric).copied().unwrap_or_default();
    SubjectSize { raw_bytes: value(Metric::RawBytes), code_bytes: value(Metric::CodeBytes) }
}
