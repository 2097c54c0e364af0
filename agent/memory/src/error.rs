//! Why something was refused, in words for a user.

use core::fmt;

/// Why a vector, a change or a file was refused. Nothing was changed, but for [`crate::store::Store::apply`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The vector has not the dimensions of the store.
    Dimensions,
    /// The vector holds an infinity or what is no number.
    NotFinite,
    /// The vector is zero, so it has no direction.
    Zero,
    /// The name of an embedder, a tag or a text has a length that the format cannot hold.
    Length,
    /// The store has a record with this id.
    Duplicate,
    /// The store has no record with this id.
    Unknown,
    /// [`crate::vectors::MAX_COUNT`] records, deleted ones included, or 4 GiB of file.
    Full,
    /// The store keeps no f32 values.
    NoValues,
    /// The bytes could not be read: the callback said so.
    Read,
    /// The file ends within its header.
    Cut,
    /// The file is of another kind.
    Magic,
    /// The file is of another version.
    Version,
    /// The file was made with the vectors of another embedder.
    Embedder,
    /// The bytes are not those that were written. The file was whole up to `whole_bytes`; 0 if its header is damaged.
    Checksum {
        /// Where the last commit ends that is as it was written.
        whole_bytes: u64,
    },
    /// A record or an index says what cannot be.
    Malformed,
    /// The index belongs to another state of the store.
    Stale,
}

impl Error {
    /// What happened and what to do about it, as `<what>: <cure>`.
    pub fn reason(self) -> &'static str {
        match self {
            Error::Dimensions => "the vector has other dimensions than the memory: use the embedder that made the memory",
            Error::NotFinite => "the vector holds an infinity or NaN: the embedder is at fault",
            Error::Zero => "the vector is zero: there is nothing in the text to remember",
            Error::Length => "a name, tag or text is empty or too long: shorten it",
            Error::Duplicate => "the memory has a record with this id: delete it first",
            Error::Unknown => "the memory has no record with this id: look at the ids again",
            Error::Full => "the memory is full: compact it, or begin another",
            Error::NoValues => "the memory keeps no f32 values: make it anew with them",
            Error::Read => "the memory could not be read: look at the file",
            Error::Cut => "the memory's file ends within its header, so it holds nothing: delete it",
            Error::Magic => "the file is no memory: name another file",
            Error::Version => "the memory's file is of another version: use the program that wrote it",
            Error::Embedder => "the memory was made with another embedder: use that one, or begin another memory",
            Error::Checksum { .. } => "the memory's file is damaged: restore it from a copy",
            Error::Malformed => "the memory's file says what cannot be: restore it from a copy",
            Error::Stale => "the index belongs to another state of the memory: build it again",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.reason())
    }
}

impl core::error::Error for Error {}
