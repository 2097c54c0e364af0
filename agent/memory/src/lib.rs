//! The agent's vector memory: texts that are found again by what they are about.
//!
//! No I/O, no `std`, no dependencies, no formatting: bytes come through a callback ([`source::ReadAt`]) and go out as bytes to append.
//!
//! ```text
//! text -> embed::lexical, or a model's embedding -> Changes::add -> bytes to append -> Store::apply
//!                       |
//!                       +-> Query -> Index::search (flat | hnsw) -> hits -> rerank, by the f32 on disk
//!                                                                   +-> Store::record -> the text
//! ```
//!
//! # What was chosen, and why
//!
//! - **int8 with one scale a vector, in memory; f32 on disk, where asked for.** A quarter of the memory, integer sums that are the same on every machine, and 16 products an
//!   instruction with `simd128`. A query keeps 13 bits a component ([`vector`]), which halves the error for free.
//! - **[`index::flat`] is always there**: up to some ten thousand vectors it is as fast as anything has to be, it is exact and has no state. **[`index::hnsw`]** (feature `hnsw`; Malkov and Yashunin 2016)
//!   is for more queries a second where vectors are in clusters, as those of texts are.
//! - **[`embed::lexical`]** (feature hashing; Weinberger et al. 2009) needs no network and no model.
//! - **One file that is only appended to** ([`store`]), each commit with a checksum and chained to the one before: a write that was cut off at any byte leaves the commit before.
//! - **Limits**: [`vector::MAX_DIMENSIONS`], [`vectors::MAX_COUNT`] vectors, files of 4 GiB. Slots of two bytes halve the graph.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod bits;
pub mod embed;
pub mod error;
pub mod hash;
pub mod index;
mod rows;
pub mod source;
pub mod store;
pub mod vector;
pub mod vectors;
