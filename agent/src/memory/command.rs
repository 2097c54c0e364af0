//! What `agent memory` does.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Entry, Memory, line};
use crate::cli::Input;
use crate::cli::memory::{Command, Options};
use crate::effects::{Host, MemoryFile, Trouble};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::message;
use crate::setup::Overrides;
use crate::setup::memory::Setup;
use crate::show;
use crate::text;

/// The longest input, or line of `--stdin jsonl`: with tags and escapes.
const MAX_INPUT_BYTES: usize = 64 * 1024;
/// The lines that are embedded at once and make a commit.
const BATCH: usize = 64;
/// How many are found where nobody says.
pub const FOUND: usize = 5;

/// What the command line says besides the command.
#[derive(Debug)]
pub struct Told {
    /// The options of `agent memory`.
    pub options: Options,
    /// The result is JSON.
    pub json: bool,
    /// How the input is read.
    pub input: Input,
}

/// Does what `command` says.
pub fn run<H: Host>(command: Command, told: Told, overrides: Overrides, host: &mut H) -> Result<(), Failure> {
    let setup = Setup::new(overrides, told.options.store.clone(), host)?;
    let done = match command {
        Command::Add(text) => add(&setup, text, &told, host),
        Command::Search(query) => search(&setup, &query, &told, host),
        Command::List => {
            let mut show = |record, host: &mut H| output(&shown(&record, None, told.json), host);
            setup.memory.list(&mut show, host)
        }
        Command::Forget(ids) => setup.memory.forget(&ids, host),
        Command::Stats => setup.memory.stats(host).and_then(|stats| output(&stats.text(told.json), host)),
        Command::Rebuild => rebuild(&setup.memory, told.json, host),
    };
    // A server may have said the key again.
    done.map_err(|failure| Failure { exit: failure.exit, text: setup.redactor.clean(&failure.text) })
}

fn output<H: Host>(text: &str, host: &mut H) -> Result<(), Failure> {
    host.output(text).map_err(|error| Failure::new(Exit::File, "standard output cannot be written: {}", &[&error]))
}

fn add<H: Host>(setup: &Setup, text: Option<String>, told: &Told, host: &mut H) -> Result<(), Failure> {
    let tagged = |mut entry: Entry| {
        entry.tags.extend(told.options.tags.iter().cloned());
        entry
    };
    if told.input == Input::Message {
        let text = match text {
            Some(text) => text,
            // Longer than a text may be: space around it is taken off first.
            None => read(host.input(MAX_INPUT_BYTES).map(Some))?.unwrap_or_default(),
        };
        keep(setup, &[tagged(Entry { text, ..Entry::default() })], told.json, host)?;
    } else {
        lines(setup, tagged, told.json, host)?;
    }
    #[cfg(feature = "memory-hnsw")]
    setup.memory.keep_graph(host)?;
    Ok(())
}

fn lines<H: Host>(setup: &Setup, tagged: impl Fn(Entry) -> Entry, as_json: bool, host: &mut H) -> Result<(), Failure> {
    let mut batch = Vec::new();
    loop {
        let text = read(host.line(MAX_INPUT_BYTES))?;
        let is_over = text.is_none();
        batch.extend(text.filter(|text| !text::is_blank(text)).map(|text| tagged(Entry::decode(&text))));
        if batch.len() >= BATCH || is_over {
            keep(setup, &batch, as_json, host)?;
            batch.clear();
        }
        if is_over {
            return Ok(());
        }
    }
}

fn keep<H: Host>(setup: &Setup, entries: &[Entry], as_json: bool, host: &mut H) -> Result<(), Failure> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut out = String::new();
    for added in setup.memory.add(entries, &setup.redactor, host)? {
        let id = text::number(added.id);
        let template = match (as_json, added.is_new) {
            (true, true) => "{\"id\":{},\"new\":true}\n",
            (true, false) => "{\"id\":{},\"new\":false}\n",
            (false, true) => "remembered as {}\n",
            (false, false) => "already remembered as {}\n",
        };
        out.push_str(&text::fill(template, &[&id]));
    }
    output(&out, host)
}

