//! The WASI context of a guest: exactly what the specification grants, and clocks and random numbers that repeat.

use crate::{
    clock::Clock,
    output::{Output, Stream},
};
use anyhow::{Context, Result};
use runner_protocol::{Access, Folder, Guard, Spec};
use std::fs;
use wasmtime_wasi::{Deterministic, FsPerms, WasiCtxBuilder, p2::pipe::MemoryInputPipe};

/// Where a guest finds the folder that holds its first one, when [`Guard::Folders`] is off.
const OUTSIDE: &str = "/outside";
/// How many random bytes there are before they repeat.
const RANDOM_BYTES: usize = 4096;
/// The most random bytes that a guest gets in one call.
const RANDOM_CALL_BYTES: u64 = 1 << 20;

/// A context with the folders, the arguments, the environment and the standard input of `spec`, and nothing else of the host's: no sockets, no
/// lookup of names.
///
/// # Errors
/// A folder or the file of the standard input cannot be opened.
pub fn context(spec: &Spec, output: &Output, clock: &Clock) -> Result<WasiCtxBuilder> {
    let mut wasi = WasiCtxBuilder::new();
    wasi.args(&spec.arguments);
    for (name, value) in &spec.environment {
        wasi.env(name, value);
    }
    if let Some(path) = &spec.stdin {
        let bytes =
            fs::read(path).with_context(|| format!("cannot read {}: name an existing file as `stdin`", path.display()))?;
        wasi.stdin(MemoryInputPipe::new(bytes));
    }
    wasi.stdout(output.sink(Stream::Stdout)).stderr(output.sink(Stream::Stderr));
    wasi.wall_clock(clock.clone()).monotonic_clock(clock.clone());
    wasi.secure_random(random()).insecure_random(random()).insecure_random_seed(0).max_random_size(RANDOM_CALL_BYTES);
    // Files are read on the guest's own thread: another would cost more than most reads. One that never answers, such as a pipe that somebody left
    // in a folder, is what `crate::watch` is there for.
    wasi.allow_blocking_current_thread(true);
    for folder in folders(spec) {
        let perms = match folder.access {
            Access::Read => FsPerms::ReadOnly,
            Access::ReadWrite => FsPerms::ReadWrite,
        };
        let opened = wasi.preopened_dir(&folder.host, &folder.guest, perms).map_err(anyhow::Error::from);
        let wrong = "is it there, and are there file handles for so many instances?";
        opened.with_context(|| format!("cannot open {}, one of `folders`: {wrong}", folder.host.display()))?;
    }
    Ok(wasi)
}

/// The folders to open: those of `spec`, and what a guard that is off gives beyond them.
fn folders(spec: &Spec) -> Vec<Folder> {
    let is_off = |guard| spec.without_guards.contains(&guard);
    let mut folders = spec.folders.clone();
    if is_off(Guard::ReadOnly) {
        folders.iter_mut().for_each(|folder| folder.access = Access::ReadWrite);
    }
    let parent = spec.folders.first().and_then(|folder| folder.host.parent());
    if let (true, Some(parent)) = (is_off(Guard::Folders), parent) {
        folders.push(Folder { host: parent.into(), guest: OUTSIDE.into(), access: Access::ReadWrite });
    }
    folders
}

/// The same bytes in every run. No guest gets anything secret from them: keys are made by nobody here, and connections are the host's.
fn random() -> Deterministic {
    let mut state = 1u32;
    let bytes = (0..RANDOM_BYTES).map(|_| {
        // Numerical Recipes' linear congruential generator; its low bits are poor, the high ones will do.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    Deterministic::new(bytes.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use runner_protocol::Engine;

    #[test]
    fn guards_that_are_off_open_what_they_closed() {
        let mut spec = Spec::new(Engine::WasmtimeJit, "a.wasm", "", "out");
        spec.folders = vec![Folder { host: "/tmp/home".into(), guest: "/agent".into(), access: Access::Read }];
        assert_eq!(folders(&spec), spec.folders);
        spec.without_guards = vec![Guard::ReadOnly, Guard::Folders];
        let opened: Vec<_> = folders(&spec).into_iter().map(|folder| (folder.host, folder.guest, folder.access)).collect();
        let expected = [("/tmp/home", "/agent"), ("/tmp", OUTSIDE)];
        assert_eq!(opened, expected.map(|(host, guest)| (host.into(), guest.into(), Access::ReadWrite)));
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let mut spec = Spec::new(Engine::WasmtimeJit, "a.wasm", "", "out");
        spec.folders = vec![Folder { host: "/nowhere/at/all".into(), guest: "/agent".into(), access: Access::Read }];
        let error = context(&spec, &Output::new(&spec), &Clock::new()).err().expect("refused");
        assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
    }

    #[test]
    fn random_bytes_repeat_and_differ() {
        use wasmtime_wasi::Rng;
        let (mut one, mut other) = (random(), random());
        let drawn: Vec<u64> = (0..8).map(|_| one.next_u64()).collect();
        assert!(drawn.iter().all(|number| *number == other.next_u64()));
        assert!(drawn.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
