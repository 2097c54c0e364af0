//! The configuration: one JSON object, each key optional. A key that is unknown, given twice or of the wrong type is an error that names the
//! key, the line and the column.

use alloc::string::String;
use alloc::vec::Vec;

use crate::capability::Manifest;
use crate::json::{self, Json};
use crate::message::{Reply, without_bom};
use crate::text;

/// The largest configuration file that is read.
pub const MAX_CONFIG_BYTES: usize = 64 * 1024;

/// The providers that a configuration can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderName {
    /// `offline`, which needs no network.
    Offline,
    /// `openai`, and everything compatible.
    OpenAi,
    /// `anthropic`.
    Anthropic,
}

impl ProviderName {
    /// The provider of this name.
    pub fn new(name: &str) -> Option<ProviderName> {
        match name {
            "offline" => Some(ProviderName::Offline),
            "openai" => Some(ProviderName::OpenAi),
            "anthropic" => Some(ProviderName::Anthropic),
            _ => None,
        }
    }
}

/// What a run is configured to do. `agent --help` lists the keys.
#[derive(Debug, PartialEq, Eq)]
pub struct Config {
    /// `provider`: who answers.
    pub provider: ProviderName,
    /// `model`.
    pub model: Option<String>,
    /// `base_url`: the server, where it is not the vendor's own.
    pub base_url: Option<String>,
    /// `key_env`: the variable with the key.
    pub key_env: Option<String>,
    /// `key_file`: the file with the key.
    pub key_file: Option<String>,
    /// `key_host`: the host that the key may be sent to, as `name` or `name:port`.
    pub key_host: Option<String>,
    /// `max_tokens`: the most tokens of a reply.
    pub max_tokens: u64,
    /// `max_tokens_field`: the name it is sent under.
    pub max_tokens_field: Option<String>,
    /// `stream`: whether text is shown as it is made.
    pub stream: bool,
    /// `retries`: how often a request is sent again.
    pub retries: u64,
    /// `timeout_s`: how long to wait for the next byte, for a page, or for a command.
    pub timeout_s: u64,
    /// `system`: the system prompt.
    pub system: Option<String>,
    /// `replies`: the script of the offline provider. Without one it describes the conversation.
    pub replies: Option<Vec<Reply>>,
    /// `workspace`: the folder that the tools see.
    pub workspace: String,
    /// `grant`: what the tools may do there and elsewhere.
    pub grant: Manifest,
    /// `max_rounds`: the most requests in one turn.
    pub max_rounds: u64,
    /// `max_tool_calls`: the most tools that run in one turn.
    pub max_tool_calls: u64,
    /// `max_context_bytes`: the most of a conversation that is sent, in bytes of its messages.
    pub max_context_bytes: usize,
    /// `max_message_bytes`: the longest message accepted, counted as it is given.
    pub max_message_bytes: usize,
    /// `max_session_bytes`: the largest session file that is read.
    pub max_session_bytes: usize,
    /// `memory`: where memories are kept and how they are found again.
    #[cfg(feature = "memory-flat")]
    pub memory: Option<crate::memory::Settings>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            provider: ProviderName::Offline,
            model: None,
            base_url: None,
            key_env: None,
            key_file: None,
            key_host: None,
            max_tokens: 4096,
            max_tokens_field: None,
            stream: true,
            retries: 2,
            timeout_s: 120,
            system: None,
            replies: None,
            workspace: String::from("."),
            grant: Manifest::default(),
            max_rounds: 16,
            max_tool_calls: 64,
            max_context_bytes: 400_000,
            max_message_bytes: 64 * 1024,
            max_session_bytes: 4 * 1024 * 1024,
            #[cfg(feature = "memory-flat")]
            memory: None,
        }
    }
}

impl Config {
    /// Reads a configuration file. A byte order mark in front is dropped. The error is what is wrong and where.
    pub fn decode(bytes: &[u8]) -> Result<Config, String> {
        let text = core::str::from_utf8(without_bom(bytes)).map_err(|_| String::from("it is not UTF-8"))?;
        let json = json::parse(text).map_err(|wrong| at(text, wrong.at, &text::fill("it should have {}", &[wrong.wanted])))?;
        if !json.is_object() {
            return Err("it is not a JSON object".into());
        }
        let mut config = Config::default();
        for (position, (key, value)) in json.members().enumerate() {
            let name = key.text().unwrap_or_default();
            if json.members().take(position).any(|(earlier, _)| earlier.is(&name)) {
                return Err(at(text, key.offset_in(text), &text::fill("the key \"{}\" is given twice", &[&name])));
            }
            config.set(&name, value).map_err(|wrong| match wrong {
                Wrong::Key => at(text, key.offset_in(text), &text::fill("unknown key \"{}\"", &[&name])),
                Wrong::Type(wanted) => at(text, value.offset_in(text), &text::fill("\"{}\" must be {}", &[&name, wanted])),
                Wrong::Inside(place, what) => at(text, place.offset_in(text), &text::fill("\"{}\": {}", &[&name, &what])),
            })?;
        }
        Ok(config)
    }

