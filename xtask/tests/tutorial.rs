//! The tutorial, replayed from nothing in another workspace: minutes, so `cargo xtask test` runs it and a bare `cargo test` does not.
//!
//! In `docs/tutorial/adopt.md` a comment above a block says what it is: `file: PATH` is written, `run` (or `run, exit 1`) is run, and what stands in `output` has to
//! be lines of what the last command printed, in their order. Numbers may be others; a line `...` stands for what is left out.
#![cfg(unix)]

mod document;

use document::{blocks, read, root};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const TUTORIAL: &str = "docs/tutorial/adopt.md";
/// More commands than this are no quick start.
const COMMANDS_MAX: usize = 9;

#[test]
fn the_tutorial_does_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    // The tutorial has the toolkit beside the reader's crate.
    std::os::unix::fs::symlink(root(), folder.path().join("toolkit")).unwrap();
    let own = folder.path().join("wc-lite");
    fs::create_dir_all(&own).unwrap();
    let mut said = String::new();
    let mut command_count = 0;
    for block in blocks(&read(TUTORIAL)) {
        let (kind, rest) = block.note.split_once([':', ',']).map_or((&*block.note, ""), |(kind, rest)| (kind, rest.trim()));
        match kind {
            "file" => write(&own.join(rest), &block.text),
            "run" => {
                let wanted: i32 = rest.strip_prefix("exit ").map_or(0, |code| code.parse().unwrap());
                for line in block.text.lines().filter(|line| !line.is_empty()) {
                    let (code, text) = run(&own, line);
                    assert_eq!(code, Some(wanted), "line {}: `{line}`:\n{text}", block.line);
                    said = text;
                    command_count += 1;
                }
            }
            "output" => has_lines(&said, &block.text, block.line),
            "" => {}
            other => panic!("line {}: what is `{other}`?", block.line),
        }
    }
    assert!((5..=COMMANDS_MAX).contains(&command_count), "the tutorial has {command_count} commands");
    let config = fs::read_to_string(own.join(".cargo/config.toml")).unwrap();
    assert_eq!(expand(&config), FIRST.split_whitespace().collect::<Vec<_>>(), "`cargo xtask` is what the first command was");
}

/// What the reader types before there is an alias, and what the alias then stands for.
const FIRST: &str = "run --locked --manifest-path ../toolkit/Cargo.toml --package xtask --bin xtask --";

fn expand(config: &str) -> Vec<String> {
    let table: toml::Table = config.parse().unwrap();
    let words = table["alias"]["xtask"].as_array().unwrap();
    words.iter().map(|word| word.as_str().unwrap().to_string()).collect()
}

fn write(path: &PathBuf, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Runs a line of the tutorial as a shell would, with this build of the tool where cargo would build and run it.
fn run(own: &Path, line: &str) -> (Option<i32>, String) {
    let tool = |rest: &str| format!("'{}' {rest}", env!("CARGO_BIN_EXE_xtask"));
    let line = match (line.strip_prefix("cargo xtask "), line.strip_prefix(&format!("cargo {FIRST} "))) {
        (Some(rest), _) | (_, Some(rest)) => tool(rest),
        _ => line.to_string(),
    };
    let mut command = Command::new("sh");
    command.args(["-euc", &line]).current_dir(own).env_remove("CARGO_TARGET_DIR");
    // What cargo tells a program that it runs: where its package is, and `[env]` of the workspace's configuration.
    command.env("CARGO_MANIFEST_DIR", own.parent().unwrap().join("toolkit/xtask"));
    for (name, value) in environment(own) {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text)
}

/// `[env]` as cargo reads it: what the environment has already stays.
fn environment(own: &Path) -> Vec<(String, PathBuf)> {
    let Ok(config) = fs::read_to_string(own.join(".cargo/config.toml")) else { return Vec::new() };
    let table: toml::Table = config.parse().unwrap();
    let all = table["env"].as_table().unwrap().iter();
    let all = all.map(|(name, entry)| (name.clone(), own.join(entry["value"].as_str().unwrap())));
    all.filter(|(name, _)| name == "XTASK_POLICY" || std::env::var_os(name).is_none()).collect()
}

#[track_caller]
fn has_lines(said: &str, wanted: &str, at: usize) {
    let said: Vec<String> = said.lines().map(plain).collect();
    let mut from = 0;
    for line in wanted.lines().map(plain).filter(|line| !line.is_empty() && line != "...") {
        let found = said[from..].iter().position(|one| *one == line);
        let found = found
            .unwrap_or_else(|| panic!("line {at}: the output has no line (in this order):\n{line}\nbut\n{}", said.join("\n")));
        from += found + 1;
    }
}

/// A line without its numbers, and with one blank where there are several: widths follow the numbers.
fn plain(line: &str) -> String {
    let mut text = String::new();
    for word in line.split_whitespace() {
        let mut last = ' ';
        for c in word.chars() {
            let c = if c.is_ascii_digit() { '0' } else { c };
            // `53,158`, `12.5` and `7` are one number each.
            if !(last == '0' && matches!(c, '0' | ',')) {
                text.push(c);
                last = c;
            }
        }
        text.push(' ');
    }
    text.trim_end().to_string()
}

#[test]
fn numbers_may_be_others_and_words_may_not() {
    has_lines("a\nsize 53,158  new\nb 1.5 x", "...\nsize 9 new\nb 2.25 x", 1);
    assert_ne!(plain("+12 bytes"), plain("-12 bytes"));
    assert!(std::panic::catch_unwind(|| has_lines("a\nb", "b\na", 1)).is_err(), "the order counts");
}
