//! What a guest can import: WASI 0.2 without sockets, and HTTP if it is granted.

use crate::{state::State, waiting};
use wasmtime::{
    Engine, Result,
    component::{HasData, Linker, ResourceTable},
};
use wasmtime_wasi::{
    cli::{WasiCli, WasiCliView},
    clocks::{WasiClocks, WasiClocksView},
    filesystem::{WasiFilesystem, WasiFilesystemView},
    p2::bindings::{cli, clocks, filesystem, random},
    random::{WasiRandom, WasiRandomView},
};
use wasmtime_wasi_io::bindings::wasi::io;

/// Whether `wasi:http` is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Http {
    /// It is.
    Linked,
    /// It is not: a component that imports it does not start.
    Missing,
}

/// The linker for all guests of a job.
///
/// # Errors
/// Two interfaces have one name.
pub fn linker(engine: &Engine, http: Http) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    streams(&mut linker)?;
    command_line(&mut linker)?;
    let l = &mut linker;
    clocks::wall_clock::add_to_linker::<State, WasiClocks>(l, State::clocks)?;
    waiting::link(l)?;
    filesystem::types::add_to_linker::<State, WasiFilesystem>(l, State::filesystem)?;
    filesystem::preopens::add_to_linker::<State, WasiFilesystem>(l, State::filesystem)?;
    random::random::add_to_linker::<State, WasiRandom>(l, State::random)?;
    random::insecure::add_to_linker::<State, WasiRandom>(l, State::random)?;
    random::insecure_seed::add_to_linker::<State, WasiRandom>(l, State::random)?;
    if http == Http::Linked {
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(l)?;
    }
    Ok(linker)
}

fn command_line(l: &mut Linker<State>) -> Result<()> {
    cli::environment::add_to_linker::<State, WasiCli>(l, State::cli)?;
    cli::exit::add_to_linker::<State, WasiCli>(l, State::cli)?;
    cli::stdin::add_to_linker::<State, WasiCli>(l, State::cli)?;
    cli::stdout::add_to_linker::<State, WasiCli>(l, State::cli)?;
    cli::stderr::add_to_linker::<State, WasiCli>(l, State::cli)?;
    cli::terminal_input::add_to_linker::<State, WasiCli>(l, State::cli)?;
    cli::terminal_output::add_to_linker::<State, WasiCli>(l, State::cli)?;
    cli::terminal_stdin::add_to_linker::<State, WasiCli>(l, State::cli)?;
    cli::terminal_stdout::add_to_linker::<State, WasiCli>(l, State::cli)?;
    cli::terminal_stderr::add_to_linker::<State, WasiCli>(l, State::cli)
}

/// Streams and pollables work on the table alone.
struct Table;

impl HasData for Table {
    type Data<'a> = &'a mut ResourceTable;
}

fn streams(l: &mut Linker<State>) -> Result<()> {
    io::error::add_to_linker::<State, Table>(l, |state| &mut state.table)?;
    io::poll::add_to_linker::<State, Table>(l, |state| &mut state.table)?;
    io::streams::add_to_linker::<State, Table>(l, |state| &mut state.table)
}
