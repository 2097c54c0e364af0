//! PURE nouns: what the toolkit talks about. No I/O here and none below.

pub mod adr;
pub mod alloc;
pub mod alloc_policy;
pub mod baseline;
pub mod certificate;
pub mod exit;
pub mod feature_cost;
pub mod forbidden;
pub mod goal;
pub mod grid;
pub mod matrix;
pub mod metric;
pub mod observed;
pub mod policy;
pub mod profile;
pub mod rows;
pub mod run;
pub mod run_policy;
pub mod scenario;
pub mod selection;
pub mod timing;
pub mod timings;
pub mod unique_map;
pub mod variant;
pub mod verdict;
