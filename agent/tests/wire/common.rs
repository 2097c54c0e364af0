//! An agent in a home of its own that talks to a mock, and what it left behind.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use mock_api::{Call, Fault, Mock, Quirk, Reply, Script, Setting};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

/// The key that is configured where a test wants one.
pub const KEY: &str = "test-key-0123456789";

/// The two wire formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    OpenAi,
    Anthropic,
}

/// How a request can be made: each format, with a stream and without.
pub const WAYS: [(Api, bool); 4] = [(Api::OpenAi, true), (Api::OpenAi, false), (Api::Anthropic, true), (Api::Anthropic, false)];
pub const APIS: [Api; 2] = [Api::OpenAi, Api::Anthropic];

/// A mock, and an agent that is configured for it.
pub struct Bench {
    folder: TempDir,
    pub mock: Mock,
    config: Map<String, Value>,
}

/// What a finished run left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Bench {
    /// Without retries, so that a test that is about something else is quick.
    pub fn new(api: Api, stream: bool, script: Script) -> Bench {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["home", "work"] {
            std::fs::create_dir(folder.path().join(name)).expect("the folder is made");
        }
        let mock = Mock::start(script).expect("the mock starts");
        let provider = if api == Api::OpenAi { "openai" } else { "anthropic" };
        let config = json!({
            "provider": provider, "model": "m-1", "base_url": mock.url(), "stream": stream, "retries": 0,
            "workspace": folder.path().join("work"),
        });
        let Value::Object(config) = config else { unreachable!() };
        Bench { folder, mock, config }
    }

    pub fn of(api: Api, stream: bool, replies: impl IntoIterator<Item = Reply>) -> Bench {
        Bench::new(api, stream, Script::of(replies))
    }

    /// Sets a key of the configuration.
    pub fn set(mut self, name: &str, value: impl Into<Value>) -> Bench {
        self.config.insert(name.to_string(), value.into());
        self
    }

    /// Grants reading and writing in the workspace.
    pub fn with_files(self) -> Bench {
        self.set("grant", json!({"read": ["**"], "write": ["**"]}))
    }

    /// Configures [`KEY`], for the mock alone.
    pub fn with_key(self) -> Bench {
        let path = self.home().join("key");
        std::fs::write(&path, KEY).expect("the key is written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("the key is made private");
        }
        let host = self.mock.url().replace("http://", "");
        self.set("key_file", "key").set("key_host", host)
    }

    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A path in the workspace.
    pub fn work(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    /// The command with its configuration in place.
    pub fn command(&self, args: &[&str]) -> Command {
        std::fs::write(self.home().join("config.json"), Value::Object(self.config.clone()).to_string())
            .expect("the configuration is written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_agent"));
        command.args(args).env_clear().env("AGENT_HOME", self.home());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it with one message.
    pub fn ask(&self, args: &[&str]) -> Ran {
        finish(self.command(&[&["-m", "hi"], args].concat()), "")
    }

    /// Runs it on lines of input, each a message.
    pub fn lines(&self, args: &[&str], input: &str) -> Ran {
        finish(self.command(&[&["--stdin", "jsonl"], args].concat()), input)
    }

    /// The bodies of the requests so far.
    pub fn bodies(&self) -> Vec<Value> {
        self.mock.recorded().iter().map(|request| request.json()).collect()
    }

    /// How many requests there were.
    pub fn count(&self) -> usize {
        self.mock.recorded().len()
    }

    /// The lines of the session `s`; each has to be JSON, and the last one whole.
    #[track_caller]
    pub fn session(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.home().join("sessions/s.jsonl")).expect("the session is there");
        assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
        text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }
}

pub fn finish(mut command: Command, input: &str) -> Ran {
    use std::io::Write;
    let mut child = command.spawn().expect("the agent starts");
    // A run that fails early closes its input: then there is nobody to write to, and that is fine.
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
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

    /// It failed with this code after it had said this, with one line on stderr that has these texts and a cure after a colon.
    #[track_caller]
    pub fn failed(&self, code: i32, stdout: &str, texts: &[&str]) {
        assert_eq!((self.code, self.stdout.as_str()), (Some(code), stdout), "{self:?}");
        let line = self.stderr.strip_prefix("agent: ").and_then(|rest| rest.strip_suffix('\n')).expect("one line");
        assert!(!line.contains(char::is_control), "{line:?}");
        let cure = line.rsplit_once(": ").expect("a cure").1;
        assert!(!cure.is_empty(), "{line:?}");
        for text in texts {
            assert!(line.contains(text), "{line:?} has no {text:?}");
        }
    }

    /// The lines of standard output, each as JSON.
    #[track_caller]
    pub fn json(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }
}

/// The model calls these tools, with a text before if there is one.
pub fn calls(text: &str, calls: &[(&str, Value)]) -> Reply {
    let call = |(name, arguments): &(&str, Value)| Call {
        name: name.to_string(),
        arguments: Some(arguments.clone()),
        ..Call::default()
    };
    let text = if text.is_empty() { None } else { Some(text.to_string()) };
    Reply { text, calls: calls.iter().map(call).collect(), ..Reply::default() }
}

/// Two calls that write a file each, and at the end a text.
pub fn two_files() -> [Reply; 2] {
    let write = |path: &str, content: &str| ("write_file", json!({"path": path, "content": content}));
    [
        calls("I write \u{e9}\u{1F600}.", &[write("a.txt", "first \u{df}"), write("sub/b.txt", "second\r\n")]),
        Reply::text("Both are \u{201e}there\u{201c}.\nBye"),
    ]
}

pub fn with_quirks(mut reply: Reply, quirks: &[Quirk]) -> Reply {
    reply.quirks = quirks.to_vec();
    reply
}

pub fn with_fault(mut reply: Reply, fault: impl Into<Setting<Fault>>) -> Reply {
    reply.faults = vec![fault.into()];
    reply
}

/// A reply that is this body, whatever it is.
pub fn raw(status: u16, body: &str) -> Reply {
    Reply { status: Some(status), body: Some(body.to_string()), ..Reply::default() }
}

/// The server says this header too.
pub fn with_header(mut reply: Reply, name: &str, value: &str) -> Reply {
    reply.headers.insert(name.to_string(), value.to_string());
    reply
}

/// A raw reply that says it is JSON, though a stream was asked for.
pub fn raw_json(status: u16, body: &str) -> Reply {
    with_header(raw(status, body), "content-type", "application/json")
}
