//! How an instance ended, from what Wasmtime says.

use crate::state::State;
use runner_protocol::Ended;
use wasmtime::{Error, Result, Trap};
use wasmtime_wasi::{I32Exit, ResourceTableError};

/// Where something went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Making the instance.
    Instantiate,
    /// Running it.
    Execute,
}

/// How a guest with this `state` ended whose last step came to `result`: the exit code, or an error.
pub fn of(result: Result<i32>, step: Step, state: &State) -> Ended {
    let error = match result {
        Ok(code) => return Ended::Exit { code },
        Err(error) => error,
    };
    if let Some(ended) = state.output.ended() {
        return ended;
    }
    if let Some(I32Exit(code)) = error.downcast_ref() {
        return Ended::Exit { code: *code };
    }
    if let Some(ResourceTableError::Full) = error.downcast_ref() {
        return stopped("resource_count", "there are too many open resources");
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => stopped("fuel_count", "all fuel is used"),
        Some(trap) => Ended::Trap { reason: first_line(&trap.to_string()) },
        None if step == Step::Instantiate => not_made(&error, state),
        None => Ended::Trap { reason: cause(&error) },
    }
}

/// An instance that the host did not let come into being.
fn not_made(error: &Error, state: &State) -> Ended {
    let reason = cause(error);
    // Wasmtime counts instances, tables and memories itself, and has no type for it.
    let limit = if reason.starts_with("resource limit exceeded:") { Some("instance_count") } else { state.limiter.refused() };
    stopped(limit.unwrap_or("host"), &reason)
}

fn stopped(limit: &str, reason: &str) -> Ended {
    Ended::Stopped { limit: limit.into(), reason: reason.into() }
}

fn cause(error: &Error) -> String {
    first_line(&error.root_cause().to_string())
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().into()
}
