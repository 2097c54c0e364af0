//! The Markdown of this repository, as tests read it.

// Each test binary uses its own part of this.
#![allow(dead_code)]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A fenced block, and what the comment on the line above it says.
#[derive(Debug)]
pub struct Block {
    /// `file: src/main.rs` of `<!-- file: src/main.rs -->`; empty without one.
    pub note: String,
    /// The language after the fence.
    pub language: String,
    /// What stands in it.
    pub text: String,
    /// The line of the fence, from 1.
    pub line: usize,
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A file of the repository.
#[track_caller]
pub fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The fenced blocks of a text, in their order.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let (mut open, mut last) = (false, "");
    for (line, said) in (1..).zip(text.lines()) {
        match (open, said.trim_start().strip_prefix("```")) {
            (false, Some(language)) => {
                let note = last.trim().strip_prefix("<!-- ").and_then(|note| note.strip_suffix(" -->")).unwrap_or_default();
                blocks.push(Block { note: note.into(), language: language.trim().into(), text: String::new(), line });
                open = true;
            }
            (true, Some(_)) => open = false,
            (true, None) => {
                let block = blocks.last_mut().unwrap();
                block.text.push_str(said);
                block.text.push('\n');
            }
            (false, None) => {}
        }
        if !said.trim().is_empty() {
            last = said;
        }
    }
    assert!(!open, "a fence is never closed");
    blocks
}

/// The Markdown that people read: at the root and below `docs`.
pub fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if is_markdown(&path) {
                found.push(path);
            }
        }
    }
    let top = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path());
    found.extend(top.filter(|path| is_markdown(path)));
    found.sort();
    assert!(found.len() > 15, "only {} documents were found", found.len());
    found
}

fn is_markdown(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md")
}
