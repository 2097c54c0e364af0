//! One file per command: read, call, write.

pub mod diff;
pub mod doctor;
pub mod measure;
pub mod size;
pub mod test;
