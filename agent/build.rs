//! Turns `Component.toml`, which people edit, into the JSON that the agent reads, so that it needs no reader of TOML; and asks for a small stack.

use std::path::Path;
use std::{env, fs};

/// Nothing here recurses deeper than JSON may nest (64). The default of 1 MiB would be most of the memory of an idle agent.
const STACK_BYTES: u32 = 128 * 1024;

fn main() {
    println!("cargo:rerun-if-changed=Component.toml");
    println!("cargo:rerun-if-changed=build.rs");
    let text = fs::read_to_string("Component.toml").expect("Component.toml is beside Cargo.toml");
    let mut manifest: toml::Table = toml::from_str(&text).unwrap_or_else(|error| panic!("Component.toml: {error}"));
    // A build without a memory declares none, and does not know the word.
    if env::var_os("CARGO_FEATURE_MEMORY_FLAT").is_none() {
        manifest.remove("memory");
    }
    let json = serde_json::to_string(&manifest).expect("a table of lists is JSON");
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("component.json"), json).expect("OUT_DIR can be written");
    if env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo:rustc-link-arg-bins=-zstack-size={STACK_BYTES}");
    }
}
