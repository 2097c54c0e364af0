//! Names of callgrind: their abbreviations, and what makes the function of one build the function of another.

use super::line::{number, start_of};
use crate::analysis::demangle::{UNNAMED, normalise};
use std::collections::BTreeMap;

/// Names by their numbers. `(7) name` gives a name a number, and `(7)` is that name from then on.
#[derive(Default)]
pub struct Names<'a> {
    by_number: BTreeMap<u64, &'a str>,
}

impl<'a> Names<'a> {
    /// The name that `value` is, or stands for.
    pub fn resolve(&mut self, value: &'a str) -> Result<&'a str, String> {
        let Some((key, name)) = numbered(value) else { return Ok(value) };
        if name.is_empty() {
            let known = self.by_number.get(&key).copied();
            return known.ok_or_else(|| format!("the name ({key}) is used before it is given"));
        }
        self.by_number.insert(key, name);
        Ok(name)
    }
}

/// The number and the rest of `(7) name`. A name in parentheses, `(below main)`, has no number.
fn numbered(value: &str) -> Option<(u64, &str)> {
    let (digits, name) = value.strip_prefix('(')?.split_once(')')?;
    Some((number(digits).ok()?, name.trim()))
}

/// The name of a function that two builds have in common, from what callgrind calls it and the file that it is in.
pub fn function_name(raw: &str, object: &str) -> String {
    if is_unnamed(raw) {
        let file = object.rsplit(['/', '\\']).next().unwrap_or_default();
        return format!("{UNNAMED} in {}", if file.is_empty() { "???" } else { file });
    }
    let name = normalise(without_depth(raw));
    match [".cold", ".specialized"].iter().find_map(|part| name.strip_suffix(part)) {
        // Parts that LLVM splits off or copies: the instructions are still those of one function.
        Some(whole) if !whole.is_empty() => whole.to_owned(),
        _ => name,
    }
}

/// Without the `'2` of a recursive call, which `--separate-recs` sets apart from the first call.
fn without_depth(raw: &str) -> &str {
    match raw.rsplit_once('\'') {
        Some((head, depth)) if !head.is_empty() && number(depth).is_ok() => head,
        _ => raw,
    }
}

/// Where there is no symbol, callgrind writes `???` or the address, which is another one in every build.
fn is_unnamed(raw: &str) -> bool {
    let raw = without_depth(raw);
    raw.is_empty() || raw == "???" || (raw.starts_with("0x") && number(raw).is_ok())
}

/// What a message says of a name that is not one.
pub fn unknown_key(key: &str) -> String {
    format!("unknown key {:?}", start_of(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_for_the_last_name_that_it_was_given() {
        let mut names = Names::default();
        assert_eq!(names.resolve("(3) (below main)"), Ok("(below main)"));
        assert_eq!(names.resolve("(3)"), Ok("(below main)"));
        assert_eq!(names.resolve("(below main)"), Ok("(below main)"));
        assert_eq!(names.resolve("(3) main"), Ok("main"));
        assert_eq!(names.resolve("(3)"), Ok("main"));
        assert_eq!(names.resolve("(4)"), Err("the name (4) is used before it is given".into()));
    }

    #[test]
    fn a_function_has_one_name_in_all_builds() {
        let object = "/tmp/a b/agent";
        for raw in [
            "_ZN5words4even17hb285a419bc02dc1cE",
            "_ZN5words4even17h0123456789abcdefE'2",
            "_ZN5words4even17h0123456789abcdefE.llvm.123",
            "_ZN5words4even17h0123456789abcdefE.cold",
            "_ZN5words4even17h0123456789abcdefE.specialized.1",
            "_RNvCsdRNBkLFllMf_5words4even",
            "words::even'2",
            "words::even",
        ] {
            assert_eq!(function_name(raw, object), "words::even", "{raw}");
        }
        assert_eq!(function_name("(below main)", object), "(below main)");
        assert_eq!(function_name("it's", object), "it's");
        assert_eq!(function_name("'2", object), "'2");
    }

    #[test]
    fn without_a_symbol_it_is_the_file() {
        for raw in ["0x0000000000001100", "???", "", "0x1100'2"] {
            assert_eq!(function_name(raw, "/usr/lib/libc.so.6"), "[unnamed] in libc.so.6", "{raw}");
        }
        assert_eq!(function_name("???", ""), "[unnamed] in ???");
        assert_eq!(function_name("0xylophone", ""), "0xylophone");
    }
}
