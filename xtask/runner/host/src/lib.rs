//! The sandbox that the runner puts around a guest, whatever the engine: folders, network, clocks, output, and the program around it.
//!
//! Nothing here knows how an engine calls a guest. What is granted comes from [`runner_protocol::Spec`] alone, and each guard that a test
//! switches off is named there.

pub mod clock;
pub mod failure;
pub mod job;
pub mod limits;
pub mod memory;
pub mod network;
pub mod output;
pub mod program;
pub mod tally;
pub mod wasi;
pub mod watch;
