//! The same vectors and queries give the same bytes: here, on every other machine, and as WASI.
#![cfg(feature = "hnsw")]

#[path = "../examples/repeat.rs"]
mod repeat;

#[test]
fn what_is_found_is_what_was_found_everywhere() {
    assert_eq!(repeat::report(), include_str!("repeat.txt"));
}
