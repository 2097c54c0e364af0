//! What came of a gate: its word, its shape, its head.

use super::markup::Html;
use crate::data::{ci::GateState, comment::GateName, verdict::Outcome};

/// How a thing stands: shape, word and colour belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It passes.
    Pass,
    /// It fails.
    Fail,
    /// It came to no verdict.
    Broke,
    /// It was not done, or not judged.
    Absent,
}

impl Standing {
    /// Of a whole report or a run.
    pub fn of(outcome: Outcome) -> Standing {
        match outcome {
            Outcome::Pass => Standing::Pass,
            Outcome::Fail => Standing::Fail,
            Outcome::NotJudged => Standing::Absent,
        }
    }

    /// Of a gate.
    pub fn of_state(state: &GateState) -> Standing {
        match state {
            GateState::Ended { run, .. } => Standing::of(run.outcome()),
            GateState::Broke { .. } => Standing::Broke,
            GateState::LeftOut { .. } => Standing::Absent,
        }
    }

    /// The class that colours it.
    pub fn class(self) -> &'static str {
        match self {
            Standing::Pass => "pass",
            Standing::Fail => "fail",
            Standing::Broke => "broke",
            Standing::Absent => "absent",
        }
    }

    /// Its shape; the word has to stand beside it.
    pub fn icon(self) -> Html {
        let mut html = Html::new();
        html.raw("<svg class=\"i\" aria-hidden=\"true\" focusable=\"false\">").raw(match self {
            Standing::Pass => "<use href=\"#i-pass\"/>",
            Standing::Fail => "<use href=\"#i-fail\"/>",
            Standing::Broke => "<use href=\"#i-broke\"/>",
            Standing::Absent => "<use href=\"#i-absent\"/>",
        });
        html.raw("</svg>");
        html
    }

    /// Shape and `word`.
    pub fn chip(self, word: &str) -> Html {
        let mut html = Html::new();
        html.open("span", &[("class", &format!("chip {}", self.class()))]).add(&self.icon()).text(word).close("span");
        html
    }
}

/// The verdict of a gate in a word.
pub fn word(state: &GateState) -> &'static str {
    match state {
        GateState::Ended { run, .. } => match run.outcome() {
            Outcome::Pass => "Pass",
            Outcome::Fail => "Fail",
            Outcome::NotJudged => "Not judged",
        },
        GateState::Broke { .. } => "No verdict",
        GateState::LeftOut { .. } => "Not run",
    }
}

/// The exit code of a gate that came to an end.
pub fn exit_code(state: &GateState) -> Option<u8> {
    match state {
        GateState::Ended { exit_code, .. } | GateState::Broke { exit_code, .. } => Some(*exit_code),
        GateState::LeftOut { .. } => None,
    }
}

/// What an exit code says.
pub fn meaning(exit_code: u8) -> &'static str {
    match exit_code {
        0 => "everything holds",
        1 => "a verdict fails",
        2 => "usage, policy or baseline error",
        3 => "a tool is missing or has the wrong version",
        _ => "a measurement is invalid",
    }
}

/// What the gate is about.
pub fn about(gate: GateName) -> &'static str {
    match gate {
        GateName::Size => "What ships, in bytes, against the baseline.",
        GateName::Run => "The same scenarios on every engine, with the same behaviour.",
        GateName::Alloc => "Allocators: certified, replayed, counted.",
        GateName::Pgo => "The native program with and without a profile.",
    }
}

/// Where its section is.
pub fn anchor(gate: GateName) -> &'static str {
    match gate {
        GateName::Size => "#size",
        GateName::Run => "#run",
        GateName::Alloc => "#alloc",
        GateName::Pgo => "#pgo",
    }
}

/// The head of its section, which stays open.
pub fn opened(gate: GateName, state: &GateState) -> Html {
    let standing = Standing::of_state(state);
    let (id, heading) = (&anchor(gate)[1..], format!("{gate}-heading"));
    let mut html = Html::new();
    html.open("section", &[("id", id), ("aria-labelledby", &heading), ("class", "gate")]);
    html.raw("\n<header><div>").element("h2", &[("id", &heading)], gate.name());
    html.element("p", &[], about(gate)).raw("</div>").add(&standing.chip(word(state))).raw("</header>\n");
    match state {
        GateState::Ended { .. } => {}
        GateState::Broke { error, .. } => drop(html.element("p", &[("class", "said")], error)),
        GateState::LeftOut { reason } => drop(html.element("p", &[("class", "said")], reason)),
    }
    html
}
