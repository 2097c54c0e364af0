//! One step: how it ended, what it said, what it asked of the network, how memory went.

use crate::{
    analysis::{statistics::slope, text_diff::diff},
    data::{
        grid::Reason,
        observed::StepObserved,
        scenario::{
            expect::{ContactAs, EndedAs, Expect},
            place::Places,
            step::Step,
        },
    },
};
use runner_protocol::{Contact, Decision, Ended, Engine};

/// What a step is held to.
pub struct Case<'a> {
    /// What ran it.
    pub engine: Engine,
    /// Where the services were.
    pub places: &'a Places,
    /// The step.
    pub step: &'a Step,
    /// What is expected: the step's own, or what is seen without the guard.
    pub expect: &'a Expect,
}

impl Case<'_> {
    /// Everything that is not as expected.
    pub fn judge(&self, got: &StepObserved) -> Vec<Reason> {
        let mut reasons = self.ends(got);
        reasons.extend(self.stdout(&got.stdout));
        reasons.extend(self.missing("stderr", &got.stderr, &self.expect.stderr_contains));
        // The reference has no host that keeps a record.
        if let (Some(wanted), true) = (&self.expect.contacts, self.engine != Engine::Native) {
            reasons.extend(contacts(wanted, &got.contacts));
        }
        reasons.extend(self.growth(got));
        reasons
    }

    fn ends(&self, got: &StepObserved) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let wanted = self.step.instance_count();
        if got.instance_count != wanted || got.ended.is_empty() {
            reasons.push(Reason::new(format!("{} instances ended, not {wanted}", got.instance_count)));
        }
        if let Some((at, other)) = got.ended.iter().enumerate().find(|(_, ended)| !self.is_end(ended)) {
            let which = if wanted == 1 { String::new() } else { format!("instance {} of those kept: ", at + 1) };
            let said = format!("{which}it ended with {}, not {}", words(other), self.expect.ended);
            reasons.push(Reason { said, detail: format!("its stderr:\n{}", last_lines(&got.stderr)) });
        }
        reasons
    }

    /// A component knows the exit codes 0 and 1 only.
    fn is_end(&self, ended: &Ended) -> bool {
        match (&self.expect.ended, ended) {
            (EndedAs::Exit(wanted), Ended::Exit { code }) if self.engine.target() == Some("wasm32-wasip2") => {
                *code == (*wanted).min(1)
            }
            (EndedAs::Exit(wanted), Ended::Exit { code }) => code == wanted,
            (EndedAs::Trap(words), Ended::Trap { reason }) => reason.contains(words),
            (EndedAs::Stopped(wanted), Ended::Stopped { limit, .. }) => limit == wanted,
            _ => false,
        }
    }

    fn stdout(&self, got: &str) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if let Some(wanted) = self.expect.stdout.as_ref().map(|text| self.places.fill(text))
            && wanted != got
        {
            reasons.push(Reason { said: "stdout is another text".into(), detail: diff(&wanted, got) });
        }
        reasons.extend(self.missing("stdout", got, &self.expect.stdout_contains));
        if let Some(text) = self.expect.stdout_lacks.iter().map(|text| self.places.fill(text)).find(|text| got.contains(text)) {
            reasons.push(Reason { said: format!("stdout has `{text}`"), detail: last_lines(got) });
        }
        let count = got.lines().count() as u64;
        if let Some(wanted) = self.expect.stdout_line_count.filter(|wanted| *wanted != count) {
            reasons.push(Reason { said: format!("stdout has {count} lines, not {wanted}"), detail: last_lines(got) });
        }
        reasons
    }

    fn missing(&self, what: &str, got: &str, wanted: &[String]) -> Option<Reason> {
        let text = wanted.iter().map(|text| self.places.fill(text)).find(|text| !got.contains(text))?;
        Some(Reason { said: format!("{what} has no `{text}`"), detail: last_lines(got) })
    }

    fn growth(&self, got: &StepObserved) -> Option<Reason> {
        let most = self.expect.max_memory_slope_bytes?;
        match slope(&got.memory_samples) {
            None => Some(Reason::new("there are too few samples of the memory to see a slope")),
            Some(bytes) if bytes > i64::try_from(most).unwrap_or(i64::MAX) => {
                Some(Reason::new(format!("memory grows by {bytes} bytes an instance, the most is {most}")))
            }
            Some(_) => None,
        }
    }
}

fn contacts(wanted: &[ContactAs], got: &[Contact]) -> Option<Reason> {
    let list = || got.iter().map(|contact| format!("{}: {}\n", contact.request, decided(&contact.decision))).collect::<String>();
    if wanted.len() != got.len() {
        let said = format!("the network was asked {} times, not {}", got.len(), wanted.len());
        return Some(Reason { said, detail: list() });
    }
    let other = wanted.iter().zip(got).position(|(wanted, got)| !is_contact(wanted, got))?;
    let got = &got[other];
    let said =
        format!("request {} to the network, {}, was {}: that is not expected", other + 1, got.request, decided(&got.decision));
    Some(Reason { said, detail: list() })
}

fn is_contact(wanted: &ContactAs, got: &Contact) -> bool {
    let decision = match (&got.decision, wanted) {
        (Decision::Answered(status), ContactAs { answered, refused: None, failed: None, .. }) => {
            answered.is_none_or(|wanted| wanted == *status)
        }
        (Decision::Refused(reason), ContactAs { answered: None, refused: Some(words), failed: None, .. })
        | (Decision::Failed(reason), ContactAs { answered: None, refused: None, failed: Some(words), .. }) => {
            reason.contains(words)
        }
        _ => false,
    };
    decision && wanted.request.as_ref().is_none_or(|part| got.request.contains(part))
}

fn decided(decision: &Decision) -> String {
    match decision {
        Decision::Answered(status) => format!("answered with {status}"),
        Decision::Refused(reason) => format!("refused ({reason})"),
        Decision::Failed(reason) => format!("sent and failed ({reason})"),
    }
}

/// How an instance ended, in words.
pub fn words(ended: &Ended) -> String {
    match ended {
        Ended::Exit { code } => format!("exit {code}"),
        Ended::Trap { reason } => format!("trap ({reason})"),
        Ended::Stopped { limit, reason } => format!("stopped {limit} ({reason})"),
    }
}

/// The end of a text, where the news is.
pub fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let shown = &lines[lines.len().saturating_sub(10)..];
    shown.iter().map(|line| format!("  {}\n", line.chars().take(400).collect::<String>())).collect()
}
