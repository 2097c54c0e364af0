//! Runs a gate as a process of this tool: what it says goes on to the log, what it measured comes back.

use super::console;
use crate::{
    data::{
        ci::{GateRun, GateState},
        comment::GateName,
        exit::{Exit, Failure},
        share::Share,
    },
    shell::process::error_line,
};
use anyhow::{Context, Result};
use std::{
    env,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{ChildStderr, Command, ExitStatus, Stdio},
    thread,
};

/// Judges a share of a gate and gives what came of it.
///
/// # Errors
/// This tool cannot start itself.
pub fn judge(gate: GateName, share: Share, policy: Option<&Path>, more: &[String]) -> Result<GateState> {
    let mut command = Command::new(env::current_exe().context("cannot tell where this tool lies")?);
    command.args([gate.name(), "--check", "--json", "--share", &share_of(gate, share).to_string()]).args(more);
    if let Some(policy) = policy {
        command.arg("--policy").arg(policy);
    }
    let cure = || Failure::tool(format!("cannot start `cargo xtask {gate}`: build the tool again"));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().with_context(cure)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let echo = thread::spawn(move || stderr.map(echoed).unwrap_or_default());
    let mut text = Vec::new();
    if let Some(mut stdout) = stdout {
        stdout.read_to_end(&mut text).with_context(cure)?;
    }
    let status = child.wait().with_context(cure)?;
    Ok(state(gate, status, &text, &echo.join().unwrap_or_default()))
}

/// Programs are few and take long: the first is the last machine's.
fn share_of(gate: GateName, share: Share) -> Share {
    if gate == GateName::Pgo { share.mirrored() } else { share }
}

/// Shows each line at once, and gives the one that says what went wrong.
fn echoed(stderr: ChildStderr) -> String {
    let mut said = String::new();
    let mut lines = BufReader::new(stderr);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        let text = String::from_utf8_lossy(&line);
        console::log(text.trim_end());
        if let Some(error) = error_line(&text) {
            said = error.strip_prefix("error: ").unwrap_or(error).to_string();
        }
        line.clear();
    }
    said
}

fn state(gate: GateName, status: ExitStatus, text: &[u8], said: &str) -> GateState {
    let broke = |exit: Exit, error: String| GateState::Broke { exit_code: exit as u8, error };
    let exit = match status.code() {
        Some(0) => Exit::Pass,
        Some(1) => Exit::Verdict,
        Some(2) => return broke(Exit::Usage, said.into()),
        Some(3) => return broke(Exit::Tool, said.into()),
        Some(4) => Exit::Invalid,
        _ => return broke(Exit::Invalid, format!("it did not end by itself ({status}): {said}")),
    };
    match parse(gate, text) {
        Ok(run) => GateState::Ended { exit_code: exit as u8, run: Box::new(run) },
        Err(_) if exit == Exit::Invalid && !said.is_empty() => broke(Exit::Invalid, said.into()),
        Err(error) => broke(Exit::Invalid, format!("it left no run ({error})")),
    }
}

fn parse(gate: GateName, text: &[u8]) -> Result<GateRun, serde_json::Error> {
    Ok(match gate {
        GateName::Size => GateRun::Size(serde_json::from_slice(text)?),
        GateName::Run => GateRun::Run(serde_json::from_slice(text)?),
        GateName::Alloc => GateRun::Alloc(serde_json::from_slice(text)?),
        GateName::Pgo => GateRun::Pgo(serde_json::from_slice(text)?),
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    #[test]
    fn what_is_no_verdict_is_not_taken_for_one() {
        let of = |code: i32, text: &str, said: &str| match state(
            GateName::Size,
            ExitStatus::from_raw(code << 8),
            text.as_bytes(),
            said,
        ) {
            GateState::Broke { exit_code, error } => (exit_code, error),
            other => panic!("{other:?}"),
        };
        assert_eq!(of(3, "", "no wasm-opt"), (3, "no wasm-opt".into()));
        assert_eq!(of(2, "{}", "a bad policy"), (2, "a bad policy".into()));
        assert!(of(0, "", "").1.contains("left no run"), "a pass without a run is none");
        assert_eq!(of(4, "", "nothing was counted"), (4, "nothing was counted".into()));
        assert!(of(101, "", "a panic").1.contains("did not end by itself"));
    }
}
