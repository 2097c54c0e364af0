//! Plays a scenario on an engine: its world and its services are made, its steps run, and what they left is read.

use super::{canary::Canary, mock::Mock, stage::Stage, world};
use crate::{
    data::{
        exit::Failure,
        observed::{Observed, StepObserved},
        scenario::{Guarding, Job, Scenario, place::Places, step::Step, world::FOLDERS},
    },
    shell::{process::bounded, store},
};
use anyhow::{Context, Result};
use runner_protocol::{Ended, Engine, Phases, Spec};
use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    time::Duration,
};

/// The fixture that is run where a scenario wants to see that the next guest works.
pub const CONTROL: &str = "hostile";

/// How often a free port is looked for: another process can take one between the look and the mock.
const TRIES: usize = 5;

/// Plays `scenario` in `folder`, which is made anew.
///
/// # Errors
/// Something around the guest did not work: the mock, a file, the runner. What the guest did wrong is in what was observed.
pub fn play(stage: &Stage, scenario: &Scenario, engine: Engine, guarding: Guarding, folder: &Path) -> Result<Observed> {
    let root = folder.join("world");
    let services = Services::start(stage, scenario, &folder.join("services"))?;
    world::write(&root, &scenario.entries(&services.places))?;
    let player = Player { stage, scenario, engine, guarding, folder, root: &root, services: &services };
    let steps: Vec<StepObserved> = (0..).zip(&scenario.step).map(|(at, step)| player.step(at, step)).collect::<Result<_>>()?;
    let control = if scenario.then_works { Some(player.control()?) } else { None };
    let mut files = world::read(&root)?;
    files.retain(|path, _| FOLDERS.iter().any(|folder| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))));
    Ok(Observed {
        steps,
        files,
        requests: services.mock.as_ref().map_or_else(|| Ok(Vec::new()), Mock::requests)?,
        canary_count: services.canary.as_ref().map_or(0, Canary::touched_count),
        control,
        root: root.to_string_lossy().into_owned(),
        places: services.places.clone(),
    })
}

/// Runs one step once more, in the world that [`play`] left in `folder`. The scenario has no mock.
///
/// # Errors
/// As those of [`play`].
pub fn again(stage: &Stage, scenario: &Scenario, engine: Engine, folder: &Path, at: usize) -> Result<StepObserved> {
    let root = folder.join("world");
    let services = Services { mock: None, canary: None, places: Places::default() };
    let player = Player { stage, scenario, engine, guarding: Guarding::On, folder, root: &root, services: &services };
    let step = scenario.step.get(at).with_context(|| format!("{} has no step {}", scenario.id, at + 1))?;
    player.step(at, step)
}

/// What a scenario talks to.
struct Services {
    mock: Option<Mock>,
    canary: Option<Canary>,
    places: Places,
}

impl Services {
    fn start(stage: &Stage, scenario: &Scenario, folder: &Path) -> Result<Services> {
        let mut last = None;
        for _ in 0..TRIES {
            match Services::try_start(stage, scenario, folder) {
                Ok(services) => return Ok(services),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| anyhow::anyhow!("no try was made")))
    }

    fn try_start(stage: &Stage, scenario: &Scenario, folder: &Path) -> Result<Services> {
        if scenario.mock.is_none() {
            return Ok(Services { mock: None, canary: None, places: Places::default() });
        }
        let port = free_port()?;
        let places = Places { port: Some(port), tls: scenario.has_tls() };
        let script = scenario.mock_script(&places).unwrap_or_default();
        let canary = if scenario.canary { Some(Canary::start(port)?) } else { None };
        let mock = stage.mock()?.start(folder, &script, places.tls, port)?;
        Ok(Services { mock: Some(mock), canary, places })
    }
}

/// A free port of five digits: it stands in URLs, and so the fuel that a guest uses depends on its length.
fn free_port() -> Result<u16> {
    let mut port = 0;
    while port < 10_000 {
        port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    }
    Ok(port)
}

/// All that the steps of one scenario on one engine share.
struct Player<'a> {
    stage: &'a Stage,
    scenario: &'a Scenario,
    engine: Engine,
    guarding: Guarding,
    folder: &'a Path,
    root: &'a Path,
    services: &'a Services,
}

