//! PURE text: plain values in, strings out.

pub mod doctor;
pub mod size;
pub mod table;
pub mod timings;
