//! PURE text: plain values in, strings out.

pub mod adr;
pub mod alloc;
pub mod annotations;
pub mod bench;
pub mod commands;
pub mod comment;
pub mod curve;
pub mod diff;
pub mod dist;
pub mod doctor;
pub mod feature_cost;
pub mod html;
pub mod ledger;
pub mod merged;
pub mod pgo;
pub mod plot;
pub mod rows;
pub mod run;
pub mod self_test;
pub mod size;
pub mod starter;
pub mod symbols;
pub mod table;
pub mod timings;
pub mod twiggy;