impl Player<'_> {
    fn step(&self, at: usize, step: &Step) -> Result<StepObserved> {
        let input = self.scenario.stdin(step, &self.services.places);
        if self.engine == Engine::Native {
            return self.native(step, input.unwrap_or_default().as_bytes());
        }
        let output = self.folder.join(format!("step-{at}"));
        let stdin = input.map(|text| self.write_input(&output, &text)).transpose()?;
        let file = self.stage.file(&self.scenario.artifact, self.engine)?;
        let authority = self.authority();
        let spec = self.scenario.spec(step, &self.job(&file.path, &file.sha256, stdin.as_deref(), &output, authority.as_deref()));
        self.run(&spec)
    }

    fn control(&self) -> Result<StepObserved> {
        let file = self.stage.file(CONTROL, self.engine)?;
        let output = self.folder.join("control");
        self.run(&self.scenario.control(&self.job(&file.path, &file.sha256, None, &output, self.authority().as_deref())))
    }

    fn authority(&self) -> Option<PathBuf> {
        self.services.mock.as_ref().and_then(Mock::authority)
    }

    fn job<'j>(
        &'j self,
        artifact: &'j Path,
        sha256: &'j str,
        stdin: Option<&'j Path>,
        output: &'j Path,
        authority: Option<&'j Path>,
    ) -> Job<'j> {
        let (engine, root, places, guarding) = (self.engine, self.root, &self.services.places, self.guarding);
        Job { engine, artifact, sha256, root, stdin, output, authority, places, guarding }
    }

    fn write_input(&self, output: &Path, text: &str) -> Result<PathBuf> {
        let path = output.join("stdin");
        store::write(&path, text.as_bytes())?;
        Ok(path)
    }

    fn run(&self, spec: &Spec) -> Result<StepObserved> {
        for stale in ["stdout", "stderr"] {
            let _ = fs_err::remove_file(spec.output.join(stale));
        }
        let outcome = self.stage.runner(self.engine)?.run(spec)?;
        let text = |name: &str| -> Result<String> {
            let bytes = fs_err::read(spec.output.join(name))
                .with_context(|| Failure::invalid(format!("{} ran and left no {name}: the runner is wrong", self.engine)))?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        };
        Ok(StepObserved::of(&outcome, text("stdout")?, text("stderr")?))
    }

    fn native(&self, step: &Step, stdin: &[u8]) -> Result<StepObserved> {
        let program = self.stage.native(&self.scenario.artifact)?;
        let arguments = self.scenario.arguments(step, &self.services.places);
        let mut environment = self.scenario.environment(step, self.engine, &self.services.places);
        environment.insert("AGENT_HOME".into(), self.root.join("home").to_string_lossy().into_owned());
        let trusts_mock = self.scenario.capabilities.network.as_ref().is_some_and(|network| network.roots.is_some());
        if let Some(authority) = self.authority().filter(|_| trusts_mock) {
            environment.insert("SSL_CERT_FILE".into(), authority.to_string_lossy().into_owned());
        }
        let deadline = Duration::from_millis(self.scenario.limits.deadline_ms);
        let ended = program.run(&self.root.join("workspace"), &arguments, &environment, stdin, deadline)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let execute_ns = u64::try_from(ended.wall.as_nanos()).unwrap_or(u64::MAX);
        let phases = Phases { instantiate_ns: 0, execute_ns };
        let host_peak_bytes = ended.peak_bytes.unwrap_or(0);
        Ok(StepObserved {
            phases,
            host_peak_bytes,
            left_behind: ended.left_behind,
            ..StepObserved::native(native_end(&ended), text(&ended.stdout), text(&ended.stderr))
        })
    }
}

fn native_end(ended: &bounded::Ended) -> Ended {
    match ended.status {
        None => Ended::Stopped { limit: "deadline_ms".into(), reason: "it was killed".into() },
        Some(status) => match status.code() {
            Some(code) => Ended::Exit { code },
            None => Ended::Trap { reason: status.to_string() },
        },
    }
}

/// Keeps a scenario's id from being a path of its own.
pub fn folder_of(root: &Path, scenario: &Scenario, engine: Engine) -> PathBuf {
    root.join(&scenario.id).join(engine.name())
}

/// The scenarios of a folder, in the order of their names, by id.
///
/// # Errors
/// The folder cannot be read, or a scenario is wrong.
pub fn read_all(folder: &Path) -> Result<BTreeMap<String, Scenario>> {
    let mut scenarios = BTreeMap::new();
    let cure =
        || Failure::usage(format!("cannot read the scenarios in {}: check `scenarios` in the policy's [run]", folder.display()));
    for entry in fs_err::read_dir(folder).with_context(cure)? {
        let path = entry.with_context(cure)?.path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = store::read_text(&path)?.unwrap_or_default();
        let read = Scenario::parse(&stem, &text)
            .map_err(|error| Failure::usage(format!("a scenario in {} is wrong: {error}", folder.display())))?;
        scenarios.extend(read.into_iter().map(|scenario| (scenario.id.clone(), scenario)));
    }
    match scenarios.is_empty() {
        true => Err(Failure::usage(format!(
            "there are no scenarios in {}: write one (docs/reference/scenarios.md)",
            folder.display()
        ))
        .into()),
        false => Ok(scenarios),
    }
}
