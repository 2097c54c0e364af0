//! The real world, over `std`: files, standard streams and the home folder. What differs between native and WASI is in [`platform`].

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use agent::effects::{File, Host, Trouble};
use agent::session::Name;

#[cfg_attr(target_os = "wasi", path = "host/wasi.rs")]
#[cfg_attr(not(target_os = "wasi"), path = "host/native.rs")]
mod platform;

/// See the module.
pub struct StdHost;

impl Host for StdHost {
    fn read(&mut self, file: File<'_>, limit: usize) -> Result<Vec<u8>, Trouble> {
        let path = match file {
            File::Config(path) => PathBuf::from(path),
            File::DefaultConfig => home().ok_or(Trouble::Missing)?.join("config.json"),
            File::Session(name) => sessions().map_err(Trouble::Other)?.join(file_name(name)),
        };
        match fs::File::open(&path) {
            Ok(file) => read_up_to(file, limit).map_err(|error| Trouble::Other(at(&path, &error)))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Trouble::Missing),
            Err(error) => Err(Trouble::Other(at(&path, &error))),
        }
    }

    fn append(&mut self, session: &Name, bytes: &[u8]) -> Result<(), String> {
        let folder = sessions()?;
        platform::create_private_folder(&folder)
            .map_err(|error| [&at(&folder, &error), ", set AGENT_HOME to a folder that can be written"].concat())?;
        let path = folder.join(file_name(session));
        // One write of the whole turn: with O_APPEND the system then keeps it in one piece. `write_all` calls again only if the first call
        // was short, which on a local disk means that the disk is full.
        let file = platform::private_file().append(true).create(true).open(&path);
        file.and_then(|mut file| file.write_all(bytes)).map_err(|error| at(&path, &error))
    }

    fn input(&mut self, limit: usize) -> Result<Vec<u8>, Trouble> {
        read_up_to(io::stdin().lock(), limit).map_err(|error| Trouble::Other(error.to_string()))?
    }

    fn output(&mut self, text: &str) -> Result<(), String> {
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(&[text.as_bytes(), b"\n"].concat()).and_then(|()| stdout.flush());
        match written {
            // The reader has all it wanted, as in `agent --help | head -1`.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other.map_err(|error| error.to_string()),
        }
    }

    fn warn(&mut self, text: &str) {
        // One line, whatever a file name or an argument brought into it.
        let line: String = text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
        // Nothing is left to tell it to when standard error is closed.
        let _ = io::stderr().write_all(["agent: ", &line, "\n"].concat().as_bytes());
    }
}

fn home() -> Option<PathBuf> {
    env_path("AGENT_HOME").or_else(platform::default_home)
}

/// A variable that is set and not empty.
fn env_path(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn sessions() -> Result<PathBuf, String> {
    Ok(home().ok_or("there is no home folder, set AGENT_HOME")?.join("sessions"))
}

fn file_name(session: &Name) -> String {
    [session.as_str(), ".jsonl"].concat()
}

/// An error about `path`, in the words of the system, which never say which path it was.
fn at(path: &Path, error: &io::Error) -> String {
    [&path.to_string_lossy(), ": ", &error.to_string()].concat()
}

/// All of `from`, or the error of reading it, or the trouble that there is more than `limit` bytes.
fn read_up_to(from: impl Read, limit: usize) -> io::Result<Result<Vec<u8>, Trouble>> {
    let mut bytes = Vec::new();
    let one_more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    from.take(one_more).read_to_end(&mut bytes)?;
    Ok(if bytes.len() > limit { Err(Trouble::TooLarge) } else { Ok(bytes) })
}
