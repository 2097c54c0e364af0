//! A linked ELF file, small files of the other formats, and what holds of any bytes.

use super::*;
use proptest::prelude::*;

/// Linked by rustc 1.95 (`xtask/tests/data/pgo/README.md`).
const ELF: &[u8] = include_bytes!("../../../tests/data/pgo/tiny.elf");

fn of(sections: &[(&str, u64)]) -> BTreeMap<String, u64> {
    sections.iter().map(|(name, bytes)| ((*name).to_owned(), *bytes)).collect()
}

#[test]
fn a_program_has_the_symbols_of_its_functions() {
    let own = symbols(&std::fs::read(std::env::current_exe().unwrap()).unwrap());
    assert!(own.contains("main") && own.len() > 1_000, "{} symbols", own.len());
    assert!(own.iter().all(|name| !name.contains(".llvm.")));
    assert_eq!([symbols(ELF), symbols(b"\0asm"), symbols(b"")], [const { BTreeSet::new() }; 3], "without names, or no program");
}

/// Fields of a header: numbers with their lengths, and names that are filled up with zeros.
enum Field {
    Bits16(u16),
    Bits32(u32),
    Bits64(u64),
    Name(&'static str, usize),
}
use Field::*;

fn bytes(fields: &[Field]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for field in fields {
        match field {
            Bits16(number) => bytes.extend(number.to_le_bytes()),
            Bits32(number) => bytes.extend(number.to_le_bytes()),
            Bits64(number) => bytes.extend(number.to_le_bytes()),
            Name(name, length) => {
                bytes.extend(name.as_bytes());
                bytes.resize(bytes.len() + length - name.len(), 0);
            }
        }
    }
    bytes
}

/// A 64-bit Mach-O executable with one segment: sections are name, segment, bytes, flags.
fn mach_o(sections: &[(&'static str, &'static str, u64, u32)]) -> Vec<u8> {
    let command_bytes = 72 + 80 * sections.len() as u32;
    let start = 32 + command_bytes;
    let mut fields = vec![Bits32(0xfeed_facf), Bits32(0x0100_0007), Bits32(3), Bits32(2), Bits32(1), Bits32(command_bytes)];
    fields.extend([Bits32(0), Bits32(0), Bits32(0x19), Bits32(command_bytes), Name("__TEXT", 16), Bits64(0), Bits64(4096)]);
    fields.extend([Bits64(0), Bits64(4096), Bits32(5), Bits32(5), Bits32(sections.len() as u32), Bits32(0)]);
    for (name, segment, length, flags) in sections {
        fields.extend([Name(name, 16), Name(segment, 16), Bits64(0), Bits64(*length), Bits32(start), Bits32(0)]);
        fields.extend([Bits32(0), Bits32(0), Bits32(*flags), Bits32(0), Bits32(0), Bits32(0)]);
    }
    let mut file = bytes(&fields);
    file.resize(4096, 0);
    file
}

/// A 64-bit PE executable: sections are name, bytes in memory, bytes in the file, characteristics.
fn pe(sections: &[(&'static str, u32, u32, u32)]) -> Vec<u8> {
    let mut fields = vec![Name("MZ", 60), Bits32(64), Name("PE", 4), Bits16(0x8664), Bits16(sections.len() as u16)];
    fields.extend([Bits32(0), Bits32(0), Bits32(0), Bits16(112), Bits16(0x22), Bits16(0x20b), Name("", 110)]);
    for (name, memory, length, characteristics) in sections {
        fields.extend([Name(name, 8), Bits32(*memory), Bits32(4096), Bits32(*length), Bits32(1024), Bits32(0), Bits32(0)]);
        fields.extend([Bits32(0), Bits32(*characteristics)]);
    }
    let mut file = bytes(&fields);
    file.resize(4096, 0);
    file
}

#[test]
fn an_elf_file_has_what_the_size_program_finds_in_it() {
    // `size -A`, without `.relro_padding`, which has no bytes in the file, and `.comment`, which is not loaded.
    let known = of(&[
        (".data", 8),
        (".data.rel.ro", 48),
        (".dynamic", 208),
        (".dynstr", 1),
        (".dynsym", 24),
        (".eh_frame", 48),
        (".eh_frame_hdr", 20),
        (".gnu.hash", 28),
        (".interp", 28),
        (".rela.dyn", 72),
        (".rodata", 11),
        (".text", 50),
    ]);
    assert_eq!(sections(ELF), Ok(known));
}

#[test]
fn mach_o_sections_have_their_segment_and_no_debug_information() {
    let zero_fill = 1;
    let file = mach_o(&[("__text", "__TEXT", 300, 0), ("__bss", "__DATA", 77, zero_fill), ("__debug_info", "__DWARF", 55, 0)]);
    assert_eq!(sections(&file), Ok(of(&[("__TEXT,__text", 300)])));
}

#[test]
fn pe_sections_are_those_that_are_loaded() {
    let (code, data, discarded) = (0x6000_0020, 0x4000_0040, 0x4200_0040);
    let file = pe(&[
        (".text", 300, 512, code),
        (".rdata", 512, 512, data),
        (".reloc", 12, 512, discarded),
        (".debug", 9, 512, discarded),
    ]);
    let found = sections(&file).unwrap();
    assert_eq!(found.keys().map(String::as_str).collect::<Vec<_>>(), [".rdata", ".reloc", ".text"]);
    assert_eq!(found[".rdata"], 512);
}

#[test]
fn sections_of_one_name_are_one_entry() {
    let file = mach_o(&[("__text", "__TEXT", 300, 0), ("__text", "__TEXT", 40, 0)]);
    assert_eq!(sections(&file), Ok(of(&[("__TEXT,__text", 340)])));
}

#[test]
fn what_is_no_native_binary_is_said_in_one_line() {
    for (bytes, wanted) in [
        (&b""[..], "not a native binary (ELF, Mach-O or PE): "),
        (b"#!/bin/sh\nexit 0\n", "not a native binary (ELF, Mach-O or PE): "),
        (b"\0asm\x01\0\0\0", "a WebAssembly file, not a native binary: `cargo xtask measure` reads it"),
        (&ELF[..ELF.len() - 1], "not a native binary (ELF, Mach-O or PE): "),
    ] {
        let why = sections(bytes).unwrap_err();
        assert!(why.starts_with(wanted) && !why.contains('\n'), "{why}");
    }
    let cut = &mach_o(&[("__text", "__TEXT", 3000, 0)])[..1000];
    assert_eq!(sections(cut), Err("the section \"__TEXT,__text\" ends behind the end of the file: it was cut off".into()));
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in any::<Vec<u8>>()) {
        _ = sections(&bytes);
        for magic in [&b"\x7fELF\x02\x01\x01"[..], b"\xcf\xfa\xed\xfe", b"MZ"] {
            _ = sections(&[magic, &bytes].concat());
        }
    }

    #[test]
    fn changed_and_cut_files_are_answered_and_no_section_is_larger_than_the_file(
        which in 0..3usize, cut in 0..4096usize, changes in prop::collection::vec((0..4096usize, any::<u8>()), 0..4),
    ) {
        let mut file = [ELF.to_vec(), mach_o(&[("__text", "__TEXT", 300, 0)]), pe(&[(".text", 300, 512, 0x6000_0020)])][which].clone();
        for (at, byte) in changes {
            let at = at % file.len();
            file[at] = byte;
        }
        let cut = &file[..cut.min(file.len())];
        for bytes in [&file, cut] {
            match sections(bytes) {
                Ok(sections) => prop_assert!(sections.values().all(|length| *length <= 16 * bytes.len() as u64)),
                Err(why) => prop_assert!(!why.contains('\n')),
            }
        }
    }
}
