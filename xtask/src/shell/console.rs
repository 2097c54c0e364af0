//! The terminal: results on stdout, the log on stderr. A reader that goes away changes neither the work nor the exit code.

use crate::report::table::Form;
use anyhow::{Context, Result};
use std::io::{self, Write};
use terminal_size::{Width, terminal_size_of};

/// The form of a report on stdout: cut to the terminal's width, whole where there is none.
pub fn form() -> Form {
    Form::Text(terminal_size_of(io::stdout()).map_or(usize::MAX, |(Width(columns), _)| usize::from(columns)))
}

/// Prints a result. A closed pipe is no failure: the reader has seen enough, and the verdict stands.
///
/// # Errors
/// stdout cannot be written for another reason, such as a full disk.
pub fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write to stdout"),
    }
}

/// Prints a line to the log. Where stderr is gone, nobody is left to be told.
pub fn log(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// An error for a person: one line, then the numbered causes.
pub fn error_text(error: &anyhow::Error) -> String {
    let mut text = format!("error: {error}");
    let causes: Vec<String> = error.chain().skip(1).map(ToString::to_string).collect();
    if !causes.is_empty() {
        text.push_str("\n\nCaused by:");
        for (index, cause) in causes.iter().enumerate() {
            text.push_str(&format!("\n  {index}: {}", cause.replace('\n', "\n     ")));
        }
    }
    text
}
