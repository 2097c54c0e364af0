//! What a native binary consists of, by section: ELF, Mach-O and PE.

use super::demangle::without_suffix;
use object::{
    BinaryFormat, Object, ObjectSection, ObjectSymbol, SectionFlags, SymbolKind,
    elf::SHF_ALLOC,
    pe::{IMAGE_SCN_MEM_DISCARDABLE, IMAGE_SCN_MEM_READ},
};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes in the file of each section that is loaded when the program starts (`.text`, `.rodata`, `.eh_frame`, `.rela.dyn`,
/// `.data.rel.ro`; of Mach-O `__TEXT,__text`). Sections of one name are one entry.
///
/// What is not loaded (symbols, debug information) is left out, and so is what has no bytes in the file (`.bss`). The sections
/// are therefore less than the file: headers, padding and what is left out make up the rest. Sections of PE files are rounded up
/// to the alignment of the file.
///
/// # Errors
/// One line, for a file that is no native binary, or one that was cut off or changed so that it says nothing sensible.
pub fn sections(bytes: &[u8]) -> Result<BTreeMap<String, u64>, String> {
    if bytes.starts_with(b"\0asm") {
        return Err("a WebAssembly file, not a native binary: `cargo xtask measure` reads it".into());
    }
    let file = object::File::parse(bytes).map_err(|why| format!("not a native binary (ELF, Mach-O or PE): {why}"))?;
    let mut sections = BTreeMap::new();
    for section in file.sections() {
        let Some((start, length)) = section.file_range().filter(|_| is_loaded(&section)) else { continue };
        let name = name(&section)?;
        if start.checked_add(length).is_none_or(|end| end > bytes.len() as u64) {
            return Err(format!("the section {name:?} ends behind the end of the file: it was cut off"));
        }
        let entry = sections.entry(name).or_insert(0u64);
        // Damaged files may have any number of sections over the same bytes.
        *entry = entry.saturating_add(length);
    }
    Ok(sections)
}

/// The names of the functions that a native binary defines, without what LLVM appends to them; nothing of a file without names, or that is none.
pub fn symbols(bytes: &[u8]) -> BTreeSet<String> {
    let Ok(file) = object::File::parse(bytes) else { return BTreeSet::new() };
    let names = file.symbols().filter(|symbol| symbol.is_definition() && symbol.kind() == SymbolKind::Text);
    // Mach-O puts a line before each.
    let line = if file.format() == BinaryFormat::MachO { "_" } else { "" };
    let own = |name: &str| without_suffix(name.strip_prefix(line).unwrap_or(name)).to_string();
    names.filter_map(|symbol| symbol.name().ok().map(own)).collect()
}

/// Whether the system's loader maps the section.
fn is_loaded<'data>(section: &impl ObjectSection<'data>) -> bool {
    match section.flags() {
        SectionFlags::Elf { sh_flags } => sh_flags & u64::from(SHF_ALLOC) != 0,
        SectionFlags::MachO { .. } => !matches!(section.segment_name(), Ok(Some("__DWARF"))),
        SectionFlags::Coff { characteristics } => {
            // Relocations are used while loading, and are marked like debug information.
            let is_discarded = characteristics & IMAGE_SCN_MEM_DISCARDABLE != 0 && section.name() != Ok(".reloc");
            characteristics & IMAGE_SCN_MEM_READ != 0 && !is_discarded
        }
        _ => false,
    }
}

/// Mach-O has names that are only unique within a segment.
fn name<'data>(section: &impl ObjectSection<'data>) -> Result<String, String> {
    let unreadable = |why| format!("the name of a section cannot be read: {why}");
    let name = section.name().map_err(unreadable)?;
    Ok(match section.segment_name().map_err(unreadable)? {
        Some(segment) => format!("{segment},{name}"),
        None => name.to_owned(),
    })
}

#[cfg(test)]
mod tests;
