//! Runs the native binary in a home folder of its own; [`lab`] gives it tools, [`memory`] is a host without a system.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod lab;
pub mod memory;

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use mock_api::{Mock, Script};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A home folder that is removed at the end of the test.
pub struct Home(pub TempDir);

/// What a finished run left.
#[derive(Debug, PartialEq, Eq)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Home {
    pub fn new() -> Home {
        Home(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn with_config(text: &str) -> Home {
        let home = Home::new();
        home.configure(text);
        home
    }

    /// Of an agent that talks to `mock`, without a key and without a second try; `more` is the rest of its configuration.
    pub fn with_mock(mock: &Mock, provider: &str, more: Value) -> Home {
        let mut config = json!({"provider": provider, "model": "m", "base_url": mock.url(), "retries": 0});
        let all = config.as_object_mut().expect("an object");
        all.extend(more.as_object().expect("an object").clone());
        Home::with_config(&config.to_string())
    }

    pub fn configure(&self, text: &str) {
        std::fs::write(self.path().join("config.json"), text).expect("the configuration is written");
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The command, with nothing of the environment but this home.
    pub fn command<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        command(self.path(), args)
    }

    pub fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Ran {
        self.run_with(args, b"")
    }

    pub fn run_with<S: AsRef<OsStr>>(&self, args: &[S], input: &[u8]) -> Ran {
        finish(self.command(args), input)
    }

    /// Runs with one more variable in the environment.
    pub fn run_env(&self, name: &str, value: impl AsRef<OsStr>, args: &[&str]) -> Ran {
        let mut command = self.command(args);
        command.env(name, value);
        finish(command, b"")
    }

    pub fn session(&self, name: &str) -> PathBuf {
        self.path().join("sessions").join(format!("{name}.jsonl"))
    }

    pub fn session_text(&self, name: &str) -> String {
        std::fs::read_to_string(self.session(name)).expect("the session is there")
    }

    /// The messages of a session, as JSON.
    pub fn session_lines(&self, name: &str) -> Vec<Value> {
        self.session_text(name).lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
    }

    /// Puts a session there as if earlier runs had written it.
    pub fn write_session(&self, name: &str, bytes: &[u8]) {
        std::fs::create_dir_all(self.path().join("sessions")).expect("the folder is made");
        std::fs::write(self.session(name), bytes).expect("the session is written");
    }
}

/// The binary with nothing of the environment but this home.
pub fn command<S: AsRef<OsStr>>(home: &Path, args: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agent"));
    command.args(args).env_clear().env("AGENT_HOME", home);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub fn finish(mut command: Command, input: &[u8]) -> Ran {
    let mut child = command.spawn().expect("the agent starts");
    // A run that fails early closes its input: then there is nobody to write to, and that is fine.
    let _ = child.stdin.take().expect("piped").write_all(input);
    let output = child.wait_with_output().expect("the agent ends");
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("UTF-8 on stdout"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8 on stderr"),
    }
}

/// A mock with this script.
pub fn mock(toml: &str) -> Mock {
    Mock::start(Script::from_toml(toml).expect("a script")).expect("a mock starts")
}

/// Waits until `done`, for at most ten seconds.
#[track_caller]
pub fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(10);
    while !done() {
        assert!(Instant::now() < until, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

impl Ran {
    /// It worked, and said this and nothing else.
    #[track_caller]
    pub fn said(&self, stdout: &str) {
        assert_eq!((self.code, self.stdout.as_str(), self.stderr.as_str()), (Some(0), stdout, ""));
    }

    /// It failed with this code, with nothing on stdout and one line on stderr that has this text.
    #[track_caller]
    pub fn failed(&self, code: i32, text: &str) {
        assert_eq!((self.code, self.stdout.as_str()), (Some(code), ""), "{self:?}");
        assert!(self.is_one_line() && self.stderr.contains(text), "{self:?}");
    }

    /// It ended with this code and one line on stderr that has this text, whatever it said before.
    #[track_caller]
    pub fn ended(&self, code: i32, text: &str) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.is_one_line() && self.stderr.contains(text), "{self:?}");
    }

    /// Standard error is one line that starts with the program's name and has a cure after a colon.
    pub fn is_one_line(&self) -> bool {
        let line = self.stderr.strip_prefix("agent: ").and_then(|rest| rest.strip_suffix('\n'));
        line.is_some_and(|line| !line.contains(char::is_control) && line.contains(": "))
    }

    /// The one JSON object on stdout.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
