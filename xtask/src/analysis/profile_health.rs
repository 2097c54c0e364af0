//! Whether profile data is any good: what the program wrote, what was merged, and what the compiler said of it.
//!
//! None of the three is an error to LLVM where it should be one to us. `llvm-profdata merge` ignores an empty raw profile, and
//! rustc builds without a profile that it cannot read and only warns. So the files and the messages are read here.

mod raw;
mod show;
mod warnings;

pub use raw::{ByteOrder, RawProfile, raw, raw_version_of_llvm};
pub use show::{Summary, executed_symbols, function_counts, summary};
pub use warnings::{Mismatch, mismatches, mismatches_by_kind};

#[cfg(test)]
mod tests;
