//! The work of a subject: scenarios and commands, read before anything is built, and played with any build of the program.

mod command;

use super::Place;
use crate::{
    analysis::{digest::sha256_of_parts, judge::judge},
    data::{
        exit::Failure,
        pgo_policy::{CommandWork, Work},
        scenario::{Guarding, Scenario},
    },
    shell::scene::{
        native::Native,
        play::{play, read_all},
        stage::Stage,
    },
};
use anyhow::{Context, Result};
use runner_protocol::Engine;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// One workload, with all that it is given.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name: a folder, and what reports call it.
    pub name: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Scenario(Box<Scenario>),
    Command(Box<Inputs>),
}

/// A command and the bytes of what it is given.
#[derive(Clone, Debug)]
struct Inputs {
    work: CommandWork,
    stdin: Arc<Vec<u8>>,
    files: BTreeMap<String, Vec<u8>>,
}

/// Everything that a subject does.
#[derive(Clone, Debug)]
pub struct Works {
    /// What it is trained on.
    pub train: Vec<Workload>,
    /// What it is proved on.
    pub held_out: Vec<Workload>,
    /// A start.
    pub start: Option<Workload>,
    /// Unrelated work.
    pub control: Vec<Workload>,
}

/// The longest standard input: it is held in memory.
const STDIN_BYTES_MAX: usize = 1 << 30;

impl Works {
    /// Reads them.
    ///
    /// # Errors
    /// Exit 2: a scenario or a file that the policy names is not there, or held-out work is trained on under another name.
    pub fn read(place: &Place) -> Result<Works> {
        let scenarios = scenarios(place)?;
        let all = |key: &'static str, works: &[Work]| -> Result<Vec<Workload>> {
            works.iter().map(|work| read(place, key, work, &scenarios)).collect()
        };
        let (train, held_out) = (all("train", &place.subject.train)?, all("held-out", &place.subject.held_out)?);
        if let Some((known, seen)) =
            held_out.iter().find_map(|one| Some((one, train.iter().find(|other| other.is_same_as(one))?)))
        {
            return Err(Failure::usage(format!(
                "pgo.{}.held-out: `{}` is given the same as `{}` in the training, and so proves nothing: change one of them",
                place.name, known.name, seen.name
            ))
            .into());
        }
        Ok(Works {
            train,
            held_out,
            start: place.subject.start.as_ref().map(|work| read(place, "start", work, &scenarios)).transpose()?,
            control: all("control", &place.subject.control)?,
        })
    }
}

impl Workload {
    /// Whether both give the program the same to do, wherever it comes from.
    fn is_same_as(&self, other: &Workload) -> bool {
        let given = |inputs: &Inputs| {
            let CommandWork { arguments, environment, script, .. } = inputs.work.clone();
            (arguments, environment, script, Arc::clone(&inputs.stdin), inputs.files.clone())
        };
        match (&self.kind, &other.kind) {
            (Kind::Command(one), Kind::Command(two)) => given(one) == given(two),
            (Kind::Scenario(one), Kind::Scenario(two)) => {
                let unnamed = |scenario: &Scenario| format!("{:?}", Scenario { id: String::new(), ..scenario.clone() });
                unnamed(one) == unnamed(two)
            }
            _ => false,
        }
    }
}

/// The hash of all that `works` are given: with other work a profile is another one, and counts are no longer comparable.
pub fn digest(works: &[Workload]) -> String {
    let texts: Vec<String> = works.iter().map(|work| format!("{:?}", work.kind)).collect();
    sha256_of_parts(texts.iter().map(String::as_bytes))
}

fn scenarios(place: &Place) -> Result<BTreeMap<String, Scenario>> {
    let own = &place.subject.scenarios;
    let folders = if own.is_empty() { place.workspace.policy.run.scenarios.as_slice() } else { own.as_slice() };
    let mut scenarios = BTreeMap::new();
    let is_wanted = place.subject.lists().into_iter().flat_map(|(_, works)| works).any(|work| matches!(work, Work::Scenario(_)));
    for folder in folders.iter().filter(|_| is_wanted) {
        for (id, scenario) in read_all(&place.workspace.baselines.join(folder))? {
            if scenarios.insert(id.clone(), scenario).is_some() {
                let said = format!("pgo.{}: the scenario `{id}` is in two folders: rename one of its files", place.name);
                return Err(Failure::usage(said).into());
            }
        }
    }
    Ok(scenarios)
}

