//! Links WAMR's runtime for compiled modules, which `cargo xtask run` has built by cmake (xtask/src/shell/wamr/aot.rs).

use std::{env, path::PathBuf};

/// The environment variable that names the folder of `libiwasm.a`.
const LIBRARY: &str = "RUNNER_WAMR_AOT_LIBRARY_DIR";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={LIBRARY}");
    println!("cargo::rustc-check-cfg=cfg(has_library)");
    // Without it the crate still checks, and its program says what is missing.
    let Some(folder) = env::var_os(LIBRARY).filter(|folder| !folder.is_empty()).map(PathBuf::from) else { return };
    let library = folder.join("libiwasm.a");
    assert!(library.is_file(), "{LIBRARY} names {}, which has no libiwasm.a: let `cargo xtask run` build it", folder.display());
    println!("cargo::rerun-if-changed={}", library.display());
    println!("cargo::rustc-cfg=has_library");
    println!("cargo::rustc-link-search=native={}", folder.display());
    println!("cargo::rustc-link-lib=static=iwasm");
    for system in ["m", "dl", "pthread"] {
        println!("cargo::rustc-link-lib=dylib={system}");
    }
}
