//! The tools: what a model may ask for, each held to the capabilities, each with limits on what goes in and what comes out.

use alloc::string::String;
use alloc::vec::Vec;

use crate::capability::{Access, Capabilities};
use crate::effects::Host;
use crate::json::{self, Json};
use crate::message::Call;
use crate::redact::Redactor;
use crate::text;

mod exec;
mod files;
mod http_get;
#[cfg(feature = "memory-flat")]
mod memory;

/// The most bytes of text that one call puts into the conversation.
pub const MAX_RESULT_BYTES: usize = 32 * 1024;

/// A tool as the model sees it.
#[derive(Debug)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// The JSON schema of its arguments.
    pub parameters: &'static str,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    ReadFile,
    WriteFile,
    EditFile,
    ListDir,
    HttpGet,
    Exec,
    #[cfg(feature = "memory-flat")]
    Remember,
    #[cfg(feature = "memory-flat")]
    Recall,
}

macro_rules! schema {
    ($properties:literal, $required:literal) => {
        concat!(
            "{\"type\":\"object\",\"properties\":{",
            $properties,
            "},\"required\":[",
            $required,
            "],\"additionalProperties\":false}"
        )
    };
}

/// Every tool there is.
static TOOLS: [Tool; if cfg!(feature = "memory-flat") { 8 } else { 6 }] = [
    Tool {
        name: "read_file",
        description: "Reads a text file of the workspace.",
        parameters: schema!(
            r#""path":{"type":"string"},"first_line":{"type":"integer","description":"from 1"},"line_count":{"type":"integer"}"#,
            r#""path""#
        ),
        kind: Kind::ReadFile,
    },
    Tool {
        name: "write_file",
        description: "Makes or replaces a file of the workspace.",
        parameters: schema!(r#""path":{"type":"string"},"content":{"type":"string"}"#, r#""path","content""#),
        kind: Kind::WriteFile,
    },
    Tool {
        name: "edit_file",
        description: "Replaces a text that occurs exactly once in a file.",
        parameters: schema!(
            r#""path":{"type":"string"},"old":{"type":"string"},"new":{"type":"string"}"#,
            r#""path","old","new""#
        ),
        kind: Kind::EditFile,
    },
    Tool {
        name: "list_dir",
        description: "Lists a folder of the workspace; names of folders end in a slash.",
        parameters: schema!(r#""path":{"type":"string"}"#, r#""path""#),
        kind: Kind::ListDir,
    },
    Tool {
        name: "http_get",
        description: "Gets a URL. Redirects are not followed.",
        parameters: schema!(r#""url":{"type":"string"}"#, r#""url""#),
        kind: Kind::HttpGet,
    },
    Tool {
        name: "exec",
        description: "Runs a command without a shell: the program's absolute path, then its arguments.",
        parameters: schema!(r#""argv":{"type":"array","items":{"type":"string"}}"#, r#""argv""#),
        kind: Kind::Exec,
    },
    #[cfg(feature = "memory-flat")]
    Tool {
        name: "remember",
        description: "Keeps a text for later conversations, one fact at a time; `recall` finds it again.",
        parameters: schema!(r#""text":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}}"#, r#""text""#),
        kind: Kind::Remember,
    },
    #[cfg(feature = "memory-flat")]
    Tool {
        name: "recall",
        description: "Finds what was remembered before, the most similar first.",
        parameters: schema!(
            r#""query":{"type":"string"},"k":{"type":"integer","description":"the most to find, 1 to 50; else 5"}"#,
            r#""query""#
        ),
        kind: Kind::Recall,
    },
];

/// The tools that this build has and the capabilities leave something to do.
pub fn offered(capabilities: &Capabilities) -> Vec<&'static Tool> {
    TOOLS.iter().filter(|tool| cfg!(feature = "tools") && tool.is_allowed(capabilities)).collect()
}

impl Tool {
    fn is_allowed(&self, capabilities: &Capabilities) -> bool {
        match self.kind {
            Kind::ReadFile | Kind::ListDir => capabilities.allows_some_path(Access::Read),
            Kind::WriteFile => capabilities.allows_some_path(Access::Write),
            Kind::EditFile => capabilities.allows_some_path(Access::Read) && capabilities.allows_some_path(Access::Write),
            Kind::HttpGet => cfg!(feature = "http-get") && !capabilities.granted.hosts.is_empty(),
            Kind::Exec => !capabilities.granted.exec.is_empty(),
            #[cfg(feature = "memory-flat")]
            Kind::Remember => capabilities.allows_memory(Access::Write),
            #[cfg(feature = "memory-flat")]
            Kind::Recall => capabilities.allows_memory(Access::Read),
        }
    }

    /// Whether it works in the workspace. The host need not give one where no tool does.
    #[cfg(feature = "memory-flat")]
    pub fn needs_workspace(&self) -> bool {
        !matches!(self.kind, Kind::Remember | Kind::Recall)
    }
}

/// What tools work with.
#[derive(Debug)]
pub struct Context<'a> {
    /// What they may do.
    pub capabilities: &'a Capabilities,
    /// How long one may take.
    pub timeout_ms: u64,
    /// Takes keys out of what they give.
    pub redactor: &'a Redactor,
    /// What is remembered, where that is granted.
    #[cfg(feature = "memory-flat")]
    pub memory: Option<&'a crate::memory::Memory>,
}

impl Context<'_> {
    /// `text` without keys, and then its first `limit` bytes: the other way round a key at the end would lose the form it is known by.
    fn cut(&self, text: &str, limit: usize) -> String {
        cut(self.redactor.clean(text), limit)
    }
}

/// Runs `call` and gives what the model is told; the error is told to the model too, as one.
pub fn run<H: Host>(call: &Call, offered: &[&'static Tool], context: &Context<'_>, host: &mut H) -> Result<String, String> {
    let tool = offered.iter().find(|tool| tool.name == call.name).ok_or_else(|| unknown(&call.name, offered))?;
    let text = if text::is_blank(&call.arguments) { "{}" } else { &call.arguments };
    let arguments = Arguments(json::parse(text).map_err(not_json)?);
    if !arguments.0.is_object() {
        return Err("the arguments must be a JSON object".into());
    }
    match tool.kind {
        Kind::ReadFile => files::read(arguments, context, host),
        Kind::WriteFile => files::write(arguments, context, host),
        Kind::EditFile => files::edit(arguments, context, host),
        Kind::ListDir => files::list(arguments, context, host),
        Kind::HttpGet if cfg!(feature = "http-get") => http_get::get(arguments, context, host),
        Kind::Exec if cfg!(target_os = "wasi") => Err("exec is not there under WASI: it has no processes".into()),
        Kind::Exec => exec::run(arguments, context, host),
        Kind::HttpGet => Err("this build has no http_get".into()),
        #[cfg(feature = "memory-flat")]
        Kind::Remember => memory::remember(arguments, context, host),
        #[cfg(feature = "memory-flat")]
        Kind::Recall => memory::recall(arguments, context, host),
    }
}

fn unknown(name: &str, offered: &[&'static Tool]) -> String {
    let mut text = text::fill("there is no tool {}; there is:", &[name]);
    for tool in offered {
        text.push(' ');
        text.push_str(tool.name);
    }
    text
}

fn not_json(wrong: json::Wrong) -> String {
    let mut text = String::from("the arguments are not JSON: byte ");
    json::number(&mut text, wrong.at as u64);
    text.push_str(" should be ");
    text.push_str(wrong.wanted);
    text
}

/// The arguments of a call.
#[derive(Clone, Copy)]
struct Arguments<'a>(Json<'a>);

impl Arguments<'_> {
    fn text(self, name: &str) -> Result<String, String> {
        self.0.text_of(name).ok_or_else(|| text::fill("the argument {} is missing or is no string", &[name]))
    }

    /// A whole number from 1, if it is there.
    fn number(self, name: &str) -> Result<Option<usize>, String> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let number = value.number().filter(|number| *number > 0).and_then(|number| usize::try_from(number).ok());
        number.map(Some).ok_or_else(|| text::fill("the argument {} is no whole number from 1", &[name]))
    }
}

/// The first `limit` bytes of `text`, cut between characters, with a note of what is missing.
fn cut(mut text: String, limit: usize) -> String {
    if text.len() <= limit {
        return text;
    }
    let whole = text.len();
    let end = text::start(&text, limit).len();
    text.truncate(end);
    text.push_str("\n[cut: ");
    json::number(&mut text, end as u64);
    text.push_str(" of ");
    json::number(&mut text, whole as u64);
    text.push_str(" bytes are shown]");
    text
}
