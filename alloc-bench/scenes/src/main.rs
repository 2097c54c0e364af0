//! Real code whose allocations are recorded: runs the scene that is named and writes the log of all that was asked of the allocator. With `--list` it
//! names the scenes.
//!
//! Nothing of it is read from a file, so that the payloads themselves are not on the heap, and nothing depends on chance, so that a scene asks for the same
//! each time. `docs/reference/alloc-stats.md` has the form of the lines; they are written as the agent writes them.

mod build;
mod parse;
mod stream;
mod vectors;

use std::{
    fmt::Write as _,
    io::{self, Write},
    process::ExitCode,
};

/// What a scene does: it gives a number that depends on all that it computed.
type Scene = fn() -> Result<f64, String>;

/// What can be run, by name.
const SCENES: [(&str, Scene); 5] = [
    ("json-parse", parse::run),
    ("json-build", build::run),
    ("sse-stream", stream::run),
    ("vectors-kept", vectors::kept),
    ("vectors-dropped", vectors::dropped),
];

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    if name == "--list" {
        SCENES.iter().for_each(|(name, _)| println!("{name}"));
        return ExitCode::SUCCESS;
    }
    let Some((_, run)) = SCENES.into_iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = SCENES.iter().map(|(name, _)| *name).collect();
        eprintln!("alloc-scenes: there is no scene `{name}`: name one of {}", known.join(", "));
        return ExitCode::from(2);
    };
    let outcome = run();
    // What follows is not the scene's.
    let _paused = agent_allocator::pause();
    let told = match outcome {
        // The number is told so that nothing of the scene is optimized away.
        Ok(number) => writeln!(io::stderr(), "alloc-scenes: {name} came to {number}")
            .and_then(|()| write_log())
            .map_err(|error| error.to_string()),
        Err(reason) => Err(reason),
    };
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("alloc-scenes: {name} failed: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn write_log() -> io::Result<()> {
    let mut text = String::new();
    agent_allocator::log(&mut |piece| {
        text.push_str("alloc-log: ");
        for byte in piece {
            // A string takes all that is written to it.
            let _ = write!(text, "{byte:02x}");
        }
        text.push('\n');
    });
    io::stderr().write_all(text.as_bytes())
}
