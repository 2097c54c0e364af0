//! The table of `cargo xtask doctor`.

use super::table::{Column, Form, Grid};

/// Whether work stops without a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing works without it.
    Required,
    /// There is another way, or only a part of the tool needs it.
    Optional,
}

/// One tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    name: String,
    found: Option<String>,
    need: Need,
    wanted: String,
    cure: String,
}

impl Tool {
    /// A tool by name; `found` is its version.
    pub fn new(name: &str, found: Option<String>, need: Need, wanted: &str, cure: &str) -> Tool {
        Tool { name: name.into(), found, need, wanted: wanted.into(), cure: cure.into() }
    }

    /// Whether it is required and not there.
    pub fn is_lacking(&self) -> bool {
        self.found.is_none() && self.need == Need::Required
    }
}

/// The table, and a line that says whether anything is missing.
pub fn render(tools: &[Tool], form: Form) -> String {
    let titles = ["tool", "", "found", "wanted", "how to get it"];
    let mut grid = Grid::new(&titles.map(|title| (title, Column::Text)));
    for tool in tools {
        let state = match (&tool.found, tool.need) {
            (Some(_), _) => "ok",
            (None, Need::Required) => "MISSING",
            (None, Need::Optional) => "absent",
        };
        let cure = if tool.found.is_some() { "" } else { &tool.cure };
        grid.row([&tool.name, state, tool.found.as_deref().unwrap_or_default(), &tool.wanted, cure]);
    }
    let mut text = grid.render(form);
    let lacking = tools.iter().filter(|tool| tool.is_lacking()).count();
    text.push_str(&match lacking {
        0 => "Everything that is required is there.\n".to_string(),
        count => format!("{count} required tools are missing.\n"),
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_required_tool_is_counted_and_its_cure_shown() {
        let tools = [
            Tool::new("node", None, Need::Required, "18", "install Node"),
            Tool::new("git", None, Need::Optional, "any", "install git"),
            Tool::new("rustc", Some("1.95.0".into()), Need::Required, "1.95.0", "rustup"),
        ];
        let text = render(&tools, Form::Text(120));
        assert!(text.contains("install Node") && text.contains("1 required tools are missing") && !text.contains("rustup"));
    }
}
