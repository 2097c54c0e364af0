//! Subjects that are libraries, and profiles with a toolchain of their own.

use super::*;

#[test]
fn a_library_becomes_a_component_with_the_exports_of_its_own_world() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in PLUG_IN {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    assert!(Command::new("cargo").arg("generate-lockfile").current_dir(folder.path()).status().unwrap().success());
    let policy = folder.path().join("policy.toml");
    let copy = built();
    let ran = copy.run(&["size", "--json", "--policy", policy.to_str().unwrap()]);
    assert_eq!(hashes(&ran).len(), 1, "a library has no program for its floor");
    assert_eq!(ran.json()["exports"]["plug-in/wasm32-wasip2/release/default"], serde_json::json!(["test:plug/names"]));
    copy.run(&["size", "--check", "--policy", policy.to_str().unwrap()]).expect(0, "PASS");
}

#[test]
fn a_profile_with_a_toolchain_of_its_own_gives_the_same_bytes_wherever_rustup_and_cargo_live() {
    let copy = built();
    let size = |elsewhere: Option<&Path>| {
        // A baseline of its own beside the policy, below a folder of its own.
        let policy = copy.root.join("tiny/policy.toml");
        fs::create_dir_all(policy.parent().unwrap()).unwrap();
        fs::write(&policy, TINY_POLICY).unwrap();
        let mut command = copy.command(&["size", "--json", "--policy", policy.to_str().unwrap()]);
        if let Some(folder) = elsewhere {
            command.env("RUSTUP_HOME", folder.join("rustup")).env("CARGO_HOME", folder.join("cargo"));
            command.env("CARGO_TARGET_DIR", folder.join("target"));
        }
        Ran::of(&mut command)
    };
    let here = size(None);
    if here.code == Some(3) {
        assert!(here.stderr.contains("rustup toolchain install nightly-"), "{}", here.stderr);
        return;
    }
    let folder = tempfile::tempdir_in(rustup_home()).unwrap();
    fs::create_dir_all(folder.path().join("cargo")).unwrap();
    fs::create_dir_all(folder.path().join("rustup")).unwrap();
    // As hard links: a toolchain has half a gigabyte.
    let copied = Command::new("cp")
        .args(["-al", "toolchains", "settings.toml"])
        .arg(folder.path().join("rustup"))
        .current_dir(rustup_home())
        .status();
    assert!(copied.unwrap().success());
    let config = cargo_home().join("config.toml");
    if config.is_file() {
        fs::copy(config, folder.path().join("cargo/config.toml")).unwrap();
    }
    let there = size(Some(folder.path()));
    assert_eq!(hashes(&here).len(), 2, "the floor as a subject, and the tool's own hello-world");
    assert_eq!(hashes(&here), hashes(&there));
    let rustc = there.json()["provenance"]["rustc_of_profile"]["tiny"].as_str().unwrap().to_string();
    assert!(rustc.contains("nightly"), "{rustc}");
}

/// Without immediate abort: the panics of the standard library then say where they are, which is what could differ.
const TINY_POLICY: &str = r#"
schema = 1
workspace = ".."
[[subject]]
package = "floor"
matrix = [{ targets = ["wasm32-wasip2"], profiles = ["tiny"], allocators = ["default"] }]
[profile.tiny]
toolchain = "nightly-2026-05-21"
cargo-profile = "release-wasm"
build-std = ["std", "panic_abort"]
build-std-features = ["optimize_for_size"]
"#;

fn rustup_home() -> PathBuf {
    env::var_os("RUSTUP_HOME").map_or_else(|| env::home_dir().unwrap().join(".rustup"), PathBuf::from)
}

/// A reactor: a library whose one export is a function of its own world.
const PLUG_IN: [(&str, &str); 3] = [
    (
        "Cargo.toml",
        "[package]\nname = \"plug-in\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n[dependencies]\n\
         wit-bindgen = { version = \"=0.51.0\", default-features = false, features = [\"macros\", \"realloc\"] }\n",
    ),
    (
        "src/lib.rs",
        r#"wit_bindgen::generate!({
            inline: "package test:plug; interface names { greet: func(name: string) -> string; } world plug { export names; }",
        });
        struct Plug;
        impl exports::test::plug::names::Guest for Plug {
            fn greet(name: String) -> String {
                std::format!("Hello, {name}!")
            }
        }
        export!(Plug);"#,
    ),
    (
        "policy.toml",
        "schema = 1\n[[subject]]\npackage = \"plug-in\"\nlib = true\nmatrix = [{ targets = [\"wasm32-wasip2\"], profiles = \
         [\"release\"], allocators = [\"default\"] }]\n",
    ),
];
