//! Who is answerable for a function: a crate, or something that is not one.

use std::fmt;

/// Whose code a function is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The crate of this name.
    Crate(String),
    /// A name that is not mangled: C, assembly, or Rust with `#[no_mangle]`.
    C,
    /// Made by the linker.
    WasmLd,
    /// Made by the optimizer out of one or several functions.
    WasmOpt,
    /// The name section has no name for it.
    Unnamed,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Owner::Crate(name) => name,
            Owner::C => "[c]",
            Owner::WasmLd => "[wasm-ld]",
            Owner::WasmOpt => "[wasm-opt]",
            Owner::Unnamed => "[unnamed]",
        })
    }
}

/// The owner of a function by its normalised name.
///
/// A path belongs to its first segment. `<T as Trait>::f` belongs to the crate of `T` if `T` is a path, whatever
/// references and slices are around it, and else (a primitive, a type parameter) to the crate of `Trait`: the first
/// wrote a type that needs the code, the second provides it for types that nobody wrote. Methods of primitives
/// (`<str>::trim`) belong to `core`.
pub fn owner_of(name: &str) -> Owner {
    if ["byn$", "byn-", "outline$", "legalstub$", "legalfunc$"].iter().any(|tag| name.starts_with(tag)) {
        return Owner::WasmOpt;
    }
    if is_of_linker(name) {
        return Owner::WasmLd;
    }
    if name.is_empty() || name == UNNAMED {
        return Owner::Unnamed;
    }
    match crate_of(name) {
        Some(name) => Owner::Crate(name.to_owned()),
        None => Owner::C,
    }
}

/// What stands for the name of a function that has none.
pub const UNNAMED: &str = "[unnamed]";

/// Names that `wasm-ld` gives to functions it makes (LLVM: `lld/wasm/Driver.cpp`, `Symbols.cpp`, `SymbolTable.cpp`).
fn is_of_linker(name: &str) -> bool {
    const NAMES: [&str; 8] = [
        "__wasm_call_ctors",
        "__wasm_init_memory",
        "__wasm_init_tls",
        "__wasm_start",
        "__wasm_apply_data_relocs",
        "__wasm_apply_global_relocs",
        "__wasm_apply_tls_relocs",
        "__wasm_apply_global_tls_relocs",
    ];
    NAMES.contains(&name)
        || name.ends_with(".command_export")
        || name.starts_with("undefined_weak:")
        || name.starts_with("signature_mismatch:")
}

/// How many `<` at the head of a name are looked into. Real names have three or four; a made-up one has no say over
/// how long this takes.
const MAX_LEVELS: usize = 16;

fn crate_of(name: &str) -> Option<&str> {
    let mut rest = name;
    let mut of_trait = None;
    for _ in 0..MAX_LEVELS {
        if let Some(name) = first_of_path(rest) {
            return Some(name);
        }
        let Some(inside) = rest.strip_prefix('<').and_then(inside_angles) else { break };
        let (of_type, trait_path) = match split_as(inside) {
            Some((of_type, trait_path)) => (of_type, Some(trait_path)),
            None => (inside, None),
        };
        of_trait = trait_path.and_then(first_of_path).or(of_trait);
        rest = without_pointers(of_type);
    }
    match of_trait {
        Some(name) => Some(name),
        None if name.starts_with('<') && name.contains(">::") => Some("core"),
        None => None,
    }
}

/// The first segment of a path of at least two.
fn first_of_path(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
    (end > 0 && text[end..].starts_with("::")).then(|| &text[..end])
}

/// A type without the references, pointers, slices and `dyn` at its head.
fn without_pointers(mut of_type: &str) -> &str {
    const HEADS: [&str; 8] = ["&", "mut ", "*const ", "*mut ", "dyn ", "[", "(", " "];
    while let Some(rest) = HEADS.iter().find_map(|head| of_type.strip_prefix(head)) {
        of_type = rest;
    }
    of_type
}

/// The text up to the `>` that closes the `<` just before `text`. The `>` of `->` closes nothing.
fn inside_angles(text: &str) -> Option<&str> {
    let mut depth = 0usize;
    let mut before = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'<' => depth += 1,
            b'>' if before == b'-' => {}
            b'>' if depth == 0 => return Some(&text[..at]),
            b'>' => depth -= 1,
            _ => {}
        }
        before = byte;
    }
    None
}

/// `T as Trait` at its own ` as `, not one inside of `T`.
fn split_as(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0usize;
    let mut before = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'<' => depth += 1,
            b'>' if before != b'-' => depth = depth.saturating_sub(1),
            b' ' if depth == 0 && text[at..].starts_with(" as ") => return Some((&text[..at], &text[at + 4..])),
            _ => {}
        }
        before = byte;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_its_owner() {
        for (name, owner) in [
            ("agent::main", "agent"),
            ("core::ptr::drop_in_place<alloc::string::String>", "core"),
            ("agent::_::<impl serde::de::Deserialize for agent::Config>::deserialize", "agent"),
            ("<alloc::string::String as core::fmt::Write>::write_str", "alloc"),
            ("<&alloc::string::String as core::fmt::Debug>::fmt", "alloc"),
            ("<&mut [agent::Turn] as core::fmt::Debug>::fmt", "agent"),
            ("<dyn agent::Effects as core::any::Any>::type_id", "agent"),
            ("<u32 as core::fmt::Display>::fmt", "core"),
            ("<T as serde_json::ser::Formatter>::write", "serde_json"),
            ("<(A,B) as core::hash::Hash>::hash", "core"),
            ("<fn() -> agent::X as std::process::Termination>::report", "std"),
            ("<<agent::B as core::iter::Iterator>::Item as serde::Serialize>::serialize", "agent"),
            ("<<T as core::iter::Iterator>::Item as serde::Serialize>::serialize", "core"),
            ("<alloc::raw_vec::RawVec<u8>>::grow_one", "alloc"),
            ("<str>::trim", "core"),
            ("<[u8] as alloc::slice::Join<&str>>::join", "alloc"),
            ("__rustc::__rust_alloc", "__rustc"),
            ("malloc", "[c]"),
            ("<not closed", "[c]"),
            ("__wasm_call_ctors", "[wasm-ld]"),
            ("_start.command_export", "[wasm-ld]"),
            ("signature_mismatch:main", "[wasm-ld]"),
            ("byn$mgfn-shared$agent::main", "[wasm-opt]"),
            (UNNAMED, "[unnamed]"),
            ("", "[unnamed]"),
        ] {
            assert_eq!(owner_of(name).to_string(), owner, "{name}");
        }
    }

    #[test]
    fn a_made_up_name_is_neither_slow_nor_deep() {
        let name = format!("{}T{}", "<".repeat(100_000), " as a::B>".repeat(100_000));
        assert_eq!(owner_of(&name), Owner::Crate("a".into()));
        assert_eq!(owner_of(&"<&".repeat(50_000)), Owner::C);
    }
}
