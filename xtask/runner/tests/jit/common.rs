//! Runs a component through the program's command line.

use runner_host::job::sha256;
use runner_protocol::{Ended, Engine, Instance, Outcome, Spec};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// What the program did.
pub struct Ran {
    /// Its exit code.
    pub code: Option<i32>,
    /// What it wrote to stderr.
    pub stderr: String,
    stdout: Vec<u8>,
    /// The files of the job.
    pub folder: TempDir,
}

impl Ran {
    /// The outcome that it printed.
    pub fn outcome(&self) -> Outcome {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        serde_json::from_slice(&self.stdout).expect("an outcome")
    }

    /// The one instance of the outcome.
    pub fn instance(&self) -> Instance {
        let mut outcome = self.outcome();
        assert_eq!((outcome.instances.len(), outcome.instance_count), (1, 1));
        outcome.instances.remove(0)
    }

    /// How that ended.
    pub fn ended(&self) -> Ended {
        self.instance().ended
    }
}

/// Runs the component `wat` under the compilers, with the specification as `change` leaves it.
pub fn run(wat: &str, change: impl FnOnce(&mut Spec)) -> Ran {
    run_bytes(&wat::parse_str(wat).expect("WAT"), change)
}

/// Runs what may be no component at all.
pub fn run_bytes(bytes: &[u8], change: impl FnOnce(&mut Spec)) -> Ran {
    let folder = TempDir::new().expect("a folder");
    let artifact = folder.path().join("guest.wasm");
    fs::write(&artifact, bytes).expect("written");
    let mut spec = Spec::new(Engine::WasmtimeJit, artifact, sha256(bytes), folder.path().join("out"));
    change(&mut spec);
    let build = spec.engine.build().expect("a build");
    run_spec(&program(build.binary()), &spec, folder)
}

fn run_spec(program: &Path, spec: &Spec, folder: TempDir) -> Ran {
    let path = folder.path().join("spec.json");
    fs::write(&path, serde_json::to_vec(spec).expect("JSON")).expect("written");
    let output = Command::new(program).arg("run").arg(&path).output().expect("runs");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    Ran { code: output.status.code(), stderr, stdout: output.stdout, folder }
}

/// The program `name`, beside the one that is tested: the other one is there if its feature is.
pub fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_runner-jit")).with_file_name(name)
}

/// Whether it was `limit` that stopped a guest.
pub fn is_stopped_by(ended: &Ended, limit: &str) -> bool {
    matches!(ended, Ended::Stopped { limit: by, .. } if by == limit)
}
