//! Runs the native binary in a home folder of its own.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

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
        std::fs::write(home.0.path().join("config.json"), text).expect("the configuration is written");
        home
    }

    /// The command, with nothing of the environment but this home.
    pub fn command<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agent"));
        command.args(args).env_clear().env("AGENT_HOME", self.0.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Ran {
        self.run_with(args, b"")
    }

    pub fn run_with<S: AsRef<OsStr>>(&self, args: &[S], input: &[u8]) -> Ran {
        finish(self.command(args), input)
    }

    pub fn session(&self, name: &str) -> PathBuf {
        self.0.path().join("sessions").join(format!("{name}.jsonl"))
    }

    pub fn session_text(&self, name: &str) -> String {
        std::fs::read_to_string(self.session(name)).expect("the session is there")
    }

    /// Puts a session there as if earlier runs had written it.
    pub fn write_session(&self, name: &str, bytes: &[u8]) {
        std::fs::create_dir_all(self.0.path().join("sessions")).expect("the folder is made");
        std::fs::write(self.session(name), bytes).expect("the session is written");
    }
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

    /// Standard error is one line that starts with the program's name and has a cure after a colon.
    pub fn is_one_line(&self) -> bool {
        let line = self.stderr.strip_prefix("agent: ").and_then(|rest| rest.strip_suffix('\n'));
        line.is_some_and(|line| !line.contains(char::is_control) && line.contains(": "))
    }
}
