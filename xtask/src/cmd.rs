//! One file per command: read, call, write.

pub mod alloc;
pub mod ci;
pub mod diff;
pub mod dist;
pub mod doctor;
mod gate;
pub mod init;
mod judging;
pub mod measure;
pub mod merge_driver;
pub mod pgo;
pub mod report;
pub mod run;
pub mod self_test;
pub mod size;
pub mod test;
