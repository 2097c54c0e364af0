//! What the agent may read, write, reach and run. Deny by default: effective is what `Component.toml` declares and the configuration grants.
//!
//! Both sides are written in one grammar and read by one reader. `Component.toml` is turned into JSON when the agent is built.

use alloc::string::String;
use alloc::vec::Vec;

use crate::json::Json;
use crate::text;
use crate::url::Url;

pub mod address;
pub mod command;
pub mod host;
pub mod path;

/// One side: what is declared, or what is granted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// `read`: patterns of paths, see [`path`].
    pub read: Vec<String>,
    /// `write`: patterns of paths.
    pub write: Vec<String>,
    /// `hosts`: patterns of hosts, see [`host`].
    pub hosts: Vec<String>,
    /// `private`: addresses in private ranges that a host name may lead to, see [`address`].
    pub private: Vec<String>,
    /// `exec`: patterns of commands, see [`command`].
    pub exec: Vec<Vec<String>>,
    /// `memory`: `read` for `recall`, `read-write` for `remember` too.
    #[cfg(feature = "memory-flat")]
    pub memory: Option<Access>,
}

/// What can be done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Its contents, or the names in a folder, are read.
    Read,
    /// It is made or changed.
    Write,
}

/// What a run may do. See the module.
#[derive(Debug, Clone, Default)]
pub struct Capabilities {
    /// What the component says it may need.
    pub declared: Manifest,
    /// What the person who runs it allows.
    pub granted: Manifest,
}

impl Capabilities {
    /// Whether the workspace path may be read or written.
    pub fn allows_path(&self, access: Access, path: &path::WorkPath) -> bool {
        // What is private by its name is for the grant to leave out or to name: a component that declares `**` may need it.
        let declared = self.declared.paths(access).iter().any(|pattern| path::matches_all(pattern, path));
        declared && self.granted.paths(access).iter().any(|pattern| path::matches(pattern, path))
    }

    /// Whether anything at all may be read or written.
    pub fn allows_some_path(&self, access: Access) -> bool {
        !self.declared.paths(access).is_empty() && !self.granted.paths(access).is_empty()
    }

    /// Whether `url` may be asked. Which addresses its name may lead to is a question of its own: [`Capabilities::private`].
    pub fn allows_url(&self, url: &Url) -> bool {
        self.declared.allows_url(url) && self.granted.allows_url(url)
    }

    /// Whether this command may be run.
    pub fn allows_command(&self, argv: &[String]) -> bool {
        let side = |manifest: &Manifest| manifest.exec.iter().any(|pattern| command::matches(pattern, argv));
        side(&self.declared) && side(&self.granted)
    }

    /// Whether the memory may be searched, or added to.
    #[cfg(feature = "memory-flat")]
    pub fn allows_memory(&self, access: Access) -> bool {
        let side = |manifest: &Manifest| manifest.memory.is_some_and(|most| most == Access::Write || most == access);
        side(&self.declared) && side(&self.granted)
    }

    /// Whether a connection to a private address is allowed for `url`, which is: the address itself was named.
    pub fn private(&self, url: &Url) -> Private {
        if self.granted.hosts.iter().any(|pattern| host::names(pattern, url)) {
            return Private::Any;
        }
        let declared = |entry: &&String| self.declared.private.iter().any(|pattern| pattern == "*" || pattern == *entry);
        Private::Only(self.granted.private.iter().filter(declared).cloned().collect())
    }
}

/// To which addresses outside of the public internet a connection may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Private {
    /// To any: the grant names this very host.
    Any,
    /// To these, as `private` lists them.
    Only(Vec<String>),
}

impl Manifest {
    /// Reads one side. The error names the entry and what is wrong with it, and where in the text it stands.
    pub fn decode(json: Json<'_>) -> Result<Manifest, (Json<'_>, String)> {
        let mut manifest = Manifest::default();
        for (position, (key, value)) in json.members().enumerate() {
            let name = key.text().unwrap_or_default();
            if json.members().take(position).any(|(earlier, _)| earlier.is(&name)) {
                return Err((key, text::fill("\"{}\" is given twice", &[&name])));
            }
            #[cfg(feature = "memory-flat")]
            if name == "memory" {
                manifest.memory = Some(memory(value)?);
                continue;
            }
            match name.as_str() {
                "read" => manifest.read = texts(value, path::check)?,
                "write" => manifest.write = texts(value, path::check)?,
                "hosts" => manifest.hosts = texts(value, host::check)?,
                "private" => manifest.private = texts(value, address::check)?,
                "exec" => {
                    for argv in value.items() {
                        manifest.exec.push(command::check(argv, texts(argv, command::check_word)?)?);
                    }
                }
                _ => return Err((key, text::fill("unknown key \"{}\"", &[&name]))),
            }
            if !value.is_array() {
                return Err((value, text::fill("\"{}\" must be a list", &[&name])));
            }
        }
        if json.is_object() { Ok(manifest) } else { Err((json, "it must be an object".into())) }
    }

    /// Whether this side covers `url`.
    pub fn allows_url(&self, url: &Url) -> bool {
        self.hosts.iter().any(|pattern| host::matches(pattern, url))
    }

    fn paths(&self, access: Access) -> &[String] {
        match access {
            Access::Read => &self.read,
            Access::Write => &self.write,
        }
    }
}

/// How much of the memory is granted.
#[cfg(feature = "memory-flat")]
fn memory(value: Json<'_>) -> Result<Access, (Json<'_>, String)> {
    match value.text().as_deref() {
        Some("read") => Ok(Access::Read),
        Some("read-write") => Ok(Access::Write),
        _ => Err((value, "\"memory\" must be \"read\" or \"read-write\"".into())),
    }
}

/// The strings of a list, each of which has passed `check`.
fn texts<'a>(list: Json<'a>, check: fn(&str) -> Result<(), &'static str>) -> Result<Vec<String>, (Json<'a>, String)> {
    let mut texts = Vec::new();
    for entry in list.items() {
        let Some(text) = entry.text() else { return Err((entry, "an entry must be a string".into())) };
        if let Err(wrong) = check(&text) {
            return Err((entry, text::fill("\"{}\": {}", &[&text, wrong])));
        }
        texts.push(text);
    }
    Ok(texts)
}

/// Whether `text` is what `pattern` describes, in which each `*` stands for any characters, none included.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = text::split_once(pattern, "*") else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut rest = rest;
    // Between two stars the first place that fits is as good as any; after the last star only the end is.
    while let Some((middle, after)) = text::split_once(rest, "*") {
        let Some(at) = text::find(text, middle) else { return false };
        text = text.get(at + middle.len()..).unwrap_or_default();
        rest = after;
    }
    text.ends_with(rest)
}

#[cfg(test)]
mod tests;
