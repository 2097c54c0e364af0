//! The program with compilers, on small components: each way to end, each limit with its guard on and off, and what cannot be run at all.

#![cfg(feature = "jit")]

mod ahead;
mod common;
mod ends;
mod guests;
mod limits;
mod refused;
mod repeats;
