//! A process with an end: its input is given, its output is taken, and after a time it is killed with all that it started.

use crate::data::exit::Failure;
use anyhow::{Context, Result};
use std::{
    io::{Read, Write},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long to sleep between two looks at a process.
const POLL: Duration = Duration::from_millis(2);

/// How a process ended and what it printed.
#[derive(Debug)]
pub struct Ended {
    /// Its status; none if it was killed because its time was over.
    pub status: Option<ExitStatus>,
    /// What it wrote to stdout.
    pub stdout: Vec<u8>,
    /// What it wrote to stderr.
    pub stderr: Vec<u8>,
    /// From its start to its end.
    pub wall: Duration,
}

/// Runs `command` with `stdin`, for at most `deadline`.
///
/// # Errors
/// It could not be started.
pub fn run(mut command: Command, stdin: &[u8], deadline: Duration) -> Result<Ended> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    own_group(&mut command);
    let start = Instant::now();
    let mut child = command
        .spawn()
        .with_context(|| Failure::tool(format!("cannot start {}: is it there?", command.get_program().display())))?;
    let (mut input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        scope.spawn(move || {
            // One that reads nothing closes the pipe, which is its right.
            let _ = input.take().map(|mut input| input.write_all(stdin));
        });
        let output = scope.spawn(move || drain(output));
        let errors = scope.spawn(move || drain(errors));
        let status = wait(&mut child, start + deadline)?;
        let wall = start.elapsed();
        // What it started may still hold its pipes.
        kill(&mut child);
        let bytes = |thread: thread::ScopedJoinHandle<'_, Vec<u8>>| thread.join().unwrap_or_default();
        Ok(Ended { status, stdout: bytes(output), stderr: bytes(errors), wall })
    })
}

fn drain(pipe: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What came before an error is what there is.
    let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
    bytes
}

fn wait(child: &mut Child, end: Instant) -> Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= end {
            kill(child);
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(POLL);
    }
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn own_group(_command: &mut Command) {}

/// Kills the process and, where there are groups, all that it started: a child that holds the pipes would keep us waiting.
fn kill(child: &mut Child) {
    #[cfg(unix)]
    if let Ok(group) = i32::try_from(child.id()).map(|id| id.to_string()) {
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{group}")]).stderr(Stdio::null()).status();
    }
    let _ = child.kill();
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn input_goes_in_and_output_comes_out() {
        let ended = run(sh("cat; echo problem >&2; exit 3"), b"words", Duration::from_secs(60)).unwrap();
        assert_eq!(
            (ended.status.unwrap().code(), &ended.stdout[..], &ended.stderr[..]),
            (Some(3), &b"words"[..], &b"problem\n"[..])
        );
    }

    #[test]
    fn one_that_does_not_end_is_killed_with_its_children() {
        let ended = run(sh("echo before; sleep 600 & sleep 600"), b"", Duration::from_millis(300)).unwrap();
        assert_eq!((ended.status, &ended.stdout[..]), (None, &b"before\n"[..]));
    }

    #[test]
    fn input_that_nobody_reads_is_no_error() {
        let ended = run(sh("exit 0"), &vec![b'x'; 1 << 20], Duration::from_secs(60)).unwrap();
        assert!(ended.status.unwrap().success());
    }
}
