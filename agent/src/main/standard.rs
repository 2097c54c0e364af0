//! How a program with `std` starts.

use std::process::ExitCode;

use agent::failure::{Exit, Failure};

pub(crate) fn main() -> ExitCode {
    ExitCode::from(super::start(arguments()))
}

/// The arguments after the program's name, all of which have to be UTF-8.
fn arguments() -> Result<Vec<String>, Failure> {
    let mut args = Vec::new();
    for arg in std::env::args_os().skip(1) {
        match arg.into_string() {
            Ok(arg) => args.push(arg),
            Err(arg) => {
                return Err(Failure::new(
                    Exit::Usage,
                    "an argument is not UTF-8, {}: write it in UTF-8",
                    &[&arg.to_string_lossy()],
                ));
            }
        }
    }
    Ok(args)
}
