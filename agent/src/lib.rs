//! The core of the agent: no I/O.
