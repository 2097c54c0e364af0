//! The three ways to run the agent, on a world of its own: a home folder and a workspace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs};

use tempfile::TempDir;

use crate::effect_host;

/// A home folder and a workspace, gone at the end of the test.
pub struct World {
    folder: TempDir,
    home: std::cell::RefCell<&'static str>,
}

impl World {
    pub fn new() -> World {
        let world = World { folder: tempfile::tempdir().expect("a temporary folder"), home: "home".into() };
        fs::create_dir(world.path("home")).expect("made");
        fs::create_dir(world.path("ws")).expect("made");
        world
    }

    /// Moves the home folder to where a careless user might put it.
    pub fn home_in_workspace(&self) {
        fs::rename(self.path("home"), self.path("ws/home")).expect("moved");
        self.home.replace("ws/home");
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn home(&self) -> PathBuf {
        self.path(*self.home.borrow())
    }

    pub fn file(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }

    #[cfg(unix)]
    pub fn link(&self, path: &str, to: &str) {
        std::os::unix::fs::symlink(to, self.path(path)).expect("linked");
    }

    pub fn config(&self, text: &str) {
        fs::write(self.home().join("config.json"), text).expect("written");
    }

    #[cfg(unix)]
    pub fn key(&self, key: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.home().join("key");
        fs::write(&path, key).expect("written");
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("made private");
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect(path)
    }

    /// Every file below `path` and what is in it.
    pub fn files(&self, path: &str) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        collect(&self.path(path), &self.path(path), &mut files);
        files
    }
}

fn collect(top: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(top, &path, files);
        } else {
            let name = path.strip_prefix(top).expect("below").to_string_lossy().into_owned();
            files.insert(name, fs::read_to_string(&path).expect("text"));
        }
    }
}

/// What to run.
#[derive(Default)]
pub struct Run {
    pub args: Vec<String>,
    pub input: Vec<u8>,
    /// Options for Wasmtime.
    pub wasmtime: Vec<String>,
}

impl Run {
    pub fn args(args: &[&str]) -> Run {
        Run { args: args.iter().map(ToString::to_string).collect(), ..Run::default() }
    }

    pub fn input(self, input: impl Into<Vec<u8>>) -> Run {
        Run { input: input.into(), ..self }
    }

    pub fn wasmtime(self, options: &[&str]) -> Run {
        Run { wasmtime: options.iter().map(ToString::to_string).collect(), ..self }
    }
}

/// How it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    #[track_caller]
    pub fn expect_success(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self.stdout
    }
}

/// Where the agent runs.
#[derive(Debug, Clone, Copy)]
pub enum Platform {
    Native,
    Wasip2,
    Wasip1 { effects: bool },
}

impl Platform {
    pub fn wasip2() -> Platform {
        Platform::Wasip2
    }

    pub fn wasip1() -> Platform {
        Platform::Wasip1 { effects: true }
    }

    pub fn run(&self, world: &World, run: Run) -> Ran {
        let mut command = match self {
            Platform::Native => {
                let mut command = Command::new(env!("CARGO_BIN_EXE_agent"));
                command.env_clear().env("AGENT_HOME", world.home()).current_dir(world.path("ws"));
                command
            }
            Platform::Wasip2 => wasmtime(world, &run, &["-S", "http"], "AGENT_WASIP2"),
            Platform::Wasip1 { effects } => {
                let effects = if *effects { &["--env", "AGENT_EFFECTS=jsonl"][..] } else { &[] };
                wasmtime(world, &run, effects, "AGENT_WASIP1")
            }
        };
        command.args(&run.args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Platform::Wasip1 { effects: true } = self {
            return effect_host::host(command, run.input);
        }
        let mut child = command.spawn().expect("it starts");
        // Who fails early reads no input.
        let _ = std::io::Write::write_all(&mut child.stdin.take().expect("piped"), &run.input);
        ran(child.wait_with_output().expect("it ends"))
    }
}

pub fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// The Wasmtime command line as the README gives it, up to the agent's own arguments.
fn wasmtime(world: &World, run: &Run, options: &[&str], artifact: &str) -> Command {
    let from = |name: &str| env::var_os(name).unwrap_or_else(|| panic!("{name} is not set: run this by `cargo xtask test`"));
    let mut command = Command::new(from("WASMTIME"));
    command.arg("run").args(&run.wasmtime).args(options);
    // A home inside of the workspace is reached through the workspace's own folder, as a path in it.
    if *world.home.borrow() == "home" {
        command.arg("--dir").arg(format!("{}::/agent", world.home().display()));
    } else {
        command.args(["--env", "AGENT_HOME=home"]);
    }
    command.arg("--dir").arg(format!("{}::.", world.path("ws").display()));
    command.arg(from(artifact));
    command
}
