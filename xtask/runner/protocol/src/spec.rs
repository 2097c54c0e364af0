//! One job for the runner.

use crate::{Engine, Guard, Limits, Network, SCHEMA};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

/// What to run, with what, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// [`crate::SCHEMA`].
    pub schema: u32,
    /// What runs it.
    pub engine: Engine,
    /// The file: a component for Wasmtime, a core module for WAMR, or what [`Engine::is_precompiled`] ones were compiled to.
    pub artifact: PathBuf,
    /// The SHA-256 that the file must have.
    pub sha256: String,
    /// What is called.
    pub start: Start,
    /// Arguments, the program's own name first.
    pub arguments: Vec<String>,
    /// The environment; nothing else of the host's.
    pub environment: BTreeMap<String, String>,
    /// The file that is standard input; empty without one.
    #[serde(default)]
    pub stdin: Option<PathBuf>,
    /// The folders that the guest sees.
    pub folders: Vec<Folder>,
    /// What it may reach.
    #[serde(default)]
    pub network: Option<Network>,
    /// How much it may use.
    #[serde(default)]
    pub limits: Limits,
    /// How often.
    #[serde(default)]
    pub repeat: Repeat,
    /// The folder for `stdout` and `stderr`, each a file with what the last instance wrote.
    pub output: PathBuf,
    /// Guards that are switched off: tests only.
    #[serde(default)]
    pub without_guards: Vec<Guard>,
}

impl Spec {
    /// One run of the command in `artifact`, whose SHA-256 is `sha256`: no arguments, nothing granted, the usual limits. What it writes goes to
    /// the folder `output`.
    pub fn new(engine: Engine, artifact: impl Into<PathBuf>, sha256: impl Into<String>, output: impl Into<PathBuf>) -> Spec {
        Spec {
            schema: SCHEMA,
            engine,
            artifact: artifact.into(),
            sha256: sha256.into(),
            start: Start::Command,
            arguments: Vec::new(),
            environment: BTreeMap::new(),
            stdin: None,
            folders: Vec::new(),
            network: None,
            limits: Limits::default(),
            repeat: Repeat::default(),
            output: output.into(),
            without_guards: Vec::new(),
        }
    }
}

/// What is called in an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Start {
    /// The command: `wasi:cli/run` or `_start`.
    Command,
    /// Nothing: the file is loaded and instantiated.
    Instantiate,
    /// The agent's `session` interface: a conversation with `config` and `session`, and each message in turn; the replies' texts are written to
    /// stdout, a line each.
    Session {
        /// The configuration's path.
        config: Option<String>,
        /// The session's name.
        session: Option<String>,
        /// What the user says.
        messages: Vec<String>,
    },
}

/// A folder of the host that the guest sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Folder {
    /// Where it is.
    pub host: PathBuf,
    /// What the guest calls it.
    pub guest: String,
    /// What the guest may do.
    pub access: Access,
}

/// What may be done with the files of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Read and list.
    Read,
    /// Read, list, write, make and remove.
    ReadWrite,
}

/// How many instances, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// One after the other in one process: each is made, run and dropped.
    pub count: u64,
    /// So many are made before the first one is run, and all are dropped at the end; then `count` is 1.
    pub live_count: u64,
}

impl Default for Repeat {
    fn default() -> Repeat {
        Repeat { count: 1, live_count: 1 }
    }
}
