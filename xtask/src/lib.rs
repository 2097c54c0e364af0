//! The toolkit behind `cargo xtask`: keeps a small WASI program small.
//!
//! `cmd -> shell -> data` and `cmd -> report -> analysis -> data`. Architecture invariant: `data`, `analysis` and
//! `report` have no effects, and `analysis` and `report` never import `shell`; a test holds it.

pub mod analysis;
pub mod cmd;
pub mod data;
pub mod report;
pub mod shell;
