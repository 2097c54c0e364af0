//! The program as a whole: modules in, outcomes out.
//!
//! With `RUNNER_WAMR_AOT=/path/to/runner-wamr-aot` the same guests are compiled ahead of time and run by that program.

mod ahead;
mod bad_input;
mod effects;
mod folders;
mod layout;
mod limits;
mod repeat;
mod support;
