//! The command line that every build of the runner has.

use crate::{
    failure::{Failure, exit_of},
    job::Job,
};
use anyhow::{Result, bail};
use runner_protocol::{Engine, Outcome};
use std::{env, ffi::OsString, path::Path, process::ExitCode};

/// A build of the runner. Its `main` is [`Program::main`].
pub struct Program {
    /// The binary's name: `runner-jit`.
    pub name: &'static str,
    /// The engine's name and version: `wasmtime 48.0.8`.
    pub version: String,
    /// The engines it runs.
    pub engines: &'static [Engine],
    /// Runs a job. An error means that nothing could be run.
    pub run: fn(Job) -> Result<Outcome>,
    /// The compiler, of a build that has one.
    pub compile: Option<Compile>,
}

/// Compiles ahead of time: for an engine, from one file into another.
pub type Compile = fn(Engine, &Path, &Path) -> Result<()>;

impl Program {
    /// Does what the process was asked for. The exit code is 0 if an outcome was printed, 2 for a wrong command line or specification, 4 for an
    /// artifact that cannot be run at all, 1 for anything else; then there is one line on stderr, and causes below it.
    pub fn main(self) -> ExitCode {
        let arguments: Vec<OsString> = env::args_os().skip(1).collect();
        let Err(error) = self.dispatch(&arguments) else { return ExitCode::SUCCESS };
        eprintln!("error: {error}");
        error.chain().skip(1).for_each(|cause| eprintln!("  because: {cause}"));
        ExitCode::from(exit_of(&error))
    }

    fn dispatch(&self, arguments: &[OsString]) -> Result<()> {
        let words: Vec<&str> = arguments.iter().map(|word| word.to_str().unwrap_or_default()).collect();
        match (&*words, self.compile) {
            (["--version"], _) => println!("{} {}", self.name, self.version),
            (["run", _], _) => {
                let outcome = (self.run)(Job::read(Path::new(&arguments[1]), self.engines)?)?;
                println!("{}", serde_json::to_string(&outcome)?);
            }
            (["compile", "--engine", engine, _, _], Some(compile)) => {
                let engine = engine.parse().map_err(Failure::usage)?;
                compile(engine, Path::new(&arguments[3]), Path::new(&arguments[4]))?;
            }
            _ => bail!(Failure::usage(self.usage())),
        }
        Ok(())
    }

    fn usage(&self) -> String {
        let name = self.name;
        let compile = if self.compile.is_some() { format!(", `{name} compile --engine ENGINE IN OUT`") } else { String::new() };
        format!("the command line is not understood: use `{name} run SPEC.json`, `{name} --version`{compile}")
    }
}
