//! The rules about features, asked of cargo itself: which builds are refused, with which words, and which are not.

use std::path::Path;
use std::process::Command;

const ALL: [&str; 5] = ["dlmalloc", "talc", "rlsf", "lol", "leak"];

/// `cargo check` of this crate, in a target folder of its own so that it never waits for the build that runs this test.
/// Gives whether it passed, and what it said.
fn check(features: &str, target: Option<&str>) -> (bool, String) {
    let mut cargo = Command::new(std::env::var_os("CARGO").expect("cargo sets CARGO for tests"));
    cargo
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["check", "--quiet", "--locked", "--color=never", "--lib", "--features", features])
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("features"));
    if let Some(target) = target {
        cargo.args(["--target", target]);
    }
    let output = cargo.output().expect("cargo runs");
    (output.status.success(), String::from_utf8(output.stderr).expect("cargo writes UTF-8"))
}

#[test]
fn two_at_once_are_refused_by_name() {
    for (at, first) in ALL.iter().enumerate() {
        for second in &ALL[at + 1..] {
            let (passed, said) = check(&format!("{first},{second}"), Some("wasm32-wasip1"));
            assert!(!passed, "{first} with {second} compiled");
            let wanted = format!("the features `{first}` and `{second}` are both on");
            assert!(said.contains(&wanted), "{first} with {second} said: {said}");
            assert_eq!(said.matches("error: agent-allocator").count(), 1, "{first} with {second} said: {said}");
            assert!(!said.contains("cannot define multiple global allocators"), "{said}");
        }
    }
}

#[test]
fn each_one_compiles_on_both_wasi_targets() {
    for target in ["wasm32-wasip1", "wasm32-wasip2"] {
        for feature in ALL.iter().chain(&["default"]) {
            let (passed, said) = check(feature, Some(target));
            assert!(passed, "{feature} on {target} said: {said}");
        }
    }
}

#[cfg(unix)]
#[test]
fn native_takes_those_that_do_not_grow_wasm_memory() {
    for feature in ["default", "dlmalloc", "rlsf"] {
        let (passed, said) = check(feature, None);
        assert!(passed, "{feature} said: {said}");
    }
    for feature in ["talc", "lol", "leak"] {
        let (passed, said) = check(feature, None);
        assert!(!passed, "{feature} compiled natively");
        assert!(said.contains(&format!("agent-allocator: `{feature}` ")), "{feature} said: {said}");
        assert!(said.contains("on this target use `dlmalloc`, `rlsf` or no feature"), "{feature} said: {said}");
    }
}

/// Around each allocator and around what the target gives, with std and without.
#[test]
fn tracing_compiles_with_every_kind_of_program() {
    for (features, target) in [
        ("alloc-tracing", None),
        ("alloc-tracing,dlmalloc", None),
        ("alloc-tracing,c-heap", Some("wasm32-wasip1")),
        ("alloc-tracing,c-heap,talc", Some("wasm32-wasip1")),
        ("alloc-tracing,c-heap,leak", Some("wasm32-wasip1")),
        ("alloc-tracing,libc", Some("wasm32-wasip2")),
        ("alloc-tracing,libc,rlsf", Some("wasm32-wasip2")),
        ("alloc-tracing,libc,lol", Some("wasm32-wasip2")),
    ] {
        let (passed, said) = check(features, target);
        assert!(passed, "{features} on {target:?} said: {said}");
    }
}

/// On wasm32-wasip2 C frees what the Rust allocator allocated (see `src/wasi.rs`), so a second heap in the program is corrupted memory.
#[test]
fn a_chosen_allocator_is_the_only_heap_on_wasi() {
    let wasi_libc_heap = |feature: &str, target: &str| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("heap");
        let status = Command::new(std::env::var_os("CARGO").expect("cargo sets CARGO for tests"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["build", "--quiet", "--locked", "--package", "floor", "--target", target])
            .args((feature != "default").then(|| format!("--features={feature}")))
            .env("CARGO_TARGET_DIR", &folder)
            .status();
        assert!(status.expect("cargo runs").success(), "{feature} on {target}");
        let wasm = std::fs::read(folder.join(target).join("debug/floor.wasm")).expect("cargo built it");
        // In the name section, which an unoptimized build keeps.
        wasm.windows(6).any(|name| name == b"dlfree")
    };
    for target in ["wasm32-wasip1", "wasm32-wasip2"] {
        assert!(wasi_libc_heap("default", target), "the name that this test looks for has changed");
        for feature in ALL {
            assert!(!wasi_libc_heap(feature, target), "{feature} on {target} has wasi-libc's heap beside it");
        }
    }
}
