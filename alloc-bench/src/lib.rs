//! Allocators under measurement: what they are made to do (workloads), how it is replayed, and what they are certified for.
//!
//! The part that runs in the guest neither allocates nor needs `std`: nothing but the workload touches the heap that is measured.
//!
//! ```text
//! workload (seeded, or a recorded trace) -> Request on stdin -> guest: replay or certify -> one line of JSON
//! ```

#![cfg_attr(target_os = "wasi", no_std)]

pub mod certify;
pub mod heap;
pub mod op;
pub mod random;
pub mod replay;
pub mod request;
#[cfg(not(target_os = "wasi"))]
pub mod trace;
#[cfg(not(target_os = "wasi"))]
pub mod workload;
