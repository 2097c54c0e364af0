//! The program: reads the command line and the script, then listens until it is killed.

mod cli;

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;

use mock_api::{Mock, Options, Script};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mock-api: {}", error.trim_end());
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let serve = match cli::parse(std::env::args_os().skip(1)).map_err(|error| format!("{error}: see mock-api --help"))? {
        cli::Command::Help => return say(&cli::manual()),
        cli::Command::Serve(serve) => serve,
    };
    let text = std::fs::read_to_string(&serve.script).map_err(|error| format!("{}: {error}", serve.script.display()))?;
    let mut script = Script::from_toml(&text).map_err(|error| format!("{}: {error}", serve.script.display()))?;
    script.chunking = serve.modes.chunking.or(script.chunking);
    script.transfer = serve.modes.transfer.or(script.transfer);
    script.pause_ms = serve.modes.pause_ms.or(script.pause_ms);
    script.quirks.extend(&serve.modes.quirks);
    // First come those of the command line: the first of a kind counts.
    script.faults.splice(0..0, serve.modes.faults.iter().copied());

    let mock = start(&serve, script)?;
    if let Some(path) = &serve.port_file {
        write(path, &format!("{}\n", mock.port()))?;
    }
    say(&format!("listening on {}\n", mock.url()))?;
    loop {
        std::thread::park();
    }
}

#[cfg(feature = "tls")]
fn start(serve: &cli::Serve, script: Script) -> Result<Mock, String> {
    let options = Options { address: address(serve), record: serve.record.clone(), tls: serve.tls };
    let mock = Mock::start_with(options, script).map_err(|error| error.to_string())?;
    if let (Some(path), Some(pem)) = (&serve.ca_out, mock.ca_pem()) {
        write(path, pem)?;
    }
    Ok(mock)
}

#[cfg(not(feature = "tls"))]
fn start(serve: &cli::Serve, script: Script) -> Result<Mock, String> {
    if serve.tls {
        return Err("--tls: this program was built without the feature tls".to_string());
    }
    let options = Options { address: address(serve), record: serve.record.clone() };
    Mock::start_with(options, script).map_err(|error| error.to_string())
}

fn address(serve: &cli::Serve) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, serve.port))
}

/// Writes a file that is whole as soon as it is there.
fn write(path: &Path, text: &str) -> Result<(), String> {
    let part = path.with_added_extension("part");
    let done = std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, path));
    done.map_err(|error| format!("{}: {error}", path.display()))
}

fn say(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| format!("standard output: {error}"))
}
