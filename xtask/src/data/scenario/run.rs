//! From a scenario to what the runner is asked.

use super::{Scenario, capabilities::NetworkGrant, place::Places, step::Step, world};
use runner_protocol::{Credential, Engine, Folder, Guard, Limits, Network, Repeat, SCHEMA, Spec, Start};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Whether the scenario's guard is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guarding {
    /// All guards are on.
    On,
    /// The scenario's own is off.
    Off,
}

/// Where everything is that a step is run with.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    /// What runs it.
    pub engine: Engine,
    /// The artifact's file for this engine.
    pub artifact: &'a Path,
    /// The SHA-256 of that file.
    pub sha256: &'a str,
    /// The world's folder: `home`, `workspace` and `outside` lie in it.
    pub root: &'a Path,
    /// The file with the step's standard input, if it has one.
    pub stdin: Option<&'a Path>,
    /// Where the runner puts what the guest writes; not in the world.
    pub output: &'a Path,
    /// The certificate of the mock's authority.
    pub authority: Option<&'a Path>,
    /// Where the services are.
    pub places: &'a Places,
    /// Whether the scenario's guard is on.
    pub guarding: Guarding,
}

impl Scenario {
    /// What the runner is asked for `step`.
    pub fn spec(&self, step: &Step, job: &Job) -> Spec {
        Spec {
            schema: SCHEMA,
            engine: job.engine,
            artifact: job.artifact.to_path_buf(),
            sha256: job.sha256.to_string(),
            start: start(step, job.places),
            arguments: [self.artifact.clone()].into_iter().chain(self.arguments(step, job.places)).collect(),
            environment: self.environment(step, job.engine, job.places),
            stdin: job.stdin.map(Path::to_path_buf),
            folders: self.folders(job.root),
            network: self.capabilities.network.as_ref().map(|grant| network(grant, job)),
            limits: self.limits.clone(),
            repeat: Repeat { count: step.repeat.unwrap_or(1), live_count: step.live.unwrap_or(1) },
            output: job.output.to_path_buf(),
            without_guards: self.off(job.guarding),
        }
    }

    /// What the runner is asked to see that a harmless guest works in this world: `job` has the fixture `hostile`.
    pub fn control(&self, job: &Job) -> Spec {
        let step = Step { arguments: vec!["echo".into(), "works".into()], ..Step::default() };
        let arguments = [vec!["hostile".to_string()], step.arguments.clone()].concat();
        let environment = BTreeMap::new();
        let mut spec = self.spec(&step, &Job { stdin: None, ..job.clone() });
        // It is the limits of what the guest may hold that are the same. A deadline made to stop another one is no measure for it.
        spec.limits.deadline_ms = spec.limits.deadline_ms.max(Limits::default().deadline_ms);
        Spec { arguments, environment, without_guards: Vec::new(), ..spec }
    }

    /// The arguments after the program's name.
    pub fn arguments(&self, step: &Step, places: &Places) -> Vec<String> {
        step.arguments.iter().map(|argument| places.fill(argument)).collect()
    }

    /// Standard input, if the step has any.
    pub fn stdin(&self, step: &Step, places: &Places) -> Option<String> {
        step.input().map(|text| places.fill(&text))
    }

    /// The environment. The reference needs AGENT_HOME, and with TLS SSL_CERT_FILE, besides.
    pub fn environment(&self, step: &Step, engine: Engine, places: &Places) -> BTreeMap<String, String> {
        let mut environment: BTreeMap<String, String> =
            step.environment.iter().map(|(name, value)| (name.clone(), places.fill(value))).collect();
        if self.effects && engine.target() == Some("wasm32-wasip1") {
            environment.insert("AGENT_EFFECTS".into(), "jsonl".into());
        }
        environment
    }

    fn folders(&self, root: &Path) -> Vec<Folder> {
        let folder = |name: &str, guest: &str, access: Option<_>| {
            Some(Folder { host: root.join(name), guest: guest.into(), access: access? })
        };
        let granted = &self.capabilities;
        [folder("home", "/agent", granted.home), folder("workspace", ".", granted.workspace)].into_iter().flatten().collect()
    }

    fn off(&self, guarding: Guarding) -> Vec<Guard> {
        match guarding {
            Guarding::On => Vec::new(),
            Guarding::Off => self.guard.into_iter().collect(),
        }
    }
}

fn start(step: &Step, places: &Places) -> Start {
    match &step.session {
        Some(session) => Start::Session {
            config: session.config.clone(),
            session: session.name.clone(),
            messages: session.messages.iter().map(|message| places.fill(message)).collect(),
        },
        None if step.instantiate => Start::Instantiate,
        None => Start::Command,
    }
}

fn network(grant: &NetworkGrant, job: &Job) -> Network {
    let credential = |(at, one): (usize, &super::capabilities::CredentialGrant)| Credential {
        host: job.places.fill(&one.host),
        header: one.header.clone(),
        value_file: job.root.join(world::credential_path(at)),
    };
    Network {
        hosts: grant.hosts.iter().map(|host| job.places.fill(host)).collect(),
        private: grant.private.clone(),
        names: grant.names.clone(),
        roots: grant.roots.and(job.authority).map(PathBuf::from).into_iter().collect(),
        credentials: grant.credentials.iter().enumerate().map(credential).collect(),
        timeouts: grant.timeouts.clone(),
        whole_bodies: grant.whole_bodies,
    }
}
