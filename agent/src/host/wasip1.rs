//! WASI preview 1: `/agent` and the workspace are folders that the host grants. There is no HTTP in this interface, so the host carries it
//! over the standard streams, if it says that it can: see [`channel`](super::channel).

use std::io::{BufReader, Stdin, Stdout};
use std::string::String;
use std::vec::Vec;

use super::channel::Channel;
use super::streams;
use crate::effects::Trouble;
use crate::http::{Head, Request};

#[path = "wasip1/files.rs"]
mod files;
#[path = "wasip1/workspace.rs"]
mod workspace;

#[cfg(feature = "memory-flat")]
pub(super) use files::{Claim, try_claim};
pub(super) use files::{append, check_own, check_private, claim, create_private_folder, default_home, private_file, run};
pub(super) use workspace::Workspace;

/// The host's end of the standard streams, if it carries effects.
pub(super) struct Platform {
    channel: Option<Channel<BufReader<Stdin>, Stdout>>,
}

impl Default for Platform {
    fn default() -> Platform {
        let carries = std::env::var_os("AGENT_EFFECTS").is_some_and(|value| value == "jsonl");
        Platform { channel: carries.then(|| Channel::new(BufReader::new(std::io::stdin()), std::io::stdout())) }
    }
}

const NO_CHANNEL: &str =
    "a WASI preview 1 build reaches the network through its host, and this host did not set AGENT_EFFECTS=jsonl";

impl Platform {
    pub(super) fn input(&mut self, limit: usize) -> Result<Vec<u8>, Trouble> {
        match &mut self.channel {
            None => streams::input(limit),
            Some(channel) => channel.input(limit),
        }
    }

    pub(super) fn line(&mut self, limit: usize) -> Result<Option<Vec<u8>>, Trouble> {
        match &mut self.channel {
            None => streams::line(limit),
            Some(channel) => channel.line(limit),
        }
    }

    pub(super) fn output(&mut self, text: &str) -> Result<(), String> {
        match &mut self.channel {
            None => streams::output(text),
            Some(channel) => channel.output(text),
        }
    }

    pub(super) fn send(&mut self, request: &Request<'_>) -> Result<Head, String> {
        self.channel.as_mut().ok_or(NO_CHANNEL)?.send(request)
    }

    pub(super) fn receive(&mut self) -> Result<Option<Vec<u8>>, String> {
        self.channel.as_mut().ok_or(NO_CHANNEL)?.receive()
    }

    /// The time matters only to exchanges, which the channel has to be there for.
    pub(super) fn now_ms(&mut self) -> u64 {
        self.channel.as_mut().map_or(0, Channel::now_ms)
    }

    pub(super) fn sleep_ms(&mut self, time_ms: u64) {
        if let Some(channel) = &mut self.channel {
            channel.sleep_ms(time_ms);
        }
    }

    /// From the clock: it spreads retries, and is used for nothing else.
    pub(super) fn random(&mut self) -> u64 {
        self.now_ms()
    }
}
