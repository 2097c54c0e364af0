//! Running a granted command: no shell, no input, few variables, an end in time, and nothing of it left behind.
//!
//! What this cannot hold: a command that makes a session of its own (`setsid`) leaves its process group and is not killed with it.

use std::format;
use std::io::{self, PipeReader, Read};
#[cfg(unix)]
use std::os::unix::fs::MetadataExt;
#[cfg(unix)]
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::string::{String, ToString};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};
use std::vec;
use std::vec::Vec;

use crate::effects::Ran;
use captured::Captured;

#[path = "exec/captured.rs"]
mod captured;

/// The variables that a command gets as they are, if they are set. `PATH` is fixed, everything else is left out.
const PASSED: [&str; 4] = ["LANG", "LC_ALL", "TZ", "TMPDIR"];
/// Where a command finds others.
const PATH: &str = "/usr/bin:/bin";
/// How long the output is waited for after the command has ended: something that it started may hold it open.
const GRACE: Duration = Duration::from_secs(1);
/// How often it is looked at whether the command has ended.
const STEP: Duration = Duration::from_millis(5);

/// Runs `argv` in `folder` for at most `time_ms`. The error says why it did not start.
pub fn run(folder: &Path, argv: &[String], time_ms: u64) -> Result<Ran, String> {
    let (program, arguments) = argv.split_first().ok_or("there is no command")?;
    let real = trusted(folder, program)?;
    let failed = |error: io::Error| format!("{program} cannot be run: {error}");
    let (reader, writer) = io::pipe().map_err(failed)?;
    let pieces = read(reader).map_err(failed)?;
    // The file that was looked at is the one that runs, under the name that was asked for, which some programs go by.
    let mut command = Command::new(&real);
    #[cfg(unix)]
    command.arg0(program).process_group(0);
    command.args(arguments).current_dir(folder).env_clear().env("PATH", PATH).stdin(Stdio::null());
    command.envs(PASSED.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    // One pipe for both streams keeps what they say in order.
    command.stdout(writer.try_clone().map_err(failed)?).stderr(writer);
    let child = command.spawn().map_err(failed)?;
    // It holds this side's ends of the pipe for writing; without that the end of the output never comes.
    drop(command);
    Running { child, pieces, output: Captured::default() }.finish(Duration::from_millis(time_ms))
}

/// The file that `program` is, if the model cannot have written it.
fn trusted(folder: &Path, program: &str) -> Result<PathBuf, String> {
    let path = Path::new(program);
    if !path.is_absolute() {
        return Err(format!("{program} cannot be run: the program must be an absolute path"));
    }
    let failed = |error: io::Error| format!("{program} cannot be run: {error}");
    let folder = folder.canonicalize().map_err(failed)?;
    let real = path.canonicalize().map_err(failed)?;
    // Neither the file itself, nor a link to it, nor a folder on the way as it was written.
    let above = path.parent().unwrap_or(path).canonicalize().map_err(failed)?;
    if [real.as_path(), &above, path].into_iter().any(|path| is_in(path, &folder)) {
        return Err(format!("{program} cannot be run: it is in the workspace, where it could have been written by a tool"));
    }
    Ok(real)
}

/// Whether `path` leads through `folder`, whatever name it has there.
fn is_in(path: &Path, folder: &Path) -> bool {
    #[cfg(unix)]
    let same = |above: &Path| {
        let identity = |path: &Path| path.metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()));
        identity(above).is_some_and(|above| Some(above) == identity(folder))
    };
    #[cfg(not(unix))]
    let same = |above: &Path| above == folder;
    path.starts_with(folder) || path.ancestors().any(same)
}

/// Reads in a thread, because a read cannot be told to stop. If nobody takes the pieces any more the thread ends with the next of them.
fn read(mut from: PipeReader) -> io::Result<Receiver<Vec<u8>>> {
    let (send, pieces) = sync_channel(1);
    thread::Builder::new().spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match from.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(length @ 1..) if send.send(buffer.get(..length).unwrap_or_default().to_vec()).is_ok() => {}
                _ => return,
            }
        }
    })?;
    Ok(pieces)
}

/// A command that has been started.
struct Running {
    child: Child,
    pieces: Receiver<Vec<u8>>,
    output: Captured,
}

impl Running {
    fn finish(mut self, time: Duration) -> Result<Ran, String> {
        let started = Instant::now();
        let mut in_time = true;
        let mut ended = false;
        while !ended && in_time {
            self.take(STEP);
            // In this order: a command that has ended by itself has not been stopped.
            ended = has_ended(&mut self.child);
            in_time = started.elapsed() < time;
        }
        if ended {
            self.drain();
        }
        // As long as the child has not been waited for, its number cannot belong to anybody else.
        kill(&mut self.child);
        let status = self.child.wait().map_err(|error| error.to_string())?;
        self.drain();
        let end = if ended { end_of(status) } else { format!("stopped after {}", time_text(time)) };
        Ok(Ran { end, success: ended && status.success(), output: self.output.finish() })
    }

    /// Takes what comes within `time`. Whether there can be more.
    fn take(&mut self, time: Duration) -> bool {
        match self.pieces.recv_timeout(time) {
            Ok(piece) => self.output.add(&piece),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                thread::sleep(time);
                return false;
            }
        }
        true
    }

    /// Takes the rest of the output, as far as it comes soon.
    fn drain(&mut self) {
        let until = Instant::now() + GRACE;
        while Instant::now() < until && self.take(STEP) {}
    }
}

/// Whether the child has ended. It is not waited for yet, which would give its number away.
#[cfg(all(unix, not(any(target_os = "openbsd", target_os = "redox"))))]
fn has_ended(child: &mut Child) -> bool {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    // An error means that there is no such child, so nothing is to be waited for.
    waitid(WaitId::Pid(Pid::from_child(child)), options).map_or(true, |status| status.is_some())
}

#[cfg(not(all(unix, not(any(target_os = "openbsd", target_os = "redox")))))]
fn has_ended(child: &mut Child) -> bool {
    child.try_wait().map_or(true, |status| status.is_some())
}

/// Kills the child and, where there are groups, all that it started.
fn kill(child: &mut Child) {
    // It may have ended by itself, which is as good.
    #[cfg(unix)]
    let _ = rustix::process::kill_process_group(rustix::process::Pid::from_child(child), rustix::process::Signal::KILL);
    #[cfg(not(unix))]
    let _ = child.kill();
}

fn end_of(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = status.signal() {
        return format!("signal {signal}");
    }
    status.code().map_or_else(|| "no exit code".to_string(), |code| format!("exit code {code}"))
}

fn time_text(time: Duration) -> String {
    if time.subsec_millis() == 0 { format!("{} s", time.as_secs()) } else { format!("{} ms", time.as_millis()) }
}

#[cfg(all(test, unix))]
#[path = "exec/tests.rs"]
mod tests;
