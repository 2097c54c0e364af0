//! What a module needs at least, known before it is instantiated: WAMR itself takes a limit for memory, but grants the initial size whatever
//! the limit says, and takes none for tables.
//!
//! A compiled file says it in a section that is added to the module before it is compiled.

use crate::guest::stopped;
use runner_protocol::{Ended, Limits};
use std::ffi::CStr;
use wasm_encoder::{CustomSection, Section};
use wasmparser::{BinaryReaderError, FunctionBody, MemoryType, Operator, Parser, Payload, TableType, TypeRef};

/// The name of the section of a compiled file. `xtask/runner/wamr-aot/compiler` keeps it.
pub const SECTION: &CStr = c"runner-wamr";

/// WAMR's `WASM_TABLE_MAX_SIZE`: how many elements a table that is smaller may come to.
const TABLE_ELEMENT_COUNT: u64 = 1024;

/// What a module needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Its memory at the start, in bytes.
    pub memory_bytes: u64,
    /// The elements that one of its tables can come to in WAMR.
    pub table_element_count: u64,
    /// How many tables it has.
    pub table_count: u64,
}

/// Why a module's needs cannot be met by any limits.
#[derive(Debug)]
pub enum Unfit {
    /// It is broken.
    Broken(BinaryReaderError),
    /// It imports this, which is no function.
    Import(String),
}

impl From<BinaryReaderError> for Unfit {
    fn from(error: BinaryReaderError) -> Unfit {
        Unfit::Broken(error)
    }
}

impl Needs {
    /// Reads a core module.
    ///
    /// # Errors
    /// It is broken, or imports what WAMR would make up for it: a memory or a table, with a size of its own.
    pub fn of_module(bytes: &[u8]) -> Result<Needs, Unfit> {
        let (mut needs, mut tables, mut grown) = (Needs::default(), Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        if !matches!(import.ty, TypeRef::Func(_)) {
                            return Err(Unfit::Import(format!("{}.{}", import.module, import.name)));
                        }
                    }
                }
                Payload::MemorySection(section) => {
                    for memory in section {
                        needs.memory_bytes = needs.memory_bytes.saturating_add(initial_bytes(&memory?));
                    }
                }
                Payload::TableSection(section) => {
                    for table in section {
                        tables.push(table?.ty);
                    }
                }
                // What cannot grow by its type need not be looked for: that is every module of rustc's.
                Payload::CodeSectionEntry(body) if tables.iter().any(can_grow) => grown.extend(grown_tables(&body)?),
                _ => {}
            }
        }
        let reached = (0u32..).zip(&tables).map(|(index, table)| reached(table, grown.contains(&index)));
        needs.table_element_count = reached.max().unwrap_or(0);
        needs.table_count = tables.len() as u64;
        Ok(needs)
    }

    /// Reads the section of a compiled file.
    pub fn of_section(content: &[u8]) -> Option<Needs> {
        let mut numbers = content.chunks(8).map(|number| number.try_into().ok().map(u64::from_le_bytes));
        let mut next = || numbers.next().flatten();
        let needs = Needs { memory_bytes: next()?, table_element_count: next()?, table_count: next()? };
        numbers.next().is_none().then_some(needs)
    }

    /// Adds the section to a module that is to be compiled.
    pub fn append_to(&self, module: &mut Vec<u8>) {
        let data = [self.memory_bytes, self.table_element_count, self.table_count].map(u64::to_le_bytes).concat();
        CustomSection { name: SECTION.to_string_lossy(), data: data.into() }.append_to(module);
    }

    /// How an instance ends that needs more than `limits` grant; none if it does not.
    pub fn refusal(&self, limits: &Limits) -> Option<Ended> {
        let refused = |limit: &str, needed: u64, granted: u64, what: &str| {
            (needed > granted).then(|| stopped(limit, &format!("it needs {what} of {needed}, and {granted} is granted")))
        };
        refused("memory_bytes", self.memory_bytes, limits.memory_bytes, "an initial memory")
            .or_else(|| refused("table_element_count", self.table_element_count, limits.table_element_count, "a table"))
            .or_else(|| refused("instance_count", self.table_count, limits.instance_count, "a number of tables"))
    }
}

