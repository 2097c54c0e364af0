//! Server-sent events as bytes, with the quirks of their lines.

use crate::json::Json;
use crate::modes::{Modes, Quirk};
use crate::response::Part;

/// Where in an answer an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The opening and what the model says.
    Content,
    /// The stop reason and all after it.
    End,
}

/// One event.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// Its name, where the format names events.
    pub name: Option<&'static str>,
    pub data: Json,
    pub stage: Stage,
}

/// Each event is one part.
pub(crate) fn encode(events: &[Event], modes: &Modes) -> Vec<Part> {
    let line_end = if modes.quirk(Quirk::Crlf) { "\r\n" } else { "\n" };
    let colon = if modes.quirk(Quirk::NoSpace) { ":" } else { ": " };
    let mut parts = Vec::new();
    for event in events {
        if modes.quirk(Quirk::KeepAlive) {
            parts.push(format!(": keep-alive{line_end}{line_end}"));
        }
        let name = event.name.map_or(String::new(), |name| format!("event{colon}{name}{line_end}"));
        parts.push(format!("{name}data{colon}{}{line_end}{line_end}", event.data.0));
    }
    if let Some(last) = parts.last_mut()
        && modes.quirk(Quirk::NoFinalBlankLine)
    {
        last.truncate(last.len() - line_end.len());
    }
    parts.into_iter().map(|part| Part::Bytes(part.into_bytes())).collect()
}
