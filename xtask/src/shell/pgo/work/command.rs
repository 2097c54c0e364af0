//! Runs a command of the policy, or a script, with a build of the program.

use super::{Inputs, Played};
use crate::{
    data::exit::Failure,
    shell::{
        pgo::kept,
        process::{self, bounded},
        scene::native::Native,
        store,
    },
};
use anyhow::Result;
use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// What is wrong with a run that others of its processes outlive: they write their profile when they end, and nobody waits for them.
pub const LEFT_BEHIND: &str = "it left a process behind: let it wait for all that it starts";

/// How long a command may take by itself.
const DEADLINE: Duration = Duration::from_secs(300);

/// Runs it in a folder that is made anew.
///
/// # Errors
/// What is wrong with how it ended.
pub fn play(inputs: &Inputs, program: &Native, folder: &Path) -> Result<Played> {
    let world = folder.join("world");
    kept::empty_folder(&world)?;
    for (name, bytes) in &inputs.files {
        store::write(&world.join(name), bytes)?;
    }
    let (mut command, mut words) = match &inputs.work.script {
        None => {
            let mut words = program.words();
            (Command::new(words.next().unwrap_or_default()), words.map(OsStr::to_os_string).collect::<Vec<_>>())
        }
        Some(text) => {
            let script = folder.join("script");
            store::write(&script, text.as_bytes())?;
            (Command::new("/bin/sh"), vec!["-eu".into(), script.into_os_string()])
        }
    };
    words.extend(inputs.work.arguments.iter().map(Into::into));
    command.args(words).current_dir(&world).env_clear();
    command.envs(env::var_os("PATH").map(|path| ("PATH", path))).envs(&inputs.work.environment);
    if inputs.work.script.is_some() {
        command.env("PROGRAM", callable(program, folder)?);
    }
    let ended = program.run_command(command, &inputs.stdin, DEADLINE)?;
    judge(inputs, &ended)?;
    let wall_ns = u64::try_from(ended.wall.as_nanos()).unwrap_or(u64::MAX);
    // Of a script that is the shell's memory, which nobody asked for.
    let peak_bytes = ended.peak_bytes.filter(|_| inputs.work.script.is_none());
    Ok(Played { wall_ns, run_count: 1, peak_bytes })
}

fn judge(inputs: &Inputs, ended: &bounded::Ended) -> Result<()> {
    let wrong = |said: String| Err(Failure::invalid(said).into());
    let wanted = inputs.work.exit_code;
    match ended.status {
        None => wrong(format!("it did not end in {} s: give it less to do", DEADLINE.as_secs())),
        Some(status) if status.code() != Some(wanted) => {
            wrong(format!("it ended with {status}, not exit code {wanted}: {}", process::tail(&ended.stderr)))
        }
        Some(_) if ended.left_behind => wrong(LEFT_BEHIND.into()),
        Some(_) => Ok(()),
    }
}

/// What a script calls: the program itself, or one that runs it by what it is to be run.
fn callable(program: &Native, folder: &Path) -> Result<PathBuf> {
    let words: Vec<String> = program.words().map(|word| format!("'{}'", word.to_string_lossy().replace('\'', r"'\''"))).collect();
    if words.len() == 1 {
        return Ok(program.path().to_path_buf());
    }
    let path = folder.join("program");
    let text = format!("#!/bin/sh\nexec {} \"$@\"\n", words.join(" "));
    // Written by a process of its own: a file that this one has open is busy for as long as another thread takes to start a program, which holds it
    // open too.
    let shell = process::shell(folder)?;
    let write = shell.cmd("/bin/sh").args(["-c", "printf %s \"$1\" > \"$0\""]).arg(&path).arg(text);
    let output = process::output(write)?;
    if !output.status.success() {
        return Err(Failure::usage(format!("cannot write {}: {}", path.display(), process::tail(&output.stderr))).into());
    }
    make_executable(&path)?;
    Ok(path)
}

#[cfg(unix)]
fn make_executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755))?)
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) -> Result<()> {
    Ok(())
}
