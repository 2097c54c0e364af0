//! PURE: bytes in, plain values out.

pub mod compare;
pub mod component;
pub mod compress;
pub mod demangle;
pub mod digest;
pub mod explain;
pub mod feature_plan;
pub mod features;
pub mod forbidden;
pub mod goal;
pub mod imports;
pub mod ledger;
pub mod lock;
pub mod ratchet;
pub mod roles;
pub mod sections;
pub mod sizes;
pub mod strip;
pub mod symbol_diff;
pub mod symbols;
pub mod twiggy;
