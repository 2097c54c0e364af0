//! Paths in the workspace, and patterns of them.
//!
//! A pattern is a relative path with slashes. In a segment `*` stands for any characters; the segment `**` stands for any number of
//! segments, none included. Wildcards leave out what is mostly private: names that start with a dot and the usual names of keys. Such a
//! file is granted by a segment without a wildcard: `.env`, `certs/server.pem`.

use alloc::string::String;
use alloc::vec::Vec;

use super::glob;
use crate::text;

/// The longest path that a tool takes.
const MAX_PATH_BYTES: usize = 1024;

/// A path in the workspace: no way out of it, and one spelling a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkPath(Vec<String>);

impl WorkPath {
    /// Reads what a model wrote. Nothing is expanded: `~` and `$HOME` are names. The error says what is wrong.
    pub fn new(text: &str) -> Result<WorkPath, &'static str> {
        if text.is_empty() {
            return Err("the path is empty");
        }
        if text.len() > MAX_PATH_BYTES {
            return Err("the path is longer than 1024 bytes");
        }
        if text.starts_with('/') {
            return Err("the path must be relative to the workspace");
        }
        // A colon is a drive or a stream on Windows, a backslash a separator; what is safe only on some systems is refused on all.
        if text.chars().any(|char| char.is_control() || char == '\\' || char == ':') {
            return Err("the path has a character that is not taken: a control character, a backslash or a colon");
        }
        let mut segments = Vec::new();
        for segment in text::split(text, b'/') {
            match segment {
                "" | "." => {}
                ".." => return Err("the path has `..`"),
                // Windows drops them, so that `.env.` would be `.env`.
                _ if segment.ends_with('.') || segment.ends_with(' ') => {
                    return Err("a name in the path ends in a dot or a space");
                }
                _ => segments.push(segment.into()),
            }
        }
        Ok(WorkPath(segments))
    }

    /// The names from the workspace down; none is the workspace itself.
    pub fn segments(&self) -> &[String] {
        &self.0
    }

    /// The path as text; the workspace itself is a dot.
    pub fn text(&self) -> String {
        if self.0.is_empty() { ".".into() } else { text::join(&self.0, "/") }
    }
}

/// Whether `pattern` is one.
pub fn check(pattern: &str) -> Result<(), &'static str> {
    WorkPath::new(pattern).map(|_| ())
}

/// Whether `pattern` covers `path`.
pub fn matches(pattern: &str, path: &WorkPath) -> bool {
    fits(pattern, path, covers)
}

/// Whether `pattern` covers `path`, where its wildcards leave nothing out.
pub fn matches_all(pattern: &str, path: &WorkPath) -> bool {
    fits(pattern, path, glob)
}

fn fits(pattern: &str, path: &WorkPath, covers: fn(&str, &str) -> bool) -> bool {
    let pattern: Vec<&str> = text::split(pattern, b'/').filter(|segment| !matches!(*segment, "" | ".")).collect();
    // What `**` may still take: where in the pattern and in the path to go on when nothing else fits. As with one star, the last `**` is
    // the only one that ever has to take more.
    let (mut at, mut in_path, mut again) = (0, 0, None);
    while let Some(segment) = path.0.get(in_path) {
        match pattern.get(at) {
            Some(&"**") => {
                again = Some((at + 1, in_path));
                at += 1;
                continue;
            }
            Some(pattern) if covers(pattern, segment) => (at, in_path) = (at + 1, in_path + 1),
            _ => match again {
                Some((after, taken)) if path.0.get(taken).is_some_and(|segment| covers("*", segment)) => {
                    again = Some((after, taken + 1));
                    (at, in_path) = (after, taken + 1);
                }
                _ => return false,
            },
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|segment| *segment == "**"))
}

fn covers(pattern: &str, name: &str) -> bool {
    if text::has(pattern, b'*') { !is_private(name) && glob(pattern, name) } else { pattern == name }
}

/// Whether a wildcard leaves this name out, however it is written.
fn is_private(name: &str) -> bool {
    let ends = |end: &str| {
        let start = name.len().checked_sub(end.len());
        start.and_then(|start| name.get(start..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
    };
    let starts = |start: &str| name.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    name.starts_with('.')
        || [".pem", ".key", ".p12", ".pfx", ".kdbx"].into_iter().any(ends)
        || ["id_rsa", "id_ed25519", "id_ecdsa"].into_iter().any(starts)
}
