//! Walks any wasm file into spans: every byte of the file belongs to exactly one.
//!
//! The walk reads what a measurement needs (imports, exports, memories, segments, function lengths) and outlines the
//! rest. It measures and does not judge: a section it has no use for may hold anything, `wasm-tools validate` is for that.

mod lookalike;
mod walker;

pub use lookalike::looks_like;
pub use walker::walk;

use serde::{Deserialize, Serialize};
use std::{fmt, ops::Range};

/// How deep modules and components may nest. A path names all its parents, so depth is paid for in every row.
pub const MAX_DEPTH: usize = 256;

/// How many modules and components a file may hold, itself included: ten times what `wasmparser` calls valid.
pub const MAX_CONTAINERS: usize = 10_000;

/// Why a file is not wasm that can be measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WasmError {
    /// Where in the file, in bytes from its start.
    pub offset: u64,
    /// What is wrong there, without the offset.
    pub reason: String,
}

impl WasmError {
    /// An error at `offset` bytes from the start of the file.
    pub fn new(offset: impl TryInto<u64>, reason: impl Into<String>) -> Self {
        Self { offset: offset.try_into().unwrap_or(u64::MAX), reason: reason.into() }
    }
}

impl fmt::Display for WasmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.reason, self.offset)
    }
}

impl std::error::Error for WasmError {}

impl From<wasmparser::Error> for WasmError {
    fn from(error: wasmparser::Error) -> Self {
        // The message about the magic number prints both of them over ten lines.
        let line = error.message().lines().next().unwrap_or_default();
        Self::new(error.offset(), line.trim_end_matches(" - expected=["))
    }
}

/// What a file, or a part of it that has its own header, is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// A core module.
    CoreModule,
    /// A component.
    Component,
}

impl Encoding {
    /// What the header of `bytes` says; `None` if it is no wasm header of a known version.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if wasmparser::Parser::is_core_wasm(bytes) {
            Some(Self::CoreModule)
        } else if wasmparser::Parser::is_component(bytes) {
            Some(Self::Component)
        } else {
            None
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::CoreModule => "core module",
            Self::Component => "component",
        })
    }
}

/// What the bytes of a span or of a ledger row are for. Core modules and components share the words they share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is the section of that name")]
pub enum Kind {
    /// Headers, section ids and lengths, counts and length prefixes of function bodies, headers of data segments.
    Framing,
    /// A whole nested module, in a summary.
    Module,
    Type,
    CoreType,
    Import,
    Alias,
    Canon,
    Instance,
    CoreInstance,
    Function,
    Table,
    Memory,
    Global,
    Tag,
    Export,
    Start,
    Element,
    DataCount,
    /// Function bodies, without their length prefix.
    Code,
    /// Contents of data segments, without their header.
    Data,
    Custom,
    /// A section whose number this tool's parser does not know.
    Unknown,
}

impl Kind {
    /// The word in a path: `core instance`.
    pub fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name.replace('_', " "),
            _ => unreachable!("a unit variant serializes to a string"),
        }
    }
}

/// Adjacent bytes of the file that serve one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span<'a> {
    /// Index of the innermost module or component that holds it, into what [`walk`] returns.
    pub container: usize,
    /// What the bytes are.
    pub part: Part<'a>,
    /// Where they are; may be empty.
    pub range: Range<usize>,
}

impl Span<'_> {
    /// Its length in bytes.
    pub fn bytes(&self) -> u64 {
        self.range.len() as u64
    }
}

/// What the bytes of a [`Span`] are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Magic number and version.
    Header,
    /// Number and length of a section.
    SectionFrame,
    /// The contents of a section that is not divided further, and how many entries it says it has.
    Section(Kind, u32),
    /// Name and contents of the custom section of this name.
    Custom(&'a str),
    /// The number of functions, or the length prefix of one.
    BodyFrame,
    /// The body of the n-th function that has one, counted from 0 in its module.
    Body(u32),
    /// The number of segments, or the flags, offset and length of one.
    SegmentFrame,
    /// The contents of the n-th data segment, counted from 0 in its module.
    Segment(u32),
}

/// The file itself, or a module or component nested in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Index of the component around it; `None` for the file itself.
    pub parent: Option<usize>,
    /// What it is.
    pub encoding: Encoding,
    /// How many siblings of the same encoding stand before it.
    pub ordinal: usize,
    /// Where it is in the file, header included.
    pub range: Range<usize>,
    /// What was read on the way.
    pub facts: Facts,
}

/// What a walk notes about one container. All of it is zero or empty for a component but `import_bytes`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Contents of its own import sections.
    pub import_bytes: u64,
    /// Functions it imports: the index of its first own function.
    pub imported_functions: u32,
    /// Functions with a body.
    pub functions: u64,
    /// Contents of the code section.
    pub code: Range<usize>,
    /// Contents of the data section.
    pub data: Range<usize>,
    /// Bytes that its own memories have at the start.
    pub memory_bytes: u64,
    /// Bytes that the memories it imports must have at the start.
    pub imported_memory_bytes: u64,
    /// Whether it exports a table called `$imports`.
    pub exports_import_table: bool,
    /// Whether it imports a table called `$imports`.
    pub imports_import_table: bool,
}

#[cfg(test)]
mod tests;
