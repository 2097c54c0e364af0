//! Patterns of commands: the program and its arguments, one string each. There is no shell.
//!
//! The program is an absolute path, word for word (`*` alone is for what a component declares). In an argument `*` stands for any characters;
//! an argument that starts with `*` never covers one that starts with `-`, because that would be an option. `**` as the last one stands for any
//! arguments at all.

use alloc::string::String;
use alloc::vec::Vec;

use super::glob;
use crate::json::Json;
use crate::text;

/// Whether one word of a pattern can be one.
pub fn check_word(word: &str) -> Result<(), &'static str> {
    if text::has(word, b'\0') { Err("an argument cannot have a NUL") } else { Ok(()) }
}

/// The `words` of the pattern `json`, if they are one.
pub fn check<'a>(json: Json<'a>, words: Vec<String>) -> Result<Vec<String>, (Json<'a>, String)> {
    let wrong = |what: &str| Err((json, what.into()));
    match words.split_first() {
        None => wrong("a command is a list: the program and its arguments"),
        Some((program, _)) if program != "*" && !is_absolute(program) => {
            wrong("the program of a command must be an absolute path")
        }
        Some((_, [before @ .., _])) if before.iter().any(|word| word == "**") => wrong("`**` can only be the last argument"),
        Some(_) => Ok(words),
    }
}

fn is_absolute(program: &str) -> bool {
    let drive = program.as_bytes().get(1..3);
    program.starts_with('/') || drive == Some(b":\\") || drive == Some(b":/")
}

/// Whether `pattern` covers the command `argv`.
pub fn matches(pattern: &[String], argv: &[String]) -> bool {
    let (Some((program, pattern)), Some((run, arguments))) = (pattern.split_first(), argv.split_first()) else { return false };
    let (pattern, any_more) = match pattern {
        [before @ .., last] if last == "**" => (before, true),
        _ => (pattern, false),
    };
    let count = if any_more { pattern.len() <= arguments.len() } else { pattern.len() == arguments.len() };
    let covers =
        |(pattern, word): (&String, &String)| glob(pattern, word) && !(pattern.starts_with('*') && word.starts_with('-'));
    (program == "*" || program == run) && count && pattern.iter().zip(arguments).all(covers)
}
