//! Reads a file that may be anything, and the twin beside it.

use crate::analysis::sections::{WasmError, looks_like};
use crate::data::exit::Failure;
use crate::shell::console;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The name that the pipeline gives to the module with names beside the file it ships.
const TWIN: &str = "twin.wasm";

/// The name that the pipeline gives to the linked module there.
const LINKED: &str = "linked.wasm";

/// The largest file that is read, in MiB. Reading and measuring take about three times that in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(pub u64);

impl Limit {
    /// What no wasm file that is meant to be small comes near.
    pub const DEFAULT: Limit = Limit(128);
}

/// A file to measure, and a file that may have the names for it.
#[derive(Clone, Debug)]
pub struct Input {
    /// As the user wrote it.
    pub path: PathBuf,
    /// Its contents.
    pub bytes: Vec<u8>,
    /// The contents of its twin: the given one, else `twin.wasm` beside it. Nobody has looked into it yet.
    pub twin: Option<Vec<u8>>,
    /// The contents of `linked.wasm` beside it: what the optimizer was given.
    pub linked: Option<Vec<u8>>,
}

impl Input {
    /// Reads `path` and its twin.
    ///
    /// A twin that was asked for must be readable; for one that only lies there, a line on stderr says that it is not.
    pub fn read(path: &Path, twin: Option<&Path>, limit: Limit) -> anyhow::Result<Self> {
        let bytes = read(path, limit)?;
        let twin = match (twin, beside(path)) {
            (Some(twin), _) => Some(read(twin, limit)?),
            (None, None) => None,
            (None, Some(twin)) => match read(&twin, limit) {
                Ok(twin) => Some(twin),
                Err(failure) => {
                    console::log(&format!("warning: the twin is not used: {failure}"));
                    None
                }
            },
        };
        let linked = path.with_file_name(LINKED);
        let linked = if linked.is_file() && linked != path { read(&linked, limit).ok() } else { None };
        Ok(Self { path: path.to_owned(), bytes, twin, linked })
    }

    /// The twin as the analyses want it.
    pub fn twin(&self) -> Option<&[u8]> {
        self.twin.as_deref()
    }

    /// What to tell about a file that is not wasm: what it looks like if it is something else, else what is wrong and where.
    pub fn refusal(&self, error: &WasmError) -> Failure {
        let path = self.path.display();
        Failure::usage(match looks_like(&self.bytes) {
            Some("empty") => format!("{path} is empty: build it again, and measure the file when it is finished"),
            Some(what) => format!("{path} is not wasm: it is {what}"),
            None => format!("{path} is wasm that is cut off or damaged: {error}; `wasm-tools validate` may tell more"),
        })
    }
}

/// `twin.wasm` in the folder of `path`, if it is there and not `path` itself.
fn beside(path: &Path) -> Option<PathBuf> {
    let twin = path.with_file_name(TWIN);
    (path.file_name()? != TWIN && twin.is_file()).then_some(twin)
}

/// The contents of `path`, which are never read beyond the limit, whatever the file says its length is.
fn read(path: &Path, limit: Limit) -> Result<Vec<u8>, Failure> {
    let shown = path.display();
    let unreadable = |error: io::Error| {
        Failure::usage(match error.kind() {
            io::ErrorKind::NotFound => format!("there is no file {shown}: check the path, or build it first"),
            io::ErrorKind::PermissionDenied => format!("{shown} may not be read: change its permissions"),
            _ => format!("cannot read {shown}: {error}"),
        })
    };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(Failure::usage(format!("{shown} is a folder: name a .wasm file in it")));
    }
    let max = limit.0.saturating_mul(1 << 20);
    if metadata.len() > max {
        return Err(too_large(path, metadata.len().div_ceil(1 << 20), limit));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(max.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    // A pipe or device has no length until it is read.
    if bytes.len() as u64 > max { Err(too_large(path, limit.0 + 1, limit)) } else { Ok(bytes) }
}

fn too_large(path: &Path, mib: u64, limit: Limit) -> Failure {
    let path = path.display();
    Failure::usage(format!("{path} has {mib} MiB or more, and {} MiB is the limit: raise it with `--max-mib {mib}`", limit.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twin_beside_the_file_is_found_unless_it_is_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let [file, twin] = ["a.wasm", TWIN].map(|name| folder.path().join(name));
        std::fs::write(&file, "a").unwrap();
        assert_eq!(Input::read(&file, None, Limit::DEFAULT).unwrap().twin, None);
        std::fs::write(&twin, "t").unwrap();
        assert_eq!(Input::read(&file, None, Limit::DEFAULT).unwrap().twin(), Some(&b"t"[..]));
        assert_eq!(Input::read(&twin, None, Limit::DEFAULT).unwrap().twin, None);
        assert_eq!(Input::read(&file, Some(&file), Limit::DEFAULT).unwrap().twin(), Some(&b"a"[..]));
    }

    #[test]
    fn a_file_is_refused_by_its_length_before_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.wasm");
        std::fs::File::create(&path).unwrap().set_len(200 << 20).unwrap();
        let failure = read(&path, Limit::DEFAULT).unwrap_err();
        assert!(failure.message.contains("200 MiB") && failure.message.contains("--max-mib 200"), "{failure}");
        let failure = read(&path, Limit(199)).unwrap_err();
        assert!(failure.message.contains("199 MiB is the limit"), "{failure}");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_without_an_end_is_read_up_to_the_limit_only() {
        let failure = read(Path::new("/dev/zero"), Limit(1)).unwrap_err();
        assert!(failure.message.contains("--max-mib 2"), "{failure}");
    }
}
