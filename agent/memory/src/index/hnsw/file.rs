//! The graph as bytes, and back without building it. `docs/reference/memory-format.md` describes them.

use alloc::vec::Vec;

use super::link::has;
use super::{FAR, Hnsw, MAX_CANDIDATES, NEAR, NONE, Settings};
use crate::error::Error;
use crate::hash::{START, more};
use crate::source::{ReadAt, Reader};

const MAGIC: &[u8; 8] = b"agenthns";
const VERSION: u32 = 1;

/// What an index file says of which state of the store it is: [`crate::store::Store::open`] wants to know.
///
/// # Errors
/// [`Error::Magic`], [`Error::Version`], [`Error::Read`], [`Error::Cut`]; [`Error::Malformed`]: more than [`MAX_CANDIDATES`].
pub fn stamp(read: &mut ReadAt<'_>, file_bytes: u64) -> Result<u64, Error> {
    Ok(head(&mut Reader::new(read, file_bytes))?.0)
}

/// Stamp, settings, entry and count.
fn head(reader: &mut Reader<'_>) -> Result<(u64, Settings, u16, u16), Error> {
    if reader.array()? != *MAGIC {
        return Err(Error::Magic);
    }
    if reader.u32()? != VERSION {
        return Err(Error::Version);
    }
    let count = reader.u16()?;
    let entry = reader.u16()?;
    let stamp = reader.u64()?;
    let settings = Settings { seed: reader.u64()?, made_with: reader.u16()?, searched_with: reader.u16()? };
    if settings.made_with.max(settings.searched_with) > MAX_CANDIDATES {
        return Err(Error::Malformed);
    }
    Ok((stamp, settings, entry, count))
}

impl Hnsw {
    /// The graph as the bytes of a file. `stamp` is that of the store at this moment.
    pub fn save(&self, stamp: u64) -> Vec<u8> {
        let links = |rows: &crate::rows::Rows<u16>, width: usize| rows.count() * width;
        let shorts = links(&self.near, NEAR) + links(&self.far, FAR) + self.parents.len();
        let mut bytes = Vec::with_capacity(shorts * 2 + 64);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        let short = |bytes: &mut Vec<u8>, number: u16| bytes.extend_from_slice(&number.to_le_bytes());
        short(&mut bytes, self.count() as u16);
        short(&mut bytes, self.entry);
        bytes.extend_from_slice(&stamp.to_le_bytes());
        bytes.extend_from_slice(&self.settings.seed.to_le_bytes());
        short(&mut bytes, self.settings.made_with);
        short(&mut bytes, self.settings.searched_with);
        self.parents.iter().for_each(|parent| short(&mut bytes, *parent));
        for rows in [&self.near, &self.far] {
            for row in 0..rows.count() {
                rows.get(row).iter().for_each(|link| short(&mut bytes, *link));
            }
        }
        let checksum = more(START, &bytes);
        bytes.extend_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// The graph of such a file. The caller compares [`stamp`] with the store.
    ///
    /// # Errors
    /// [`Error::Magic`], [`Error::Version`], [`Error::Read`], [`Error::Cut`], [`Error::Checksum`]; [`Error::Malformed`], if it is no graph that this could have made: then a search
    /// could leave the vectors or not reach them.
    pub fn load(read: &mut ReadAt<'_>, file_bytes: u64) -> Result<Hnsw, Error> {
        let mut reader = Reader::new(read, file_bytes);
        let (_, settings, entry, count) = head(&mut reader)?;
        let mut hnsw = Hnsw::new(settings);
        if reader.left() < u64::from(count) * (2 + 2 * NEAR as u64) {
            return Err(Error::Cut);
        }
        hnsw.entry = entry;
        for slot in 0..count {
            hnsw.make_room(slot);
        }
        reader.numbers(&mut hnsw.parents, u16::from_le_bytes)?;
        for rows in [&mut hnsw.near, &mut hnsw.far] {
            for row in 0..rows.count() {
                reader.numbers(rows.get_mut(row), u16::from_le_bytes)?;
            }
        }
        let checksum = reader.hash();
        if reader.u64()? != checksum || reader.left() != 0 {
            return Err(Error::Checksum { whole_bytes: 0 });
        }
        if hnsw.is_sound() { Ok(hnsw) } else { Err(Error::Malformed) }
    }

    /// Whether every search ends within the vectors and can reach each, and whether another vector keeps it so.
    pub(super) fn is_sound(&self) -> bool {
        let count = self.count() as u16;
        let highest = (0..count).map(|slot| self.layer(slot)).max().unwrap_or(0);
        let entry_is_right =
            if count == 0 { self.entry == NONE } else { self.entry < count && self.layer(self.entry) == highest };
        entry_is_right
            && (0..count).all(|slot| self.is_joined(slot) && (0..=self.layer(slot)).all(|layer| self.leads_on(slot, layer)))
    }

    /// Whether the parent came before, and both know each other.
    fn is_joined(&self, slot: u16) -> bool {
        let parent = self.parent(slot);
        let family_links = self.child_count(slot);
        match slot {
            0 => parent == NONE && family_links <= FAR,
            _ => {
                let mutual = has(self.row(slot, 0), parent) && has(self.row(parent, 0), slot);
                parent < slot && mutual && family_links <= FAR
            }
        }
    }

    /// Whether the links of this layer are other vectors on it, and nothing follows the last.
    fn leads_on(&self, slot: u16, layer: usize) -> bool {
        let mut is_over = false;
        self.row(slot, layer).iter().all(|link| {
            is_over |= *link == NONE;
            let leads_on = *link != slot && usize::from(*link) < self.count() && self.layer(*link) >= layer;
            if is_over { *link == NONE } else { leads_on }
        })
    }
}
