//! The workflows stay thin: each step is one call of the tool that can be made at a desk too, and what GitHub runs is pinned and may do the least.

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

/// What a step may run besides `cargo xtask`.
const COMMANDS: [&str; 3] = ["cargo fmt ", "cargo clippy ", "gh release create "];

/// What a variable of a command stands for where its value has a form.
const SAMPLES: [(&str, &str); 1] = [("$SHARE", "1/3")];

fn workflows() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(".github/workflows");
    let mut found: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    found.sort();
    found
}

#[test]
fn every_step_is_one_call_and_everything_is_pinned() {
    let found = workflows();
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["bench.yml", "ci.yml", "comment.yml", "release.yml", "size.yml"]);
    for (name, text) in &found {
        assert_eq!(problems(text), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn an_action_has_one_version_everywhere() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, text) in workflows() {
        for line in text.lines().filter_map(|line| line.trim().strip_prefix("uses: ")) {
            let (action, version) = line.split_once('@').unwrap();
            versions.entry(action.into()).or_default().insert(version.into());
        }
    }
    assert!(versions.len() >= 5, "{versions:?}");
    assert!(versions.values().all(|all| all.len() == 1), "{versions:?}");
}

#[test]
fn every_command_that_is_called_exists() {
    let mut called = BTreeSet::new();
    for (_, text) in workflows() {
        for line in runs(&read(&text)).into_iter().flat_map(|run| run.lines().map(String::from).collect::<Vec<_>>()) {
            called.extend(call(&line).strip_prefix("cargo xtask ").map(String::from));
        }
    }
    assert!(called.len() > 10, "{called:?}");
    for line in called {
        // With --help all words before it are parsed, and nothing is done.
        let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(words(&line)).arg("--help").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "a workflow calls `cargo xtask {line}`: {said}");
    }
}

#[test]
fn what_is_not_thin_or_not_safe_is_found() {
    let good = "name: a\non: push\npermissions: {}\njobs:\n  b:\n    name: b\n    runs-on: x\n    timeout-minutes: 5\n    permissions:\n      contents: read\n    steps:\n      \
                - name: c\n        run: cargo xtask size --check\n";
    assert_eq!(problems(good), Vec::<String>::new());
    for (from, to, said) in [
        ("permissions: {}", "permissions: read-all", "permissions"),
        ("on: push", "on: pull_request_target", "pull_request_target"),
        ("    timeout-minutes: 5\n", "", "timeout"),
        ("    permissions:\n      contents: read\n", "", "permissions of its own"),
        ("run: cargo xtask size --check", "run: curl -sSf example.com | sh", "curl"),
        ("run: cargo xtask size --check", "run: cargo xtask size --check && rm -rf x", "rm -rf"),
        ("run: cargo xtask size --check", "run: cargo xtask size --only ${{ github.head_ref }}", "${{"),
        ("run: cargo xtask size --check", "uses: actions/checkout@v6", "40"),
        ("run: cargo xtask size --check", "uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd", "comment"),
        ("run: cargo xtask size --check", "uses: other/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2", "other"),
    ] {
        let text = good.replace(from, to);
        let found = problems(&text);
        assert!(found.len() == 1 && found[0].contains(said), "{to}: {found:?}");
    }
}

/// What is wrong with a workflow, a line each.
fn problems(text: &str) -> Vec<String> {
    let workflow = read(text);
    let mut found = Vec::new();
    if workflow["permissions"] != serde_json::json!({}) {
        found.push("`permissions: {}` is missing at the top: jobs ask for what they need".into());
    }
    if workflow["on"].to_string().contains("pull_request_target") {
        found.push("pull_request_target gives a fork's code rights: use workflow_run".into());
    }
    for (name, job) in jobs(&workflow) {
        if !job["timeout-minutes"].is_u64() {
            found.push(format!("{name} has no timeout-minutes"));
        }
        if !job["permissions"].is_object() {
            found.push(format!("{name} has no permissions of its own"));
        }
    }
    found.extend(runs(&workflow).iter().filter_map(|run| fat(run)));
    found.extend(text.lines().filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix("uses: ")).filter_map(unpinned));
    found
}

/// Why a `run` is more than one call.
fn fat(run: &str) -> Option<String> {
    let mut set = Vec::new();
    let mut calls = 0;
    for line in run.lines() {
        if line.contains("${{") {
            return Some(format!("`{line}`: what stands in ${{{{ }}}} becomes code; give it by `env`"));
        }
        let is_output = set.iter().any(|name: &String| line == format!("echo \"{name}=${name}\" >> \"$GITHUB_OUTPUT\""));
        if is_output {
            continue;
        }
        let call = call(line);
        if call.len() < line.len() {
            set.extend(line.split_once('=').map(|(name, _)| name.to_string()));
        }
        let is_known = call.starts_with("cargo xtask ") || COMMANDS.iter().any(|command| call.starts_with(command));
        if !is_known || call.contains([';', '|', '&', '>', '<', '`', '(']) {
            return Some(format!("`{line}` is no single call: put it into a command of xtask"));
        }
        calls += 1;
    }
    (calls != 1).then(|| format!("{calls} calls in one step: give each its own"))
}

/// The command of a line, also where a variable takes what it prints: `name=$(command)`.
fn call(line: &str) -> &str {
    let taken = line.split_once("=$(").filter(|(name, _)| name.chars().all(|c| c.is_ascii_lowercase()));
    taken.and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(line)
}

fn unpinned(uses: &str) -> Option<String> {
    let (action, rest) = uses.split_once('@')?;
    let (hash, version) = rest.split_once(" # v").unwrap_or((rest, ""));
    if !action.starts_with("actions/") {
        return Some(format!("{uses}: an action of others runs with our token"));
    }
    if hash.len() != 40 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(format!("{uses}: a tag can move; pin the 40 digits of its commit"));
    }
    let is_version = version.split('.').count() == 3 && version.split('.').all(|part| part.parse::<u32>().is_ok());
    (!is_version).then(|| format!("{uses}: say the version in a comment, ` # v1.2.3`"))
}

fn read(text: &str) -> Value {
    yaml_serde::from_str(text).unwrap()
}

fn jobs(workflow: &Value) -> impl Iterator<Item = (&String, &Value)> {
    workflow["jobs"].as_object().unwrap().iter()
}

fn runs(workflow: &Value) -> Vec<String> {
    let steps = jobs(workflow).flat_map(|(_, job)| job["steps"].as_array().unwrap());
    steps.filter_map(|step| step["run"].as_str()).map(String::from).collect()
}

/// The words of a call, with a sample for each variable.
fn words(line: &str) -> Vec<String> {
    let sample = |word: &str| match SAMPLES.iter().find(|(name, _)| *name == word) {
        Some((_, sample)) => (*sample).to_string(),
        None => word.trim_start_matches('$').to_string(),
    };
    line.split_whitespace().map(|word| sample(word.trim_matches('"'))).collect()
}
