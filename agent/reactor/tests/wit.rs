//! `agent/wit` is a package that tools can read, and says what it is meant to say.

use std::fs;
use std::path::{Path, PathBuf};

use wit_parser::{Resolve, WorldItem};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit")
}

/// The names of what the world `world` imports and exports.
fn sides(world: &str) -> (Vec<String>, Vec<String>) {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(folder()).expect("agent/wit is a package");
    let world = &resolve.worlds[resolve.select_world(&[package], Some(world)).expect("the world is there")];
    let names = |(key, item): (_, &WorldItem)| {
        assert!(matches!(item, WorldItem::Interface { .. }));
        resolve.name_world_key(key)
    };
    (world.imports.iter().map(names).collect(), world.exports.iter().map(names).collect())
}

#[test]
fn both_worlds_are_what_they_are_for() {
    let (command, run) = sides("command");
    let (reactor, session) = sides("reactor");
    assert_eq!(run, ["wasi:cli/run@0.2.12"]);
    assert_eq!(session, ["agent:agent/session@0.1.0"]);
    // The reactor needs nothing that the command does not, and neither has sockets.
    assert!(reactor.iter().all(|name| command.contains(name)));
    assert!(!command.iter().any(|name| name.starts_with("wasi:sockets/")));
    assert!(command.iter().any(|name| name == "wasi:cli/stdin@0.2.12"));
    assert!(!reactor.iter().any(|name| name == "wasi:cli/stdin@0.2.12"));
}

#[test]
fn session_has_the_functions_that_callers_use() {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(folder()).expect("agent/wit is a package");
    let session = &resolve.interfaces[resolve.packages[package].interfaces["session"]];
    let functions: Vec<_> = session.functions.keys().map(String::as_str).collect();
    assert_eq!(functions, ["[static]conversation.open", "[method]conversation.run", "ask"]);
    assert!(session.functions.values().all(|function| function.docs.contents.is_some()), "each is described");
}

/// What is vendored is of the version that the bindings are made from.
#[test]
fn wasi_is_of_the_version_of_the_bindings() {
    let lock = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock")).expect("Cargo.lock is there");
    let version =
        lock.split("name = \"wasip2\"\nversion = \"2.").nth(1).and_then(|rest| rest.split('"').next()).expect("wasip2 is there");
    let wasi = version.split("+wasi-").nth(1).expect("its version names that of WASI");
    for file in fs::read_dir(folder().join("deps")).expect("deps can be listed") {
        let path = file.expect("deps can be listed").path();
        if path.extension().is_some_and(|extension| extension == "wit") {
            let text = fs::read_to_string(&path).expect("it can be read");
            assert!(text.starts_with("package wasi:"), "{}", path.display());
            assert!(
                text.lines().next().is_some_and(|line| line.ends_with(&format!("@{wasi};"))),
                "{} is not of {wasi}",
                path.display()
            );
        }
    }
}
