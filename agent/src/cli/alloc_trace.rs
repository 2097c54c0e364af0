//! The options of a build with `alloc-tracing`. They are taken out before the others are read: what they ask for is done even when the rest
//! of the command line is wrong.

use alloc::string::String;
use alloc::vec::Vec;

use super::split;

/// What to show at the end.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct AllocTrace {
    /// The counters, as one line of JSON.
    pub stats: bool,
    /// The log, as lines of hex.
    pub log: bool,
}

/// Takes these options out of the arguments. What stands where another option has its value stays there.
pub fn take(args: &mut Vec<String>) -> AllocTrace {
    let mut found = AllocTrace::default();
    let mut is_value = false;
    args.retain(|arg| {
        if core::mem::take(&mut is_value) {
            return true;
        }
        match split(arg) {
            ("--alloc-stats", None) => found.stats = true,
            ("--alloc-log", None) => found.log = true,
            (name, attached) => {
                is_value = attached.is_none() && takes_value(name);
                return true;
            }
        }
        false
    });
    found
}

/// Whether [`super::parse`] reads a value after it; a test holds that.
fn takes_value(name: &str) -> bool {
    matches!(name, "-m" | "--message" | "-s" | "--session" | "-c" | "--config" | "-p" | "--provider" | "--model" | "--stdin")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{HELP, parse};

    fn taken(args: &[&str]) -> (AllocTrace, Vec<String>) {
        let mut args: Vec<String> = args.iter().map(|&arg| arg.into()).collect();
        (take(&mut args), args)
    }

    #[test]
    fn they_are_found_anywhere_but_as_values() {
        let both = AllocTrace { stats: true, log: true };
        assert_eq!(taken(&["--alloc-stats", "-m", "hi", "--alloc-log"]), (both, ["-m", "hi"].map(String::from).into()));
        assert_eq!(taken(&["--version", "--alloc-stats"]).0, AllocTrace { stats: true, log: false });
        for args in [&["-m", "--alloc-stats"][..], &["--message=a", "--alloc-log=1"], &["-ma", "x", "--stdin", "--alloc-log"]] {
            assert_eq!(taken(args), (AllocTrace::default(), args.iter().map(|&arg| arg.into()).collect()));
        }
    }

    #[test]
    fn the_same_options_take_values_as_in_the_rest() {
        let source = include_str!("../cli.rs");
        let (_, parse_and_on) = source.split_once("pub fn parse(").expect("parse");
        let (arms, _) = parse_and_on.split_once("fn split(").expect("split");
        let names: Vec<&str> =
            arms.split('"').filter(|part| part.starts_with('-') && part.len() > 1 && !part.contains(' ')).collect();
        assert!(names.len() >= 14, "{names:?}");
        for name in names {
            let alone = parse([name.into()]);
            let wants = alone.is_err_and(|failure| failure.text.contains("there is no value after"));
            assert_eq!(takes_value(name), wants, "{name}");
        }
    }

    #[test]
    fn the_manual_has_them() {
        assert!(HELP.contains("\n      --alloc-stats ") && HELP.contains("\n      --alloc-log "));
        assert!(HELP.lines().all(|line| line.len() <= 80), "the manual is 80 columns wide");
    }
}
