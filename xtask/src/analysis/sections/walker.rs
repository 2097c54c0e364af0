//! The walk itself: follows `wasmparser` and accounts for each byte between two of its payloads.

use super::{Container, Encoding, Facts, Kind, MAX_CONTAINERS, MAX_DEPTH, Part, Span, WasmError};
use std::ops::Range;
use wasmparser::{ExternalKind, MemoryType, Parser, Payload, SectionLimited, TypeRef};

/// Calls `visit` for each span of `bytes`, in file order, each beginning where the one before ended.
///
/// Returns the containers in file order, the file itself first. The memory used does not grow with the number of
/// spans. On an error the spans visited so far are a prefix of the file.
pub fn walk<'a>(bytes: &'a [u8], visit: impl FnMut(Span<'a>)) -> Result<Vec<Container>, WasmError> {
    let mut walker = Walker { containers: Vec::new(), open: Vec::new(), children: Vec::new(), cursor: 0, body: 0, visit };
    for payload in Parser::new(0).parse_all(bytes) {
        walker.payload(payload?)?;
    }
    if walker.cursor != bytes.len() {
        return Err(WasmError::new(walker.cursor, "bytes after the end"));
    }
    Ok(walker.containers)
}

struct Walker<V> {
    containers: Vec<Container>,
    /// Indices of the containers around the cursor, outermost first.
    open: Vec<usize>,
    /// For each open container, how many modules and how many components it had so far.
    children: Vec<[usize; 2]>,
    cursor: usize,
    body: u32,
    visit: V,
}

impl<'a, V: FnMut(Span<'a>)> Walker<V> {
    fn payload(&mut self, payload: Payload<'a>) -> Result<(), WasmError> {
        match payload {
            Payload::Version { encoding, range, .. } => self.enter(encoding, &range),
            Payload::End(offset) => self.leave(offset),
            // What is inside comes next, with a header of its own.
            Payload::ModuleSection { unchecked_range, .. } | Payload::ComponentSection { unchecked_range, .. } => {
                self.emit(unchecked_range.start, Part::SectionFrame)
            }
            Payload::CustomSection(section) => {
                self.emit(section.range().start, Part::SectionFrame)?;
                self.emit(section.range().end, Part::Custom(section.name()))
            }
            Payload::CodeSectionStart { unchecked_range, size, count } => self.code(&unchecked_range, size, count),
            Payload::CodeSectionEntry(body) => {
                self.emit(body.range().start, Part::BodyFrame)?;
                self.emit(body.range().end, Part::Body(self.body))?;
                self.body += 1;
                Ok(())
            }
            Payload::DataSection(section) => self.data(section),
            other => self.section(other),
        }
    }

    /// Hands out the bytes from the cursor to `end`.
    fn emit(&mut self, end: u64, part: Part<'a>) -> Result<(), WasmError> {
        let (Some(&container), Ok(end)) = (self.open.last(), usize::try_from(end)) else {
            return Err(WasmError::new(self.cursor, "bytes outside of any module or component"));
        };
        if end < self.cursor {
            return Err(WasmError::new(end, "two parts of the file overlap"));
        }
        (self.visit)(Span { container, part, range: self.cursor..end });
        self.cursor = end;
        Ok(())
    }

    fn enter(&mut self, encoding: wasmparser::Encoding, header: &Range<u64>) -> Result<(), WasmError> {
        if self.open.len() == MAX_DEPTH {
            return Err(WasmError::new(header.start, format!("more than {MAX_DEPTH} levels of nested components")));
        }
        if self.containers.len() == MAX_CONTAINERS {
            return Err(WasmError::new(header.start, format!("more than {MAX_CONTAINERS} nested modules and components")));
        }
        let (encoding, slot) = match encoding {
            wasmparser::Encoding::Module => (Encoding::CoreModule, 0),
            wasmparser::Encoding::Component => (Encoding::Component, 1),
        };
        let ordinal = self.children.last_mut().map_or(0, |counts| {
            counts[slot] += 1;
            counts[slot] - 1
        });
        let parent = self.open.last().copied();
        let range = self.cursor..self.cursor;
        self.open.push(self.containers.len());
        self.children.push([0, 0]);
        self.containers.push(Container { parent, encoding, ordinal, range, facts: Facts::default() });
        self.emit(header.end, Part::Header)
    }

    fn leave(&mut self, offset: u64) -> Result<(), WasmError> {
        if offset != self.cursor as u64 {
            return Err(WasmError::new(self.cursor, "a gap between two parts of the file"));
        }
        self.children.pop();
        if let Some(index) = self.open.pop() {
            self.containers[index].range.end = self.cursor;
        }
        Ok(())
    }

    fn facts(&mut self) -> Result<&mut Facts, WasmError> {
        match self.open.last() {
            Some(&index) => Ok(&mut self.containers[index].facts),
            None => Err(WasmError::new(self.cursor, "a section outside of any module or component")),
        }
    }

    fn code(&mut self, contents: &Range<u64>, after_count: u32, functions: u32) -> Result<(), WasmError> {
        self.emit(contents.start, Part::SectionFrame)?;
        self.emit(contents.end - u64::from(after_count), Part::BodyFrame)?;
        self.body = 0;
        let facts = self.facts()?;
        facts.code = in_memory(contents);
        facts.functions = u64::from(functions);
        Ok(())
    }

