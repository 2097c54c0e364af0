//! Reads a comment's file, which may come from anybody.

use super::{COMMENT_BYTES_MAX, COMMENT_SCHEMA, Comment, GROWTHS_MAX, Gate, GateName, LIST_MAX, STEPS_MAX};
use serde::Deserialize;

impl Comment {
    /// Reads the file's bytes.
    ///
    /// # Errors
    /// One line without anything of the file's text: it is too large, not of this schema, has an unknown field, a name that acts, or too long a list.
    pub fn parse(bytes: &[u8]) -> Result<Comment, String> {
        #[derive(Deserialize)]
        struct Head {
            schema: u32,
        }
        if bytes.len() as u64 > COMMENT_BYTES_MAX {
            return Err(format!("it is larger than {COMMENT_BYTES_MAX} bytes"));
        }
        let head: Head = serde_json::from_slice(bytes).map_err(|error| placed(&error))?;
        if head.schema != COMMENT_SCHEMA {
            return Err(format!("it has schema {}, this tool reads schema {COMMENT_SCHEMA}", head.schema));
        }
        let comment: Comment = serde_json::from_slice(bytes).map_err(|error| placed(&error))?;
        comment.check()?;
        Ok(comment)
    }

    fn check(&self) -> Result<(), String> {
        let names = self.gates.iter().map(|gate| gate.name);
        let missing = self.missing.iter().copied();
        if !names.clone().is_sorted_by(|a, b| a < b) || !missing.clone().is_sorted_by(|a, b| a < b) {
            return Err("its gates are doubled or out of order".into());
        }
        if names.clone().any(|name| self.missing.contains(&name)) {
            return Err("a gate is there and missing".into());
        }
        let left_out = self.left_out.iter().map(|one| one.gate);
        let ran = |name: GateName| names.clone().any(|other| other == name) || self.missing.contains(&name);
        if !left_out.clone().is_sorted_by(|a, b| a < b) || left_out.clone().any(ran) {
            return Err("a gate is there and left out, or left out twice".into());
        }
        if self.pull_request == Some(0) {
            return Err("there is no pull request 0".into());
        }
        self.gates.iter().try_for_each(check_gate)
    }
}

fn check_gate(gate: &Gate) -> Result<(), String> {
    let found = [gate.counts.len(), gate.found.len(), gate.changed.len(), gate.unchanged.len()];
    let told = [gate.tools.len(), gate.splits.len(), gate.accepted.len()];
    let lists = found.into_iter().chain(told);
    let rows = gate.changed.iter().chain(&gate.unchanged).map(|row| row.values.len());
    let grown = gate.growths.iter().flat_map(|growth| [growth.crates.len(), growth.symbols.len(), growth.inlined.len()]);
    let longest = lists.chain(rows).chain(grown).max();
    match () {
        () if gate.growths.len() > GROWTHS_MAX => Err(format!("there are more than {GROWTHS_MAX} lists of symbols")),
        () if gate.accepted.iter().any(|accepted| accepted.steps.len() > STEPS_MAX) => {
            Err(format!("more than {STEPS_MAX} increases are named for one reason"))
        }
        () if longest > Some(LIST_MAX) => Err(format!("a list has more than {LIST_MAX} entries")),
        () if gate.exit > 4 => Err("an exit code is above 4".into()),
        () => Ok(()),
    }
}

/// Where the file is wrong and in which way, not with what: serde's own words repeat the file's.
fn placed(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = [
        "unknown field",
        "unknown variant",
        "missing field",
        "duplicate field",
        "invalid type",
        "invalid value",
        "a name ",
        "a metric ",
        "a commit ",
    ];
    let said = match what.into_iter().find(|what| text.starts_with(what)) {
        Some("missing field") => text.split(" at line").next().unwrap_or("missing field").to_string(),
        Some(what) if what.starts_with("a ") => text.split(" at line").next().unwrap_or(what).to_string(),
        Some(what) => what.to_string(),
        None if error.is_eof() => "it ends early".to_string(),
        None => "not the JSON of this form".to_string(),
    };
    format!("line {}, column {}: {said}", error.line(), error.column())
}

#[cfg(test)]
mod tests;
