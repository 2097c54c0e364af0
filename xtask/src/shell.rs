//! EFFECTS: processes, files, the network, the clock.

pub mod adr;
pub mod base;
pub mod baselines;
pub mod cargo;
pub mod certify;
pub mod console;
pub mod git;
pub mod hello;
pub mod matrix;
pub mod optimizer;
pub mod pipeline;
pub mod process;
pub mod progress;
pub mod provenance;
pub mod runner;
pub mod rustflags;
pub mod scene;
pub mod sources;
pub mod store;
pub mod target;
pub mod toolchain;
pub mod wamr;
pub mod wasmtime;
pub mod workspace;