    /// Each kind of key in one place: the same code for each key is some 600 bytes more.
    fn set<'a>(&mut self, name: &str, value: Json<'a>) -> Result<(), Wrong<'a>> {
        if let Some(slot) = self.text(name) {
            return put(slot, value.text().map(Some), STRING);
        }
        if let Some(slot) = self.number(name) {
            return put(slot, positive(value), POSITIVE);
        }
        if let Some(slot) = self.size(name) {
            return put(slot, positive(value).and_then(|number| usize::try_from(number).ok()), POSITIVE);
        }
        #[cfg(feature = "memory-flat")]
        if name == "memory" {
            let settings = crate::memory::Settings::decode(value).map_err(|(place, what)| Wrong::Inside(place, what))?;
            self.memory = Some(settings);
            return Ok(());
        }
        match name {
            "provider" => {
                let provider = value.text().and_then(|name| ProviderName::new(&name));
                put(&mut self.provider, provider, "offline, openai or anthropic")
            }
            "workspace" => put(&mut self.workspace, value.text(), STRING),
            "stream" => put(&mut self.stream, value.truth(), "true or false"),
            "retries" => put(&mut self.retries, value.number(), "a whole number from 0"),
            "timeout_s" => put(&mut self.timeout_s, positive(value).filter(|time| *time <= 600), "a whole number from 1 to 600"),
            "replies" => {
                put(&mut self.replies, replies(value).map(Some), "a list of strings, or of objects with content and calls")
            }
            "grant" => {
                Manifest::decode(value).map(|grant| self.grant = grant).map_err(|(place, what)| Wrong::Inside(place, what))
            }
            _ => Err(Wrong::Key),
        }
    }

    fn text(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            "model" => Some(&mut self.model),
            "base_url" => Some(&mut self.base_url),
            "key_env" => Some(&mut self.key_env),
            "key_file" => Some(&mut self.key_file),
            "key_host" => Some(&mut self.key_host),
            "max_tokens_field" => Some(&mut self.max_tokens_field),
            "system" => Some(&mut self.system),
            _ => None,
        }
    }

    fn number(&mut self, name: &str) -> Option<&mut u64> {
        match name {
            "max_tokens" => Some(&mut self.max_tokens),
            "max_rounds" => Some(&mut self.max_rounds),
            "max_tool_calls" => Some(&mut self.max_tool_calls),
            _ => None,
        }
    }

    fn size(&mut self, name: &str) -> Option<&mut usize> {
        match name {
            "max_context_bytes" => Some(&mut self.max_context_bytes),
            "max_message_bytes" => Some(&mut self.max_message_bytes),
            "max_session_bytes" => Some(&mut self.max_session_bytes),
            _ => None,
        }
    }
}

const STRING: &str = "a string";
const POSITIVE: &str = "a whole number from 1";

/// What can be wrong with a member, as long as it is not known where it stands.
enum Wrong<'a> {
    Key,
    Type(&'static str),
    Inside(Json<'a>, String),
}

fn put<T>(slot: &mut T, value: Option<T>, wanted: &'static str) -> Result<(), Wrong<'static>> {
    *slot = value.ok_or(Wrong::Type(wanted))?;
    Ok(())
}

fn positive(value: Json<'_>) -> Option<u64> {
    value.number().filter(|number| *number > 0)
}

/// The script of the offline provider: texts, or replies in the form that sessions keep them in.
fn replies(value: Json<'_>) -> Option<Vec<Reply>> {
    let mut replies = Vec::new();
    for entry in value.items() {
        replies.push(match entry.text() {
            Some(text) => Reply { text, ..Reply::default() },
            None => Reply::decode_scripted(entry)?,
        });
    }
    value.is_array().then_some(replies)
}

/// `what` with the line and the column of the byte at `offset`.
fn at(text: &str, offset: usize, what: &str) -> String {
    let (line, column) = json::place(text, offset);
    let mut out = text::fill("{}, line ", &[what]);
    json::number(&mut out, line);
    out.push_str(", column ");
    json::number(&mut out, column);
    out
}

#[cfg(test)]
mod tests;
