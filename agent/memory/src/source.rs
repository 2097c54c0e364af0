//! Reading a file in pieces, with a checksum of what was read.

use alloc::vec::Vec;

use crate::error::Error;
use crate::hash::{START, more};

/// Fills the whole buffer with the bytes of the file from the offset on; false, if that cannot be done.
pub type ReadAt<'a> = dyn FnMut(u64, &mut [u8]) -> bool + 'a;

/// The bytes that are asked for at once.
const PIECE_BYTES: u64 = 16 * 1024;

/// Reads from the front to the end.
pub(crate) struct Reader<'a> {
    read: &'a mut (dyn FnMut(u64, &mut [u8]) -> bool + 'a),
    /// What was read and not yet given out, from `start`.
    piece: Vec<u8>,
    start: usize,
    /// Where the next byte to be given out lies.
    at: u64,
    end: u64,
    hash: u64,
}

impl<'a> Reader<'a> {
    pub fn new(read: &'a mut ReadAt<'_>, end: u64) -> Reader<'a> {
        Reader::from(read, 0, end)
    }

    pub fn from(read: &'a mut ReadAt<'_>, at: u64, end: u64) -> Reader<'a> {
        Reader { read, piece: Vec::new(), start: 0, at, end, hash: START }
    }

    pub fn at(&self) -> u64 {
        self.at
    }

    /// The bytes up to the end.
    pub fn left(&self) -> u64 {
        self.end.saturating_sub(self.at)
    }

    /// The checksum of the bytes since the start or the last [`Reader::restart_hash`].
    pub fn hash(&self) -> u64 {
        self.hash
    }

    pub fn restart_hash(&mut self) {
        self.hash = START;
    }

    /// The next 1 to `limit` bytes, as many as are there without reading again.
    pub fn piece(&mut self, limit: u64) -> Result<&[u8], Error> {
        if self.left() == 0 {
            return Err(Error::Cut);
        }
        if self.start >= self.piece.len() {
            self.start = 0;
            self.piece.resize(self.left().min(PIECE_BYTES) as usize, 0);
            if !(self.read)(self.at, &mut self.piece) {
                return Err(Error::Read);
            }
        }
        let rest = self.piece.get(self.start..).unwrap_or_default();
        let given = rest.get(..rest.len().min(usize::try_from(limit).unwrap_or(usize::MAX))).unwrap_or_default();
        self.start += given.len();
        self.at += given.len() as u64;
        self.hash = more(self.hash, given);
        Ok(given)
    }

    /// Fills the buffer.
    pub fn fill(&mut self, mut out: &mut [u8]) -> Result<(), Error> {
        while !out.is_empty() {
            let piece = self.piece(out.len() as u64)?;
            let (now, later) = out.split_at_mut(piece.len());
            now.copy_from_slice(piece);
            out = later;
        }
        Ok(())
    }

    /// Passes over bytes, which the checksum takes in.
    pub fn skip(&mut self, mut bytes: u64) -> Result<(), Error> {
        while bytes > 0 {
            bytes -= self.piece(bytes)?.len() as u64;
        }
        Ok(())
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// Fills `out` with numbers that have `N` bytes each, a buffer at a time.
    pub fn numbers<T, const N: usize>(&mut self, out: &mut [T], number: impl Fn([u8; N]) -> T) -> Result<(), Error> {
        let mut buffer = [[0; N]; 32];
        for some in out.chunks_mut(buffer.len()) {
            let bytes = buffer.get_mut(..some.len()).unwrap_or_default();
            self.fill(bytes.as_flattened_mut())?;
            for (place, bytes) in some.iter_mut().zip(bytes) {
                *place = number(*bytes);
            }
        }
        Ok(())
    }

    pub fn u16(&mut self) -> Result<u16, Error> {
        self.array().map(u16::from_le_bytes)
    }

    pub fn u32(&mut self) -> Result<u32, Error> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Result<u64, Error> {
        self.array().map(u64::from_le_bytes)
    }
}
