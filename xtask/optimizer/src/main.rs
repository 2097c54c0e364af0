//! Binaryen 116 behind a small command line.
fn main() {}
