//! Rows of one width that never move: what is there is not copied when another comes, so memory never holds it twice.

use alloc::vec::Vec;

/// The rows of one block.
const BLOCK: usize = 64;

/// Rows of `width` values, in blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rows<T> {
    blocks: Vec<Vec<T>>,
    width: usize,
    count: usize,
}

impl<T: Copy> Rows<T> {
    pub fn new(width: usize) -> Rows<T> {
        Rows { blocks: Vec::new(), width, count: 0 }
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// Appends a row that is `value` throughout, and gives it.
    pub fn push(&mut self, value: T) -> &mut [T] {
        if self.count.is_multiple_of(BLOCK) {
            self.blocks.push(Vec::with_capacity(BLOCK * self.width));
        }
        self.count += 1;
        let Some(block) = self.blocks.last_mut() else { return &mut [] };
        let start = block.len();
        block.resize(start + self.width, value);
        block.get_mut(start..).unwrap_or_default()
    }

    /// The row; nothing if there is none.
    pub fn get(&self, at: usize) -> &[T] {
        let start = at % BLOCK * self.width;
        self.blocks.get(at / BLOCK).and_then(|block| block.get(start..start + self.width)).unwrap_or_default()
    }

    /// As [`Rows::get`].
    #[cfg(any(feature = "hnsw", test))]
    pub fn get_mut(&mut self, at: usize) -> &mut [T] {
        let start = at % BLOCK * self.width;
        self.blocks.get_mut(at / BLOCK).and_then(|block| block.get_mut(start..start + self.width)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stay_where_they_are() {
        let mut rows = Rows::new(3);
        rows.push(7_u16);
        let first = rows.get(0).as_ptr();
        for at in 1..200 {
            rows.push(at);
        }
        rows.get_mut(130).copy_from_slice(&[1, 2, 3]);
        assert_eq!((rows.get(0).as_ptr(), rows.count()), (first, 200));
        assert_eq!((rows.get(0), rows.get(130), rows.get(199)), (&[7; 3][..], &[1, 2, 3][..], &[199; 3][..]));
        assert_eq!(rows.get(200), &[]);
        assert_eq!(rows.get_mut(usize::MAX / 8), &[]);
    }
}
