//! What scenarios are played with: runners, files for each engine, the mock. Each is built when first asked for, and once.

use super::{fixtures::Fixtures, mock::MockProgram, native::Native};
use crate::{
    analysis::digest::sha256,
    data::exit::Failure,
    shell::{runner::Runner, wamr, workspace::Workspace},
};
use anyhow::{Context, Result};
use runner_protocol::{Build, Engine};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock},
};

/// What scenarios are played with.
pub struct Stage {
    scratch: PathBuf,
    /// (artifact, target) -> the file that ships.
    shipped: BTreeMap<(String, String), PathBuf>,
    /// Artifact -> the program on this machine.
    natives: BTreeMap<String, Native>,
    workspace: Arc<Workspace>,
    fixtures: Fixtures,
    runners: Arc<Mutex<BTreeMap<Build, Runner>>>,
    files: Mutex<BTreeMap<(String, Engine), File>>,
    mock: Arc<OnceLock<MockProgram>>,
}

/// A file that an engine takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it lies.
    pub path: PathBuf,
    /// Its SHA-256.
    pub sha256: String,
    /// The WebAssembly that it was compiled from, or it itself.
    pub source: PathBuf,
}

impl Stage {
    /// A stage below `workspace`'s own part of the target folder, with these files and programs.
    pub fn new(
        workspace: Arc<Workspace>,
        shipped: BTreeMap<(String, String), PathBuf>,
        natives: BTreeMap<String, Native>,
    ) -> Stage {
        let scratch = workspace.scratch();
        let fixtures = Fixtures::new(&scratch);
        let (runners, files, mock) = (Arc::default(), Mutex::default(), Arc::default());
        Stage { scratch, shipped, natives, workspace, fixtures, runners, files, mock }
    }

    /// The same programs with another file in the place of `artifact` for `target`.
    pub fn with_file(&self, artifact: &str, target: &str, path: &Path) -> Stage {
        let mut shipped = self.shipped.clone();
        shipped.insert((artifact.to_string(), target.to_string()), path.to_path_buf());
        Stage {
            runners: Arc::clone(&self.runners),
            mock: Arc::clone(&self.mock),
            ..Stage::new(Arc::clone(&self.workspace), shipped, self.natives.clone())
        }
    }

    /// The same with another program of this machine in the place of `artifact`.
    pub fn with_native(&self, artifact: &str, native: Native) -> Stage {
        let mut natives = self.natives.clone();
        natives.insert(artifact.to_string(), native);
        Stage {
            runners: Arc::clone(&self.runners),
            mock: Arc::clone(&self.mock),
            ..Stage::new(Arc::clone(&self.workspace), self.shipped.clone(), natives)
        }
    }

    /// The runner of `engine`.
    ///
    /// # Errors
    /// It does not build; the reference has none.
    pub fn runner(&self, engine: Engine) -> Result<Runner> {
        let build = engine.build().with_context(|| Failure::invalid(format!("{engine} has no runner")))?;
        self.runner_build(build)
    }

    /// Why `engine` is not to be had on this machine, if it is not: what that depends on is large, and not everybody's.
    ///
    /// # Errors
    /// What is there does not work.
    pub fn unavailable(&self, engine: Engine) -> Result<Option<String>> {
        match engine {
            Engine::WamrAot => wamr::aot::unavailable(&self.scratch),
            _ => Ok(None),
        }
    }

    /// One build of the runner.
    ///
    /// # Errors
    /// It does not build.
    pub fn runner_build(&self, build: Build) -> Result<Runner> {
        let mut runners = locked(&self.runners);
        if let Some(runner) = runners.get(&build) {
            return Ok(runner.clone());
        }
        let runner = Runner::find(build, &self.scratch)?;
        runners.insert(build, runner.clone());
        Ok(runner)
    }

    /// The file of `artifact` that `engine` takes: shipped or a fixture, and compiled ahead of time where the engine wants that.
    ///
    /// # Errors
    /// There is none, or it does not compile.
    pub fn file(&self, artifact: &str, engine: Engine) -> Result<File> {
        let key = (artifact.to_string(), engine);
        let mut files = locked(&self.files);
        if let Some(file) = files.get(&key) {
            return Ok(file.clone());
        }
        let target = engine.target().with_context(|| Failure::invalid(format!("{engine} takes no WebAssembly")))?;
        let source = match self.shipped.get(&(artifact.to_string(), target.to_string())) {
            Some(path) => path.clone(),
            None => self.fixtures.file(&self.workspace, artifact, target)?,
        };
        let path = if engine.is_precompiled() { self.compiled(&source, artifact, engine)? } else { source.clone() };
        let file = File { sha256: sha256(&fs_err::read(&path)?), path, source };
        files.insert(key, file.clone());
        Ok(file)
    }

    fn compiled(&self, source: &Path, artifact: &str, engine: Engine) -> Result<PathBuf> {
        let folder = self.scratch.join("run/compiled").join(engine.name());
        match engine {
            Engine::WamrAot => wamr::aot::compile(&self.scratch, source, &folder.join(format!("{artifact}.aot"))),
            _ => {
                let path = folder.join(format!("{artifact}.cwasm"));
                self.runner_build(Build::Jit)?.precompile(engine, source, &path)?;
                Ok(path)
            }
        }
    }

    /// The program of `artifact` on this machine.
    ///
    /// # Errors
    /// The policy names none.
    pub fn native(&self, artifact: &str) -> Result<&Native> {
        self.natives.get(artifact).with_context(|| {
            Failure::usage(format!(
                "run.artifact.{artifact} has no `native`, which is the reference: add it, or say in the scenario why not"
            ))
        })
    }

    /// The mock.
    ///
    /// # Errors
    /// It does not build.
    pub fn mock(&self) -> Result<&MockProgram> {
        if let Some(mock) = self.mock.get() {
            return Ok(mock);
        }
        let built = MockProgram::build(&self.scratch)?;
        Ok(self.mock.get_or_init(|| built))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
