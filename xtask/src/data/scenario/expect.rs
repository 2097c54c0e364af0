//! What has to come of a step.

use serde::{Deserialize, Deserializer};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// What has to come of a step. What is left out is not looked at, but how it ended is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expect {
    /// How each instance ends; `exit 0` if nothing is said.
    pub ended: EndedAs,
    /// All of standard output.
    pub stdout: Option<String>,
    /// Parts of standard output.
    pub stdout_contains: Vec<String>,
    /// What standard output must not have.
    pub stdout_lacks: Vec<String>,
    /// The lines of standard output.
    pub stdout_line_count: Option<u64>,
    /// Parts of standard error, where the engine is one of the sandbox or the reference.
    pub stderr_contains: Vec<String>,
    /// What the network was asked for, in order; where the runner is the host.
    #[serde(rename = "contact")]
    pub contacts: Option<Vec<ContactAs>>,
    /// How much the process may grow with each instance, in bytes.
    pub max_memory_slope_bytes: Option<u64>,
    /// Path -> what is there at the end; only of the last step.
    pub files: BTreeMap<String, FileAs>,
    /// What the mock was asked in the whole scenario, in order; only of the last step.
    #[serde(rename = "request")]
    pub requests: Option<Vec<RequestAs>>,
    /// How often the mock was asked, where nothing else matters; only of the last step.
    pub request_count: Option<u64>,
    /// How often the canary was reached; only of the last step.
    pub canary_count: Option<u64>,
}

/// How an instance has to end: `exit 0`, `trap`, `trap: words of the reason`, `stopped deadline_ms`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndedAs {
    /// By itself, with this code.
    Exit(i32),
    /// By the engine, for a reason with these words in it.
    Trap(String),
    /// By the host: which limit.
    Stopped(String),
}

/// What has to be in a file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "a text, `{ contains = [...] }` or `{ absent = true }`")]
pub enum FileAs {
    /// This.
    Text(String),
    /// Something with these parts.
    Contains(FileParts),
    /// It is not there.
    Absent(FileAbsent),
}

/// Parts of a file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FileParts {
    /// What it has.
    #[serde(default)]
    pub contains: Vec<String>,
    /// What it has not.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// Its lines.
    pub line_count: Option<u64>,
}

/// That a file is not there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileAbsent {
    /// Only `true` is meant.
    pub absent: bool,
}

/// A request as the mock has to have recorded it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RequestAs {
    /// The method.
    pub method: Option<String>,
    /// The path.
    pub path: Option<String>,
    /// Headers with exactly these values.
    pub headers: BTreeMap<String, String>,
    /// Headers that it has not.
    pub headers_absent: Vec<String>,
    /// What its body has.
    pub body_contains: Vec<String>,
    /// What its body has not.
    pub body_lacks: Vec<String>,
}

/// What the host has to have done with a request of the guest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContactAs {
    /// A part of method and URL.
    pub request: Option<String>,
    /// It was answered with this status.
    pub answered: Option<u16>,
    /// It was refused, for a reason with these words in it.
    pub refused: Option<String>,
    /// It failed on the way, for a reason with these words in it.
    pub failed: Option<String>,
}

impl Default for EndedAs {
    fn default() -> Self {
        EndedAs::Exit(0)
    }
}

impl fmt::Display for EndedAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EndedAs::Exit(code) => write!(f, "exit {code}"),
            EndedAs::Trap(words) if words.is_empty() => f.write_str("trap"),
            EndedAs::Trap(words) => write!(f, "trap: {words}"),
            EndedAs::Stopped(limit) => write!(f, "stopped {limit}"),
        }
    }
}

impl FromStr for EndedAs {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no end: use `exit CODE`, `trap`, `trap: WORDS` or `stopped LIMIT`");
        if let Some(code) = text.strip_prefix("exit ") {
            return code.parse().map(EndedAs::Exit).map_err(|_| wrong());
        }
        match text.split_once(": ") {
            _ if text == "trap" => Ok(EndedAs::Trap(String::new())),
            Some(("trap", words)) => Ok(EndedAs::Trap(words.to_string())),
            _ => match text.strip_prefix("stopped ") {
                Some(limit) if !limit.is_empty() => Ok(EndedAs::Stopped(limit.to_string())),
                _ => Err(wrong()),
            },
        }
    }
}

impl<'de> Deserialize<'de> for EndedAs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
