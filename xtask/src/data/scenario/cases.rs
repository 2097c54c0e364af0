//! `[[case]]`: one file for scenarios that differ in a few words. Each case is a table with an `id`; `{name}` in the file stands for its value.

use super::source::{self, At};
use crate::data::variant;
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::{Table, Value};

/// The text of one scenario.
pub struct Case {
    /// The case's id; none in a file without cases.
    pub id: Option<String>,
    /// The file's text with the case's values in it and without the cases, line for line.
    pub text: String,
}

/// The names that stand for what is known only when a scenario is played.
pub const RESERVED: [&str; 5] = ["mock", "mock-port", "mock-host", "canary", "n"];

/// One scenario's text for each case.
///
/// # Errors
/// The line and what is wrong: no TOML, a case without an id, two of one id, a value that has no place.
pub fn split(text: &str) -> Result<Vec<Case>, At> {
    #[derive(Deserialize)]
    struct Head {
        #[serde(default)]
        case: Vec<Table>,
    }
    let head: Head = source::read(text)?;
    if head.case.is_empty() {
        return Ok(vec![Case { id: None, text: text.to_string() }]);
    }
    let at_cases = |said: String| (source::line_of(text, "case"), said);
    let body = without_cases(text);
    let (mut seen, mut cases) = (BTreeSet::new(), Vec::new());
    for case in head.case {
        let id = match case.get("id") {
            Some(Value::String(id)) if variant::is_name(id) && !id.contains('.') => id.clone(),
            _ => return Err(at_cases("a [[case]] needs an `id` of letters, digits, `_` and `-`: give it one".into())),
        };
        if !seen.insert(id.clone()) {
            return Err(at_cases(format!("two cases have the id `{id}`: rename one")));
        }
        let text = fill(&body, &case).map_err(|said| at_cases(format!("case `{id}`: {said}")))?;
        cases.push(Case { id: Some(id), text });
    }
    Ok(cases)
}

/// The file with the lines of its cases left empty, so that all other lines keep their numbers.
fn without_cases(text: &str) -> String {
    let mut inside = false;
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        if line.starts_with('[') {
            inside = line.starts_with("[[case]]");
        }
        kept.push_str(if inside { "" } else { line });
        kept.push('\n');
    }
    kept
}

/// `"{name}"` becomes the value as TOML writes it, `{name}` inside of a text the value's words.
fn fill(body: &str, case: &Table) -> Result<String, String> {
    let mut text = body.to_string();
    for (name, value) in case.iter().filter(|(name, _)| *name != "id") {
        if RESERVED.contains(&name.as_str()) {
            return Err(format!("`{name}` stands for something else already: choose another name"));
        }
        let place = format!("{{{name}}}");
        if !text.contains(&place) {
            return Err(format!("`{name}` is used nowhere: write {place} where it belongs, or leave it out"));
        }
        text = text.replace(&format!("\"{place}\""), &value.to_string());
        if text.contains(&place) {
            text = text.replace(&place, &words(name, value)?);
        }
    }
    Ok(text)
}

fn words(name: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) if text.contains(['"', '\\']) || text.contains(char::is_control) => {
            Err(format!("`{name}` has a quote or a backslash and stands inside of a text: write \"{{{name}}}\" alone there"))
        }
        Value::String(text) => Ok(text.clone()),
        Value::Integer(_) | Value::Boolean(_) => Ok(value.to_string()),
        _ => Err(format!("`{name}` stands inside of a text and is none: use a string or a number")),
    }
}
