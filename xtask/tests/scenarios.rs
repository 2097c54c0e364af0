//! The committed scenarios and fixtures: each can be read and assembled, and together they cover what there is to cover.

use mock_api::{Fault, Named, Script};
use runner_protocol::Guard;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use wasmparser::{Encoding, Parser, Payload, Validator, WasmFeatures};
use xtask::data::{
    policy::Policy,
    scenario::{Scenario, place::Places},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn scenarios() -> Vec<Scenario> {
    let mut scenarios = Vec::new();
    for (path, text) in texts("scenarios", "toml") {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        scenarios.extend(Scenario::parse(stem, &text).unwrap());
    }
    assert!(scenarios.len() > 50, "only {} scenarios were found", scenarios.len());
    scenarios
}

/// The files of a folder below `xtask` with this extension, by path.
fn texts(folder: &str, extension: &str) -> BTreeMap<PathBuf, String> {
    let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.extension().is_some_and(|own| own == extension));
    files.map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn every_scenario_can_be_read_and_its_mock_understands_its_script() {
    let mut ids = BTreeSet::new();
    for scenario in scenarios() {
        let places = Places { port: Some(40_000), tls: scenario.has_tls() };
        if let Some(script) = scenario.mock_script(&places) {
            Script::from_toml(&script).unwrap_or_else(|error| panic!("{}: {error}", scenario.id));
        }
        assert!(!scenario.summary.contains('{'), "{}: {}", scenario.id, scenario.summary);
        assert!(ids.insert(scenario.id.clone()), "two scenarios are called {}", scenario.id);
    }
}

#[test]
fn every_fault_of_the_mock_is_played() {
    let mut played = BTreeSet::new();
    for scenario in scenarios() {
        let Some(script) = scenario.mock_script(&Places { port: Some(40_000), tls: false }) else { continue };
        let script = Script::from_toml(&script).unwrap();
        played.extend(script.replies.iter().flat_map(|reply| &reply.faults).map(|fault| fault.kind));
    }
    let all: Vec<Fault> = Fault::TABLE.iter().map(|row| row.kind).collect();
    let missing: Vec<&Fault> = all.iter().filter(|fault| !played.contains(fault)).collect();
    assert!(missing.is_empty(), "no scenario plays {missing:?}: add a case to faults.toml");
}

#[test]
fn every_guard_is_seen_to_hold() {
    let held: BTreeSet<Guard> = scenarios().iter().filter_map(|scenario| scenario.guard).collect();
    let all = [
        Guard::Folders,
        Guard::ReadOnly,
        Guard::Hosts,
        Guard::Private,
        Guard::Pin,
        Guard::Redirects,
        Guard::Certificates,
        Guard::Memory,
        Guard::Tables,
        Guard::Fuel,
        Guard::Deadline,
        Guard::Output,
        Guard::Resources,
        Guard::Linking,
    ];
    let missing: Vec<Guard> = all.into_iter().filter(|guard| !held.contains(guard)).collect();
    assert!(missing.is_empty(), "no scenario shows that {missing:?} hold");
}

#[test]
fn every_artifact_is_one_that_there_is() {
    let policy = fs::read_to_string(root().join("../baselines/policy.toml")).unwrap();
    let policy = Policy::parse(&policy).unwrap();
    for scenario in scenarios() {
        let name = &scenario.artifact;
        let of_policy = policy.run.artifact.contains_key(name);
        let binary =
            fs::read_to_string(root().join("fixtures/Cargo.toml")).unwrap().contains(&format!("name = \"{name}\"\npath"));
        let assembled = |kind: &str| root().join(format!("fixtures/wat/{name}.{kind}.wat")).is_file();
        assert!(of_policy || binary || assembled("component"), "{}: there is no artifact `{name}`", scenario.id);
        let on_wamr = scenario.not_applicable(runner_protocol::Engine::WamrInterpreter).is_none();
        assert!(of_policy || binary || !on_wamr || assembled("module"), "{}: `{name}` is no module", scenario.id);
    }
}

#[test]
fn fixtures_in_text_are_valid() {
    let files = texts("fixtures/wat", "wat");
    assert!(!files.is_empty());
    for (path, text) in files {
        let name = path.file_name().unwrap().to_str().unwrap().to_string();
        let wasm = wat::parse_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        Validator::new_with_features(WasmFeatures::default())
            .validate_all(&wasm)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let encoding = Parser::new(0).parse_all(&wasm).find_map(|payload| match payload.unwrap() {
            Payload::Version { encoding, .. } => Some(encoding),
            _ => None,
        });
        let wanted = if name.ends_with(".component.wat") { Encoding::Component } else { Encoding::Module };
        assert_eq!(encoding, Some(wanted), "{name}");
        assert!(name.ends_with(".component.wat") || name.ends_with(".module.wat"), "{name}");
        assert!(text.starts_with(";; "), "{name} does not say what it is for");
    }
}