fn initial_bytes(memory: &MemoryType) -> u64 {
    let page_bytes = 1u64.checked_shl(memory.page_size_log2.unwrap_or(16)).unwrap_or(u64::MAX);
    memory.initial.saturating_mul(page_bytes)
}

fn can_grow(table: &TableType) -> bool {
    table.maximum != Some(table.initial)
}

fn grown_tables(body: &FunctionBody<'_>) -> Result<Vec<u32>, BinaryReaderError> {
    let mut reader = body.get_operators_reader()?;
    let mut tables = Vec::new();
    while !reader.eof() {
        if let Operator::TableGrow { table } = reader.read()? {
            tables.push(table);
        }
    }
    Ok(tables)
}

/// How many elements `table` can come to: WAMR makes room for that many beforehand (`adjust_table_max_size`), and no more can be had.
fn reached(table: &TableType, is_grown: bool) -> u64 {
    if !is_grown || !can_grow(table) {
        return table.initial;
    }
    let room = table.initial.saturating_mul(2).max(TABLE_ELEMENT_COUNT);
    table.maximum.map_or(room, |maximum| maximum.min(room))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(wat: &str) -> Needs {
        Needs::of_module(&wat::parse_str(wat).unwrap()).unwrap()
    }

    #[test]
    fn needs_are_read_from_the_module() {
        let grows = "(func (drop (table.grow 0 (ref.null func) (i32.const 1))))";
        let cases = [
            ("(module)".to_string(), (0, 0)),
            ("(module (memory 17))".into(), (17 << 16, 0)),
            ("(module (table 20 20 funcref))".into(), (0, 20)),
            ("(module (table 20 funcref))".into(), (0, 20)),
            (format!("(module (table 20 funcref) {grows})"), (0, 1024)),
            (format!("(module (table 20 100 funcref) {grows})"), (0, 100)),
            (format!("(module (table 6000 20000 funcref) {grows})"), (0, 12_000)),
        ];
        for (wat, (memory_bytes, table_element_count)) in cases {
            assert_eq!(
                needs(&wat),
                Needs {
                    memory_bytes,
                    table_element_count,
                    table_count: u64::from(wat.contains("(table 2") || wat.contains("(table 6"))
                },
                "{wat}"
            );
        }
    }

    #[test]
    fn what_is_needed_beyond_the_limits_is_refused() {
        let limits = Limits { memory_bytes: 1 << 16, table_element_count: 10, ..Limits::default() };
        let refused = |wat: &str| match needs(wat).refusal(&limits) {
            Some(Ended::Stopped { limit, .. }) => limit,
            other => format!("{other:?}"),
        };
        assert_eq!(refused("(module (memory 2))"), "memory_bytes");
        assert_eq!(refused("(module (memory 1) (table 11 11 funcref))"), "table_element_count");
        assert_eq!(refused("(module (memory 1) (table 10 10 funcref))"), "None");
    }

    #[test]
    fn the_section_says_what_was_read() {
        let mut module = wat::parse_str("(module (memory 3) (table 5 5 funcref))").unwrap();
        let read = Needs::of_module(&module).unwrap();
        read.append_to(&mut module);
        let section = Parser::new(0).parse_all(&module).find_map(|payload| match payload.unwrap() {
            Payload::CustomSection(section) => Some((section.name().to_string(), section.data().to_vec())),
            _ => None,
        });
        let (name, data) = section.unwrap();
        assert_eq!((name.as_bytes(), Needs::of_section(&data)), (SECTION.to_bytes(), Some(read)));
        assert_eq!(Needs::of_section(&data[1..]), None);
    }
}
