//! A workspace, a home beside it, and a model that calls the tools that a test names: the script of the offline provider.

use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Ran, command, finish};

/// The two folders, removed at the end of the test.
pub struct Lab {
    root: TempDir,
    home: PathBuf,
}

/// What the model is told of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub text: String,
    pub error: bool,
}

impl Lab {
    pub fn new() -> Lab {
        Lab::with_home("home")
    }

    /// The home is at `home`, seen from the folder that `workspace` is in.
    pub fn with_home(home: &str) -> Lab {
        let root = tempfile::tempdir().expect("a temporary folder");
        let home = root.path().join(home);
        let lab = Lab { root, home };
        std::fs::create_dir_all(lab.home()).expect("the home is made");
        std::fs::create_dir_all(lab.workspace()).expect("the workspace is made");
        lab
    }

    pub fn home(&self) -> PathBuf {
        self.home.clone()
    }

    pub fn workspace(&self) -> PathBuf {
        self.root.path().join("workspace")
    }

    /// A place beside the workspace.
    pub fn outside(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// Puts a file into the workspace.
    pub fn file(&self, path: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.workspace().join(path);
        std::fs::create_dir_all(path.parent().expect("it is in the workspace")).expect("the folder is made");
        std::fs::write(&path, bytes).expect("the file is written");
        path
    }

    /// What is in a file of the workspace.
    pub fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.workspace().join(path)).expect("the file is there")
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        finish(command(&self.home(), args), b"")
    }

    /// What `grant` comes to when the model makes this one call.
    #[track_caller]
    pub fn call(&self, grant: Value, name: &str, arguments: Value) -> Told {
        self.calls(grant, &[(name, arguments)]).remove(0)
    }

    /// What `grant` comes to when the model makes these calls at once.
    #[track_caller]
    pub fn calls(&self, grant: Value, calls: &[(&str, Value)]) -> Vec<Told> {
        let calls: Vec<Value> = calls.iter().map(|(name, arguments)| json!({"name": name, "arguments": arguments})).collect();
        let (ran, told) = self.play(json!({"grant": grant, "replies": [{"calls": calls}, "done"]}));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "done\n"), "{ran:?}");
        assert_eq!(told.len(), calls.len(), "each call has a result");
        told
    }

    /// One run with this configuration, and what the model was told in it.
    pub fn play(&self, mut config: Value) -> (Ran, Vec<Told>) {
        let all = config.as_object_mut().expect("an object");
        all.entry("workspace").or_insert_with(|| json!(self.workspace()));
        std::fs::write(self.home().join("config.json"), config.to_string()).expect("the configuration is written");
        let session = self.home().join("sessions/lab.jsonl");
        // The first play has none.
        let _ = std::fs::remove_file(&session);
        let ran = self.run(&["-s", "lab", "-m", "go"]);
        let text = std::fs::read_to_string(session).unwrap_or_default();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"));
        let told = |line: Value| Told {
            text: line["content"].as_str().expect("a text").to_string(),
            error: line["error"] == json!(true),
        };
        (ran, lines.filter(|line| line["role"] == "tool").map(told).collect())
    }
}

impl Told {
    /// The call was refused or failed, in these words.
    #[track_caller]
    pub fn refused(&self, text: &str) {
        assert!(self.error && self.text.contains(text), "wanted an error with {text:?}, got {self:?}");
    }

    /// The call was done, and this is what came of it.
    #[track_caller]
    pub fn gave(&self, text: &str) {
        assert_eq!((self.text.as_str(), self.error), (text, false));
    }
}
