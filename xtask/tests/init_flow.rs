//! `cargo xtask init` in workspaces of all kinds: what it writes, and what it leaves alone.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};
use tempfile::TempDir;

const POLICY: &str = "baselines/policy.toml";
const CONFIG: &str = ".cargo/config.toml";

fn workspace(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// `init` with these arguments in a folder: its exit code, and all that it said.
fn init(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let Output { status, stdout, stderr } = command.arg("init").args(arguments).current_dir(folder).output().unwrap();
    (status.code(), String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr))
}

fn package(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n")
}

#[test]
fn a_crate_gets_a_policy_an_alias_and_a_lock_file_once() {
    let own = workspace(&[("Cargo.toml", &package("mine")), ("src/main.rs", "fn main() {}\n")]);
    // Also from below the root.
    let (code, said) = init(&own.path().join("src"), &[]);
    assert_eq!(code, Some(0), "{said}");
    let read = |name: &str| fs::read_to_string(own.path().join(name)).unwrap();
    let (policy, config) = (read(POLICY), read(CONFIG));
    assert!(policy.contains("package = \"mine\"") && policy.contains("wasm32-wasip2"), "{policy}");
    assert!(config.contains("XTASK_POLICY") && config.contains("/Cargo.toml\""), "{config}");
    assert!(own.path().join("Cargo.lock").is_file() && said.ends_with("Next: cargo xtask size\n"), "{said}");
    let (code, said) = init(own.path(), &["--target", "wasm32-wasip1"]);
    assert!(code == Some(2) && said.contains("is there already"), "{said}");
    assert_eq!((read(POLICY), read(CONFIG)), (policy, config));
}

#[test]
fn a_configuration_that_is_there_stays_and_its_target_is_not_the_tools() {
    let text = "[build]\ntarget = \"wasm32-wasip2\"\n";
    let own = workspace(&[("Cargo.toml", &package("mine")), ("src/main.rs", "fn main() {}\n"), (CONFIG, text)]);
    let (code, said) = init(own.path(), &[]);
    assert!(code == Some(0) && said.contains("Add to it:") && said.contains("host-tuple"), "{said}");
    assert_eq!(fs::read_to_string(own.path().join(CONFIG)).unwrap(), text);
    let own = workspace(&[("Cargo.toml", &package("mine")), ("src/main.rs", "fn main() {}\n"), (CONFIG, "[")]);
    let (code, said) = init(own.path(), &[]);
    assert!(code == Some(2) && said.contains("could not parse TOML configuration"), "cargo's own words: {said}");
    assert!(!own.path().join(POLICY).exists(), "nothing was written");
}

#[test]
fn which_package_is_meant_has_to_be_clear() {
    let (one, other) = (package("one"), package("other") + "[lib]\ncrate-type = [\"cdylib\"]\n");
    let own = workspace(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"one\", \"other\", \"plain\"]\nresolver = \"3\"\n"),
        ("one/Cargo.toml", &one),
        ("one/src/main.rs", "fn main() {}\n"),
        ("other/Cargo.toml", &other),
        ("other/src/lib.rs", ""),
        ("plain/Cargo.toml", &package("plain")),
        ("plain/src/lib.rs", ""),
    ]);
    for (arguments, wanted) in [
        (&[][..], "name the package with --package: there is one, other"),
        (&["--package", "plain"], "no package `plain` with a program or a cdylib"),
        (&["--package", "one", "--target", "x86_64-unknown-linux-gnu"], "is no wasm target"),
    ] {
        let (code, said) = init(own.path(), arguments);
        assert!(code == Some(2) && said.contains(wanted), "{said}");
    }
    let (code, said) = init(own.path(), &["--package", "other"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(fs::read_to_string(own.path().join(POLICY)).unwrap().contains("lib = true"));
}

#[test]
fn the_toolkit_itself_and_no_workspace_at_all_are_told_apart() {
    let (code, said) = init(Path::new(env!("CARGO_MANIFEST_DIR")), &[]);
    assert!(code == Some(2) && said.contains("the toolkit's own workspace"), "{said}");
    let (code, said) = init(workspace(&[]).path(), &[]);
    assert!(code == Some(2) && said.contains("cargo finds no workspace here"), "{said}");
}
