//! PURE nouns: what the toolkit talks about. No I/O here and none below.

pub mod baseline;
pub mod exit;
pub mod feature_cost;
pub mod forbidden;
pub mod goal;
pub mod matrix;
pub mod metric;
pub mod policy;
pub mod profile;
pub mod run;
pub mod selection;
pub mod timings;
pub mod unique_map;
pub mod variant;
pub mod verdict;
