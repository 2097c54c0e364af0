//! Names as a person writes them, and who is answerable for the code under a name.
//!
//! Two builds of one source must give a function one name, or its change shows as a removal and an addition. So
//! everything that depends on the build is taken off: hashes, suffixes of LLVM, numbers added to tell equal names apart.

mod owner;

pub use owner::{Owner, UNNAMED, owner_of};

use std::fmt::{self, Write};

/// The name of the function whose symbol is `raw`, the same for every build of the same source.
///
/// In this order: the prefix of `wasm-opt` is set aside and put back at the end; `.llvm.1A2B` and `.123` are cut off;
/// Rust names are demangled without their hash, legacy and v0, if need be after cutting off the `_1` that `wasm-opt`
/// appends to a repeated name; a name that was already readable loses a trailing `::h0123456789abcdef`.
pub fn normalise(raw: &str) -> String {
    let (prefix, rest) = split_prefix(raw);
    let rest = without_suffix(rest);
    let name = demangled(rest).or_else(|| demangled(without_repeat(rest)?)).unwrap_or_else(|| without_hash(rest).to_owned());
    format!("{prefix}{name}")
}

/// The symbol `raw` as rustc made it, without what LLVM appends to it; hashes stay.
pub fn without_suffix(raw: &str) -> &str {
    without_number(without_llvm(raw))
}

/// The part that `wasm-opt` put before the name of the function it made another from: `byn$mgfn-shared$`.
///
/// Binaryen: `passes/MergeSimilarFunctions.cpp`, `passes/Inlining.cpp`, `passes/Outlining.cpp`,
/// `passes/LegalizeJSInterface.cpp`, `passes/FuncCastEmulation.cpp`.
fn split_prefix(raw: &str) -> (&str, &str) {
    let tagged = |tag: &str, rest: &str| rest.find('$').map(|at| tag.len() + at + 1);
    let end = if let Some(rest) = raw.strip_prefix("byn$") {
        tagged("byn$", rest)
    } else if let Some(rest) = raw.strip_prefix("byn-") {
        tagged("byn-", rest)
    } else {
        ["outline$", "legalstub$", "legalfunc$"].iter().find(|tag| raw.starts_with(**tag)).map(|tag| tag.len())
    };
    raw.split_at(end.unwrap_or(0))
}

/// Without what LLVM appends to a local symbol that ThinLTO made visible.
fn without_llvm(name: &str) -> &str {
    match name.rsplit_once(".llvm.") {
        Some((head, tail)) if !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_hexdigit() || b == b'@') => head,
        _ => name,
    }
}

/// Without the `.123` that LLVM appends to the second local symbol of a name.
fn without_number(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((head, tail)) if !head.is_empty() && is_number(tail) => head,
        _ => name,
    }
}