/// A text of the input, or nothing at its end.
fn read(read: Result<Option<Vec<u8>>, Trouble>) -> Result<Option<String>, Failure> {
    let wrong = |exit, what: &str| Failure::new(exit, what, &[]);
    let bytes = read.map_err(|trouble| match trouble {
        Trouble::TooLarge => wrong(Exit::Usage, "a text on standard input is too long: remember it in parts of 8 KiB"),
        Trouble::Missing => wrong(Exit::File, "there is no standard input: give the text after add"),
        Trouble::Other(error) => Failure::new(Exit::File, "standard input cannot be read: {}", &[&error]),
    })?;
    let Some(bytes) = bytes else { return Ok(None) };
    let text = core::str::from_utf8(message::without_bom(&bytes));
    text.map(|text| Some(text.into()))
        .map_err(|_| wrong(Exit::Usage, "a text on standard input is not UTF-8: convert it to UTF-8"))
}

fn search<H: Host>(setup: &Setup, query: &str, told: &Told, host: &mut H) -> Result<(), Failure> {
    let count = told.options.count.unwrap_or(FOUND);
    let tag = told.options.tags.first().map(String::as_str);
    let query = setup.redactor.clean(query);
    for found in setup.memory.search(&query, count, tag, host)? {
        output(&shown(&found.record, Some(found.score), told.json), host)?;
    }
    Ok(())
}

/// A record on one line.
fn shown(record: &agent_memory::store::Record, score: Option<f32>, as_json: bool) -> String {
    if as_json {
        return line(record, score);
    }
    let score = score.map(|score| text::fill("{}  ", &[&super::entry::thousandths(score)])).unwrap_or_default();
    let tags = if record.tags.is_empty() { String::new() } else { text::fill("[{}]  ", &[&text::join(&record.tags, ", ")]) };
    let parts = [&text::number(record.id), &score, &tags, &record.text];
    text::fill("{}\n", &[&show::one_line(&text::fill("{}  {}{}{}", &parts.map(String::as_str)))])
}

fn rebuild<H: Host>(memory: &Memory, as_json: bool, host: &mut H) -> Result<(), Failure> {
    let count = text::number(memory.rebuild(host)? as u64);
    #[cfg(feature = "memory-hnsw")]
    memory.keep_graph(host)?;
    output(&text::fill(if as_json { "{\"records\":{}}\n" } else { "made anew, {} records\n" }, &[&count]), host)
}

/// What there is.
#[derive(Debug, Default)]
pub struct Stats {
    /// Labels with texts.
    texts: Vec<(&'static str, String)>,
    /// Labels with numbers.
    numbers: Vec<(&'static str, u64)>,
}

impl Stats {
    fn text(&self, as_json: bool) -> String {
        let mut out = String::new();
        if as_json {
            for (label, text) in &self.texts {
                out.push_str(if out.is_empty() { "{" } else { "," });
                json::quote(&mut out, label);
                json::field(&mut out, ":", text);
            }
            for (label, number) in &self.numbers {
                json::field(&mut out, ",", label);
                out.push(':');
                json::number(&mut out, *number);
            }
            out.push_str("}\n");
            return out;
        }
        let numbers = self.numbers.iter().map(|(label, number)| (*label, text::number(*number)));
        for (label, text) in self.texts.iter().cloned().chain(numbers) {
            let spaces = "            ".get(label.len()..).unwrap_or(" ");
            out.push_str(&text::fill("{}{}{}\n", &[label, spaces, &show::one_line(&text)]));
        }
        out
    }
}

impl Memory {
    /// What there is, and how large.
    pub fn stats<H: Host>(&self, host: &mut H) -> Result<Stats, Failure> {
        self.open(None, host)?;
        let mut stats = Stats::default();
        stats.texts.push(("store", self.settings.store.as_str().into()));
        let open = self.open.borrow();
        let Some(store) = open.as_ref().map(|open| &open.store) else {
            stats.numbers.push(("records", 0));
            return Ok(stats);
        };
        let vectors = store.vectors();
        stats.texts.push(("embedder", store.identity().name.into()));
        stats.numbers.extend([
            ("dimensions", vectors.dimensions() as u64),
            ("records", store.count() as u64),
            ("forgotten", (vectors.count() - vectors.live_count()) as u64),
            ("bytes", store.file_bytes()),
            ("torn_bytes", store.torn_bytes()),
            ("exact", store.keeps_f32().into()),
        ]);
        if let Ok(bytes) = host.memory_open(&self.settings.store, MemoryFile::Graph) {
            stats.numbers.push(("graph_bytes", bytes));
        }
        Ok(stats)
    }
}
