//! PURE nouns: what the toolkit talks about. No I/O here and none below.

pub mod exit;
pub mod metric;