    fn data(&mut self, section: wasmparser::DataSectionReader<'a>) -> Result<(), WasmError> {
        let contents = section.range();
        self.emit(contents.start, Part::SectionFrame)?;
        self.facts()?.data = in_memory(&contents);
        for (index, segment) in (0..).zip(section) {
            let segment = segment?;
            self.emit(segment.range.end - segment.data.len() as u64, Part::SegmentFrame)?;
            self.emit(segment.range.end, Part::Segment(index))?;
        }
        // The count of an empty section.
        if self.cursor as u64 != contents.end {
            self.emit(contents.end, Part::SegmentFrame)?;
        }
        Ok(())
    }

    /// A section that stays in one piece.
    fn section(&mut self, payload: Payload<'a>) -> Result<(), WasmError> {
        let Some((_, range)) = payload.as_section() else {
            return Err(WasmError::new(self.cursor, "a part of the file this tool does not know"));
        };
        let (kind, entries) = self.read(payload)?;
        // Each entry takes a byte at least, and nobody should see a count made up by the file.
        if u64::from(entries) > range.end - range.start {
            return Err(WasmError::new(
                range.start,
                format!("{entries} entries in a section of {} bytes", range.end - range.start),
            ));
        }
        if kind == Kind::Import {
            self.facts()?.import_bytes += range.end - range.start;
        }
        self.emit(range.start, Part::SectionFrame)?;
        self.emit(range.end, Part::Section(kind, entries))
    }

    /// What a section is and how many entries it has; notes the facts in it.
    fn read(&mut self, payload: Payload<'a>) -> Result<(Kind, u32), WasmError> {
        use Payload::*;
        fn limited<T>(kind: Kind, section: &SectionLimited<'_, T>) -> (Kind, u32) {
            (kind, section.count())
        }
        Ok(match &payload {
            TypeSection(s) => limited(Kind::Type, s),
            ImportSection(s) => (Kind::Import, self.imports(s.clone())?),
            FunctionSection(s) => limited(Kind::Function, s),
            TableSection(s) => limited(Kind::Table, s),
            MemorySection(s) => {
                for memory in s.clone() {
                    let bytes = start_bytes(&memory?);
                    let facts = self.facts()?;
                    facts.memory_bytes = facts.memory_bytes.saturating_add(bytes);
                }
                limited(Kind::Memory, s)
            }
            TagSection(s) => limited(Kind::Tag, s),
            GlobalSection(s) => limited(Kind::Global, s),
            ExportSection(s) => {
                for export in s.clone() {
                    let export = export?;
                    self.facts()?.exports_import_table |= export.kind == ExternalKind::Table && export.name == "$imports";
                }
                limited(Kind::Export, s)
            }
            StartSection { .. } | ComponentStartSection { .. } => (Kind::Start, 1),
            ElementSection(s) => limited(Kind::Element, s),
            DataCountSection { .. } => (Kind::DataCount, 1),
            // Types of components nest, and `wasmparser` reads them by recursion: counted, never read, so that no
            // file can exhaust the stack.
            ComponentTypeSection(s) => limited(Kind::Type, s),
            CoreTypeSection(s) => limited(Kind::CoreType, s),
            InstanceSection(s) => limited(Kind::CoreInstance, s),
            ComponentInstanceSection(s) => limited(Kind::Instance, s),
            ComponentAliasSection(s) => limited(Kind::Alias, s),
            ComponentCanonicalSection(s) => limited(Kind::Canon, s),
            ComponentImportSection(s) => limited(Kind::Import, s),
            ComponentExportSection(s) => limited(Kind::Export, s),
            _ => (Kind::Unknown, 0),
        })
    }

    fn imports(&mut self, section: wasmparser::ImportSectionReader<'a>) -> Result<u32, WasmError> {
        let mut count = 0;
        for import in section.into_imports() {
            let import = import?;
            let facts = self.facts()?;
            match import.ty {
                TypeRef::Func(_) | TypeRef::FuncExact(_) => facts.imported_functions += 1,
                TypeRef::Memory(memory) => {
                    facts.imported_memory_bytes = facts.imported_memory_bytes.saturating_add(start_bytes(&memory));
                }
                TypeRef::Table(_) => facts.imports_import_table |= import.name == "$imports",
                TypeRef::Global(_) | TypeRef::Tag(_) => {}
            }
            count += 1;
        }
        Ok(count)
    }
}

/// What a memory has at the start. The custom-page-sizes proposal lets a page be other than 64 KiB.
fn start_bytes(memory: &MemoryType) -> u64 {
    let page = 1u64.checked_shl(memory.page_size_log2.unwrap_or(16)).unwrap_or(u64::MAX);
    memory.initial.saturating_mul(page)
}

/// A range of the file as indices; `wasmparser` was given the whole file, so that an end past it fails later.
fn in_memory(range: &Range<u64>) -> Range<usize> {
    let index = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
    index(range.start)..index(range.end)
}
