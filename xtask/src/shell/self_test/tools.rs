//! Tools that are another one than in the control: small scripts around the real ones.

use crate::{
    data::{exit::Failure, self_test::Tool},
    shell::{optimizer::Optimizer, runner::Runner, store},
};
use anyhow::{Context, Result};
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

/// What a round is run with.
#[derive(Clone, Debug)]
pub struct Kit {
    /// The folder that stands first in PATH: it has a `wasm-opt`.
    pub path: PathBuf,
    /// The folder of runners.
    pub runners: PathBuf,
    /// Whether its optimizer makes something else of the same input: nothing that was kept is of use then.
    pub is_other_optimizer: bool,
}

/// The real tools, and where scripts around them are written.
#[derive(Debug)]
pub struct Tools<'a> {
    /// The folder of the scripts.
    pub folder: PathBuf,
    /// The real optimizer.
    pub optimizer: &'a Optimizer,
    /// The real runner.
    pub runner: &'a Runner,
    /// This program.
    pub xtask: PathBuf,
}

impl Tools<'_> {
    /// The kit with this tool in it.
    ///
    /// # Errors
    /// A script cannot be written.
    pub fn kit(&self, tool: &Tool) -> Result<Kit> {
        let real = self.optimizer.command_line().iter().map(|part| quoted(part)).collect::<Vec<_>>().join(" ");
        let (version, after) = match tool {
            Tool::OptimizerVersion(version) => (*version, String::new()),
            // The module that is written is the third argument: IN -o OUT.
            Tool::OptimizerLengthens(bytes) => {
                (self.optimizer.version, format!("{} self-test --lengthen {bytes} \"$3\"\n", quoted(&self.xtask)))
            }
            _ => (self.optimizer.version, String::new()),
        };
        let path = self.folder.join("path");
        write_script(
            &path.join("wasm-opt"),
            &format!(
                "if [ \"$1\" = --version ]; then echo 'wasm-opt version {version} (self-test)'; exit 0; fi\n{real} \"$@\" || exit $?\n{after}"
            ),
        )?;
        let is_other_optimizer = matches!(tool, Tool::OptimizerLengthens(_));
        let program = self.runner.program();
        let own = program.parent().map(Path::to_path_buf).unwrap_or_default();
        let Some(script) = runner_script(tool, &quoted(program), &quoted(&self.xtask)) else {
            return Ok(Kit { path, runners: own, is_other_optimizer });
        };
        let runners = self.folder.join("runners");
        write_script(&runners.join(program.file_name().unwrap_or_default()), &script)?;
        Ok(Kit { path, runners, is_other_optimizer })
    }
}

/// The script around the runner, which is started without an environment; nothing where it is the real one.
fn runner_script(tool: &Tool, real: &str, xtask: &str) -> Option<String> {
    let head = format!("PATH=/usr/bin:/bin\nif [ \"$1\" != run ]; then exec {real} \"$@\"; fi\n");
    match tool {
        Tool::RunnerSays(replaced) => {
            let scripts: Vec<String> = replaced.iter().map(|(from, to)| format!("-e 's|{from}|{to}|g'")).collect();
            Some(format!("{head}said=$({real} \"$@\") || exit $?\nprintf '%s\\n' \"$said\" | sed {}\n", scripts.join(" ")))
        }
        // The runner is given a copy with the byte flipped: the file itself is used by others at the same time.
        Tool::RunnerMeetsFlippedByte => Some(format!(
            "{head}artifact=$(sed -n 's|^ *\"artifact\": \"\\(.*\\)\",*$|\\1|p' \"$2\")\n\
             {xtask} self-test --flip \"$artifact\" \"$2.wasm\" || exit $?\n\
             sed \"s|^\\( *\\\"artifact\\\": \\\"\\).*\\\"|\\1$2.wasm\\\"|\" \"$2\" > \"$2.flipped\"\nexec {real} run \"$2.flipped\"\n"
        )),
        Tool::Usual | Tool::OptimizerLengthens(_) | Tool::OptimizerVersion(_) => None,
    }
}

/// One word of a shell.
fn quoted(part: impl AsRef<OsStr>) -> String {
    format!("'{}'", part.as_ref().to_string_lossy().replace('\'', "'\\''"))
}

#[cfg(unix)]
fn write_script(path: &Path, text: &str) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    store::write(path, format!("#!/bin/sh\n{text}").as_bytes())?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
        .with_context(|| Failure::usage(format!("cannot make {} a program", path.display())))
}

#[cfg(not(unix))]
fn write_script(path: &Path, _text: &str) -> Result<()> {
    Err(Failure::tool(format!("cannot make {} a program here: the self-test needs a system with `sh`", path.display())).into())
        .context("the tools of the self-test are scripts")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_word() {
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }

    #[cfg(unix)]
    #[test]
    fn what_the_runner_says_is_replaced_and_how_it_ends_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real");
        write_script(&real, "if [ \"$2\" = bad ]; then exit 4; fi\necho '{\"fuel_count\":12,\"a_ns\":3}'\n").unwrap();
        let tool =
            Tool::RunnerSays(&[("\"fuel_count\": *[0-9]*", "\"fuel_count\":0"), ("\"\\([a-z]*_ns\\)\": *[0-9]*", "\"\\1\":0")]);
        let script = folder.path().join("script");
        write_script(&script, &runner_script(&tool, &quoted(&real), "xtask").unwrap()).unwrap();
        let run = |argument: &str| std::process::Command::new(&script).args(["run", argument]).env_clear().output().unwrap();
        assert_eq!(String::from_utf8(run("good").stdout).unwrap(), "{\"fuel_count\":0,\"a_ns\":0}\n");
        assert_eq!(run("bad").status.code(), Some(4));
    }
}