/// Without the `_1` that `wasm-opt` appends to the second function of a name (Binaryen: `Names::getValidName`).
fn without_repeat(name: &str) -> Option<&str> {
    name.rsplit_once('_').filter(|(_, tail)| is_number(tail)).map(|(head, _)| head)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Without the legacy hash of a name that something demangled before us.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((head, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => head,
        _ => name,
    }
}

/// `None` for a name that no Rust compiler mangled.
///
/// A v0 name can refer back to itself and so unfold to any length; beyond 32 times its own it is kept as it is.
fn demangled(raw: &str) -> Option<String> {
    let demangle = rustc_demangle::try_demangle(raw).ok()?;
    let mut text = Limited { text: String::new(), left: raw.len().saturating_mul(32) };
    // The alternate form leaves the hashes out.
    match write!(text, "{demangle:#}") {
        Ok(()) => Some(text.text),
        Err(fmt::Error) => Some(raw.to_owned()),
    }
}

struct Limited {
    text: String,
    left: usize,
}

impl Write for Limited {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.left = self.left.checked_sub(text.len()).ok_or(fmt::Error)?;
        self.text.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEGACY: &str = "_ZN5agent4main17h0123456789abcdefE";
    const V0: &str = "_RNvCs1234_5agent4main";

    #[test]
    fn legacy_names_lose_their_hash() {
        assert_eq!(normalise(LEGACY), "agent::main");
        let trait_method = "_ZN58_$LT$alloc..string..String$u20$as$u20$core..fmt..Write$GT$9write_str17h0123456789abcdefE";
        assert_eq!(normalise(trait_method), "<alloc::string::String as core::fmt::Write>::write_str");
    }

    #[test]
    fn v0_names_lose_the_hash_of_their_crate() {
        assert_eq!(normalise(V0), "agent::main");
        assert_eq!(normalise("_RNvCsfLfy6EI15iL_7___rustc12___rust_alloc"), "__rustc::__rust_alloc");
    }

    #[test]
    fn suffixes_of_llvm_are_cut_off() {
        assert_eq!(normalise(&format!("{LEGACY}.llvm.1234ABCD")), "agent::main");
        assert_eq!(normalise(&format!("{V0}.llvm.17")), "agent::main");
        assert_eq!(normalise("helper.llvm.98765432"), "helper");
    }

    #[test]
    fn numbers_of_equal_local_names_are_cut_off() {
        assert_eq!(normalise("helper.12"), "helper");
        assert_eq!(normalise(&format!("{LEGACY}.3")), "agent::main");
        assert_eq!(normalise(".5"), ".5", "nothing would be left");
        assert_eq!(normalise("memory.grow"), "memory.grow");
    }

    #[test]
    fn numbers_that_wasm_opt_appends_are_cut_off_rust_names_only() {
        assert_eq!(normalise(&format!("{LEGACY}_1")), "agent::main");
        assert_eq!(normalise(&format!("{V0}_12")), "agent::main");
        assert_eq!(normalise("crc32_8"), "crc32_8", "in C the number may be part of the name");
    }

    #[test]
    fn the_prefix_of_wasm_opt_stays_and_the_name_behind_it_is_read() {
        assert_eq!(normalise(&format!("byn$mgfn-shared${LEGACY}")), "byn$mgfn-shared$agent::main");
        assert_eq!(normalise(&format!("byn-split-outlined-A${V0}")), "byn-split-outlined-A$agent::main");
        assert_eq!(normalise("outline$"), "outline$");
    }

    #[test]
    fn a_readable_name_loses_its_hash() {
        assert_eq!(normalise("agent::main::h0123456789abcdef"), "agent::main");
        assert_eq!(normalise("agent::house"), "agent::house");
        assert_eq!(normalise("agent::h0123456789abcdeX"), "agent::h0123456789abcdeX");
    }

    #[test]
    fn other_names_stay_as_they_are() {
        for name in ["malloc", "", "_ZN", "_R", "$u20$", "_Z3foov", "ünïcode", "a b"] {
            assert_eq!(normalise(name), name);
        }
    }

    #[test]
    fn a_name_that_unfolds_without_end_is_kept_raw() {
        // Each tuple holds the next one and a reference back to it: twice as long at every level.
        let nested = |levels: usize| {
            let back = |level| format!("B{}_E", base_62("MC1a".len() + level));
            let backs: String = (1..=levels).rev().map(back).collect();
            format!("_RMC1a{}TmmE{backs}", "T".repeat(levels))
        };
        assert_eq!(normalise(&nested(1)), "<((u32, u32), (u32, u32))>");
        assert_eq!(normalise(&nested(20)), nested(20));
    }

    fn base_62(number: usize) -> String {
        const DIGITS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let Some(mut rest) = number.checked_sub(1) else { return String::new() };
        let mut digits = Vec::new();
        loop {
            digits.push(DIGITS[rest % 62] as char);
            rest /= 62;
            if rest == 0 {
                return digits.into_iter().rev().collect();
            }
        }
    }
}
