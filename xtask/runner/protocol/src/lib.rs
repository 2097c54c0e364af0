//! What `cargo xtask` asks of the runner ([`Spec`]) and what the runner answers ([`Outcome`]), as JSON.
//!
//! The two are separate programs: the runner has the engines in it and takes minutes to compile, and what a guest does to its process must not
//! reach the one that judges it. `xtask` writes a specification to a file, starts `runner-KIND run FILE`, and reads one outcome from its stdout.

mod engine;
mod guard;
mod limits;
mod network;
mod outcome;
mod spec;

pub use engine::{Build, Engine};
pub use guard::Guard;
pub use limits::Limits;
pub use network::{Credential, Network, Timeouts};
pub use outcome::{Contact, Decision, Ended, Instance, MemorySample, Outcome, Phases, SCHEMA};
pub use spec::{Access, Folder, Repeat, Spec, Start};
