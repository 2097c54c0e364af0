//! A process with an end: its input is given, its output is taken, and after a time it is killed with all that it started.

mod memory;

use crate::data::exit::Failure;
use anyhow::{Context, Result};
use std::{
    io::{Read, Write},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

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
    /// Its resident memory at its highest, in bytes, if that was asked for and the system tells it.
    pub peak_bytes: Option<u64>,
    /// Whether something that it started was still there, and was killed.
    pub left_behind: bool,
}

/// Whether the memory of a process is looked at while it runs, which takes a core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Watch {
    /// It is left alone, to be timed.
    #[default]
    Nothing,
    /// Its peak is read again and again: what it takes in its last moment is missed.
    Memory,
}

/// Runs `command` with `stdin`, for at most `deadline`.
///
/// # Errors
/// It could not be started.
pub fn run(command: Command, stdin: &[u8], deadline: Duration) -> Result<Ended> {
    run_watched(command, stdin, deadline, Watch::Nothing)
}

/// Runs `command` with `stdin`, for at most `deadline`, and looks at its memory if that is wanted.
///
/// # Errors
/// It could not be started.
pub fn run_watched(mut command: Command, stdin: &[u8], deadline: Duration, watch: Watch) -> Result<Ended> {
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
        let (id, ended) = (child.id(), Arc::new(AtomicBool::new(false)));
        let peak = (watch == Watch::Memory).then(|| {
            scope.spawn({
                let ended = Arc::clone(&ended);
                move || memory::peak_bytes(id, &ended)
            })
        });
        let status = wait(&mut child, deadline)?;
        let wall = start.elapsed();
        ended.store(true, Ordering::Relaxed);
        // What it started may still hold its pipes.
        let left_behind = kill(&mut child);
        let bytes = |thread: thread::ScopedJoinHandle<'_, Vec<u8>>| thread.join().unwrap_or_default();
        let peak_bytes = peak.and_then(|thread| thread.join().ok().flatten());
        Ok(Ended { status, stdout: bytes(output), stderr: bytes(errors), wall, peak_bytes, left_behind })
    })
}

fn drain(pipe: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What came before an error is what there is.
    let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
    bytes
}

/// Waits for the end without looking again and again: times are taken here, and a sleep between two looks would be part of them.
#[cfg(unix)]
fn wait(child: &mut Child, deadline: Duration) -> Result<Option<ExitStatus>> {
    let (id, (ended, over)) = (child.id(), mpsc::channel::<()>());
    thread::scope(|scope| {
        let watchdog = scope.spawn(move || {
            let late = over.recv_timeout(deadline) == Err(mpsc::RecvTimeoutError::Timeout);
            if late {
                kill_group(id);
            }
            late
        });
        let status = child.wait()?;
        drop(ended);
        Ok((!watchdog.join().unwrap_or(false)).then_some(status))
    })
}

#[cfg(not(unix))]
fn wait(child: &mut Child, deadline: Duration) -> Result<Option<ExitStatus>> {
    let end = Instant::now() + deadline;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= end {
            kill(child);
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(2));
    }
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn own_group(_command: &mut Command) {}

/// Kills the process and, where there are groups, all that it started: a child that holds the pipes would keep us waiting. Says whether there was any.
fn kill(child: &mut Child) -> bool {
    #[cfg(unix)]
    let left = kill_group(child.id());
    #[cfg(not(unix))]
    let left = false;
    let _ = child.kill();
    left
}

/// Whether the group had anybody in it.
#[cfg(unix)]
fn kill_group(id: u32) -> bool {
    let killed = Command::new("kill").args(["-KILL", "--", &format!("-{id}")]).stderr(Stdio::null()).status();
    killed.is_ok_and(|status| status.success())
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
    fn what_is_left_behind_is_told() {
        let left = |script| run(sh(script), b"", Duration::from_secs(60)).unwrap().left_behind;
        assert!(left("sleep 600 >/dev/null 2>&1 & exit 0") && !left("exit 0"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_memory_of_one_that_is_watched_is_known() {
        let ended = run_watched(sh("sleep 0.1"), b"", Duration::from_secs(60), Watch::Memory).unwrap();
        assert!(ended.peak_bytes.is_some_and(|bytes| (1 << 16..1 << 30).contains(&bytes)), "{ended:?}");
    }

    #[test]
    fn input_that_nobody_reads_is_no_error() {
        let ended = run(sh("exit 0"), &vec![b'x'; 1 << 20], Duration::from_secs(60)).unwrap();
        assert!(ended.status.unwrap().success());
    }
}
