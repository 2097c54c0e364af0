//! The line of JSON that the guest prints.

use serde::Deserialize;

/// What the guest said.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// What a replay came to.
    Replayed(Replayed),
    /// A check that passed.
    Passed(Passed),
    /// A check that refused.
    Refused(Refusal),
    /// It could not do what it was asked.
    Wrong(Wrong),
}

/// What a replay came to: the fields of [`super::ReplayCounts`] as the guest sees them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Replayed {
    pub op_count: u64,
    pub failed_count: u64,
    /// Blocks whose contents were gone.
    pub corrupt_count: u64,
    pub peak_live_bytes: u64,
    pub live_bytes: u64,
    pub memory_bytes: u64,
    pub base_bytes: u64,
    /// 0 where it was not asked to fill the rest.
    pub left_bytes: u64,
}

/// A check that passed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passed {
    /// Its name.
    pub check: String,
    /// Linear memory after it.
    pub memory_bytes: u64,
}

/// A check that refused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// Why.
    pub refused: String,
    /// The number that the words are about.
    pub value: u64,
}

/// Why the guest could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wrong {
    /// Its words.
    pub error: String,
}

impl Answer {
    /// Reads the guest's standard output.
    ///
    /// # Errors
    /// It is no answer; the text says what it is.
    pub fn parse(text: &str) -> Result<Answer, String> {
        let shown: String = text.chars().take(200).collect();
        serde_json::from_str(text).map_err(|_| format!("the guest printed no answer: `{}`", shown.escape_debug()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart_and_nothing_else_is_one() {
        let replayed = r#"{"op_count":1,"failed_count":0,"corrupt_count":0,"peak_live_bytes":8,"live_bytes":8,"memory_bytes":65536,"base_bytes":1024,"left_bytes":0}"#;
        assert!(matches!(Answer::parse(replayed), Ok(Answer::Replayed(Replayed { op_count: 1, .. }))));
        assert!(matches!(Answer::parse("{\"check\":\"grows\",\"memory_bytes\":1}\n"), Ok(Answer::Passed(_))));
        assert!(matches!(Answer::parse("{\"refused\":\"it cannot\",\"value\":1}"), Ok(Answer::Refused(_))));
        assert!(matches!(Answer::parse("{\"error\":\"x\"}"), Ok(Answer::Wrong(_))));
        for bad in ["", "{}", "{\"check\":\"grows\"}", "{\"op_count\":1}", &replayed.replace("1024", "-1"), "null"] {
            assert!(Answer::parse(bad).is_err(), "{bad}");
        }
    }
}
