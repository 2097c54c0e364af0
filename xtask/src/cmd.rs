//! One file per command: read, call, write.

pub mod doctor;
pub mod size;
pub mod test;
