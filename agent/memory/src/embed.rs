//! What makes vectors of texts.
//!
//! Vectors of two embedders have nothing to do with each other, so a store knows whose it holds and refuses others. An embedder that asks a server is the
//! caller's, because this crate does no I/O; the one here works offline.

use crate::error::Error;
use crate::vector::MAX_DIMENSIONS;

pub mod lexical;

/// Which embedder made a vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity<'a> {
    /// Its name, 1 to 255 bytes; for a model, with its provider and version. What makes other vectors needs another name.
    pub name: &'a str,
    /// The components of its vectors, 1 to [`MAX_DIMENSIONS`].
    pub dimensions: usize,
}

impl Identity<'_> {
    /// # Errors
    /// [`Error::Length`], [`Error::Dimensions`]: the format cannot hold it.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if !(1..=255).contains(&self.name.len()) {
            return Err(Error::Length);
        }
        if (1..=MAX_DIMENSIONS).contains(&self.dimensions) { Ok(()) } else { Err(Error::Dimensions) }
    }
}
