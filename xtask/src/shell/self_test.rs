//! The gate's test of itself: a scratch copy of the workspace, other tools, and the gate as a process of its own.

pub mod copy;
pub mod gate;
pub mod repository;
pub mod sources;
pub mod tools;