fn read(place: &Place, key: &str, work: &Work, scenarios: &BTreeMap<String, Scenario>) -> Result<Workload> {
    let wrong = |said: String| Failure::usage(format!("pgo.{}.{key}: `{}` {said}", place.name, work.name()));
    let kind = match work {
        Work::Scenario(id) => {
            let scenario = scenarios.get(id).with_context(|| {
                let names: Vec<&str> = scenarios.keys().map(String::as_str).collect();
                wrong(format!("is no scenario: there are {}", names.join(", ")))
            })?;
            if let Some(reason) = scenario.not_applicable(Engine::Native) {
                return Err(wrong(format!("is not played natively ({reason}): name another")).into());
            }
            if scenario.artifact != place.subject.artifact() {
                return Err(wrong(format!("runs {}, not {}: set `artifact`", scenario.artifact, place.subject.artifact())).into());
            }
            Kind::Scenario(Box::new(scenario.clone()))
        }
        Work::Command(work) => {
            let file = |name: &String| {
                let path = place.workspace.baselines.join(name);
                fs_err::read(&path).with_context(|| wrong(format!("needs {}: put it there", path.display())))
            };
            let once = work.stdin.as_ref().map(file).transpose()?.unwrap_or_default();
            let times = usize::try_from(work.stdin_repeat.unwrap_or(1)).unwrap_or(usize::MAX);
            if once.len().checked_mul(times).is_none_or(|length| length > STDIN_BYTES_MAX) {
                return Err(wrong(format!("has a standard input over {STDIN_BYTES_MAX} bytes: lower `stdin-repeat`")).into());
            }
            let stdin = Arc::new(once.repeat(times));
            let files = work.files.iter().map(|(name, from)| Ok((name.clone(), file(from)?))).collect::<Result<_>>()?;
            Kind::Command(Box::new(Inputs { work: (**work).clone(), stdin, files }))
        }
    };
    Ok(Workload { name: work.name(), kind })
}

/// What playing a workload left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// How long its processes took together.
    pub wall_ns: u64,
    /// How many processes there were; of a script one, and it may have been more.
    pub run_count: u64,
    /// The largest of them, where that was looked at.
    pub peak_bytes: Option<u64>,
}

/// Plays workloads with a program.
pub struct Player {
    stage: Stage,
    artifact: String,
    folder: PathBuf,
}

impl Player {
    /// Plays below the subject's folder.
    pub fn new(place: &Place) -> Player {
        let stage = Stage::new(Arc::clone(&place.workspace), BTreeMap::new(), BTreeMap::new());
        Player { stage, artifact: place.subject.artifact().into(), folder: place.folder().join("played") }
    }

    /// Plays `work` with `program`; `at` tells plays apart that run side by side.
    ///
    /// # Errors
    /// Exit 4: it does not do what it should, and says what.
    pub fn play(&self, work: &Workload, program: &Native, at: &str) -> Result<Played> {
        let folder = self.folder.join(at).join(&work.name);
        let failed =
            |said: String| Failure::invalid(format!("the work `{}` fails with {}: {said}", work.name, program.path().display()));
        match &work.kind {
            Kind::Command(inputs) => {
                command::play(inputs, program, &folder).with_context(|| failed("its words are below".into()))
            }
            Kind::Scenario(scenario) => {
                let stage = self.stage.with_native(&self.artifact, program.clone());
                let observed = play(&stage, scenario, Engine::Native, Guarding::On, &folder)?;
                if let Some(reason) = judge(scenario, Engine::Native, &observed, Guarding::On).into_iter().next() {
                    return Err(failed(reason.said).into());
                }
                if observed.steps.iter().any(|step| step.left_behind) {
                    return Err(failed(command::LEFT_BEHIND.into()).into());
                }
                Ok(Played {
                    wall_ns: observed.steps.iter().map(|step| step.phases.execute_ns).sum(),
                    run_count: observed.steps.len() as u64,
                    peak_bytes: observed.steps.iter().map(|step| step.host_peak_bytes).max().filter(|bytes| *bytes > 0),
                })
            }
        }
    }

    /// Has the mock built before anything is timed, where `works` need one.
    ///
    /// # Errors
    /// It does not build.
    pub fn prepare(&self, works: &[Workload]) -> Result<()> {
        let needs_mock = |work: &Workload| matches!(&work.kind, Kind::Scenario(scenario) if scenario.mock.is_some());
        if works.iter().any(needs_mock) {
            self.stage.mock()?;
        }
        Ok(())
    }
}

/// The name of a folder for what a workload leaves.
pub fn folder_of(root: &Path, index: usize, work: &Workload) -> PathBuf {
    root.join(format!("{index:02}-{}", work.name))
}
