//! Counts and records what a program asks of its allocator; only with the feature `alloc-tracing`.
//!
//! [`Traced`] is the program's allocator around the chosen one. It never allocates, panics or waits: the counters are atomics, and an event
//! goes to a place in a fixed buffer that it alone got. `docs/reference/alloc-stats.md` has the layout of what is in memory and in the log.

use core::alloc::{GlobalAlloc, Layout};
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

mod log;
mod stats;
#[cfg(test)]
mod tests;

pub use stats::Stats;

/// How many classes of sizes there are: up to 16 bytes, up to 32, and so on; the last has everything above 8 MiB.
pub const CLASSES: usize = 21;
/// How many records the buffer has.
pub const RECORDS: usize = 65_536;
/// The layout of what is in memory and in the log.
pub const VERSION: u16 = 1;
/// What both start with.
pub const MAGIC: [u8; 4] = *b"ALOG";

/// One record: the address of the block, [`word`], the size. Addresses have their low 32 bits, sizes end at 2^32 - 1.
#[repr(C)]
struct Record([AtomicU32; 3]);

const RECORD_LEN: usize = size_of::<Record>();

/// What a record is of.
#[derive(Clone, Copy)]
enum Kind {
    Alloc = 0,
    Dealloc = 1,
    /// The new block. The next record is an `Old`.
    Realloc = 2,
    Old = 3,
}

/// Set where the caller wanted zeros.
const ZEROED: u32 = 1 << 8;

/// The second word of a record: the kind in bits 0 and 1, the power of two of the alignment in bits 2 to 7, [`ZEROED`], the rest 0.
fn word(kind: Kind, align: usize) -> u32 {
    kind as u32 | align.trailing_zeros() << 2
}

/// What a host reads in the memory of the program, and what the log starts with. Only ever added to at the end, with a higher [`VERSION`].
#[repr(C, align(8))]
pub struct Header {
    magic: [u8; 4],
    version: u16,
    header_len: u16,
    record_len: u16,
    class_count: u16,
    /// 4 or 8.
    pointer_len: u16,
    reserved: u16,
    /// The address of the first record; in the log its offset.
    records: AtomicU64,
    record_count: AtomicU32,
    record_capacity: u32,
    dropped_event_count: AtomicU64,
    alloc_count: AtomicU64,
    dealloc_count: AtomicU64,
    realloc_count: AtomicU64,
    failed_count: AtomicU64,
    requested_bytes: AtomicU64,
    live_bytes: AtomicU64,
    live_blocks: AtomicU64,
    peak_live_bytes: AtomicU64,
    peak_live_blocks: AtomicU64,
    largest_size: AtomicU64,
    largest_failed_size: AtomicU64,
    largest_align: AtomicU64,
    class_counts: [AtomicU64; CLASSES],
}

const HEADER_LEN: usize = size_of::<Header>();

/// The state: one for the program, others for tests.
struct Tracer {
    header: Header,
    // Apart from the header: all zeros, they need no place in the file.
    records: &'static [Record],
    /// How many pauses there are.
    pauses: AtomicU32,
}

static BUFFER: [Record; RECORDS] = [const { Record([const { AtomicU32::new(0) }; 3]) }; RECORDS];
static TRACER: Tracer = Tracer::new(&BUFFER);

/// The class of a size.
fn class(size: usize) -> usize {
    let log2 = usize::BITS - size.saturating_sub(1).leading_zeros();
    (log2.saturating_sub(4) as usize).min(CLASSES - 1)
}

impl Tracer {
    const fn new(records: &'static [Record]) -> Tracer {
        const fn zero() -> AtomicU64 {
            AtomicU64::new(0)
        }
        let header = Header {
            magic: MAGIC,
            version: VERSION,
            header_len: HEADER_LEN as u16,
            record_len: RECORD_LEN as u16,
            class_count: CLASSES as u16,
            pointer_len: size_of::<usize>() as u16,
            reserved: 0,
            records: zero(),
            record_count: AtomicU32::new(0),
            record_capacity: records.len() as u32,
            dropped_event_count: zero(),
            alloc_count: zero(),
            dealloc_count: zero(),
            realloc_count: zero(),
            failed_count: zero(),
            requested_bytes: zero(),
            live_bytes: zero(),
            live_blocks: zero(),
            peak_live_bytes: zero(),
            peak_live_blocks: zero(),
            largest_size: zero(),
            largest_failed_size: zero(),
            largest_align: zero(),
            class_counts: [const { zero() }; CLASSES],
        };
        Tracer { header, records, pauses: AtomicU32::new(0) }
    }

    fn is_paused(&self) -> bool {
        self.pauses.load(Relaxed) > 0
    }

    /// Keeps the records of one event, together or not at all.
    fn record<const N: usize>(&self, records: [(*mut u8, u32, usize); N]) {
        let Header { record_count, dropped_event_count, .. } = &self.header;
        let next = |at: u32| at.checked_add(N as u32).filter(|&end| end as usize <= self.records.len());
        // Once one was dropped all are, so that the log is what happened first, without holes.
        let place = match dropped_event_count.load(Relaxed) {
            0 => record_count.fetch_update(Relaxed, Relaxed, next).ok(),
            _ => None,
        };
        let Some(place) = place else {
            dropped_event_count.fetch_add(1, Relaxed);
            return;
        };
        let places = self.records.get(place as usize..).unwrap_or_default();
        for (Record([address, what, length]), (block, word, size)) in places.iter().zip(records) {
            address.store(block.addr() as u32, Relaxed);
            what.store(word, Relaxed);
            length.store(u32::try_from(size).unwrap_or(u32::MAX), Relaxed);
        }
    }

    // What lives is followed in a pause too: a block may live longer than the pause, or have lived before it.

    fn adds(&self, size: usize) {
        let header = &self.header;
        header.live_bytes.fetch_add(size as u64, Relaxed);
        header.live_blocks.fetch_add(1, Relaxed);
    }

    fn subtracts(&self, size: usize) {
        for (live, less) in [(&self.header.live_bytes, size as u64), (&self.header.live_blocks, 1)] {
            // C may have made what Rust gives back where only Rust's calls are seen.
            let _ = live.fetch_update(Relaxed, Relaxed, |now| Some(now.saturating_sub(less)));
        }
    }

    /// Counts what was asked for and got.
    fn got(&self, count: &AtomicU64, size: usize, align: usize) {
        let header = &self.header;
        count.fetch_add(1, Relaxed);
        header.requested_bytes.fetch_add(size as u64, Relaxed);
        header.largest_size.fetch_max(size as u64, Relaxed);
        header.largest_align.fetch_max(align as u64, Relaxed);
        header.peak_live_bytes.fetch_max(header.live_bytes.load(Relaxed), Relaxed);
        header.peak_live_blocks.fetch_max(header.live_blocks.load(Relaxed), Relaxed);
    }

    fn failed(&self, size: usize) {
        self.header.failed_count.fetch_add(1, Relaxed);
        self.header.largest_failed_size.fetch_max(size as u64, Relaxed);
    }

    fn alloc(&self, block: *mut u8, layout: Layout, flags: u32) {
        if !block.is_null() {
            self.adds(layout.size());
        }
        if self.is_paused() {
            return;
        }
        if block.is_null() {
            self.failed(layout.size());
        } else {
            self.got(&self.header.alloc_count, layout.size(), layout.align());
            if let Some(count) = self.header.class_counts.get(class(layout.size())) {
                count.fetch_add(1, Relaxed);
            }
        }
        self.record([(block, word(Kind::Alloc, layout.align()) | flags, layout.size())]);
    }

    fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.subtracts(layout.size());
        if !self.is_paused() {
            self.header.dealloc_count.fetch_add(1, Relaxed);
            self.record([(block, word(Kind::Dealloc, layout.align()), layout.size())]);
        }
    }

    fn realloc(&self, old: *mut u8, layout: Layout, new: *mut u8, new_size: usize) {
        if !new.is_null() {
            self.subtracts(layout.size());
            self.adds(new_size);
        }
        if self.is_paused() {
            return;
        }
        if new.is_null() {
            self.failed(new_size);
        } else {
            self.got(&self.header.realloc_count, new_size, layout.align());
        }
        self.record([
            (new, word(Kind::Realloc, layout.align()), new_size),
            (old, word(Kind::Old, layout.align()), layout.size()),
        ]);
    }
}

/// The allocator `A`, counted.
pub struct Traced<A> {
    inner: A,
    tracer: &'static Tracer,
    /// The layout that a block has, from the one that the caller gave: C's `free` gives none.
    layout_of: unsafe fn(*mut u8, Layout) -> Layout,
}

// Where each program has its own choice, not all of these are used.
#[allow(dead_code, reason = "one of them is, by the features")]
impl<A> Traced<A> {
    /// Counts what `inner` is asked for.
    pub(crate) const fn new(inner: A) -> Traced<A> {
        Traced { inner, tracer: &TRACER, layout_of: |_, layout| layout }
    }

    /// Counts what `inner` is asked for, which knows the layouts of its blocks itself.
    pub(crate) const fn with_layouts(inner: A, layout_of: unsafe fn(*mut u8, Layout) -> Layout) -> Traced<A> {
        Traced { inner, tracer: &TRACER, layout_of }
    }
}

// SAFETY: every call goes to `A` as it came, and its answer back; what is counted on the way touches no block.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Traced<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller promises what `A` needs.
        let block = unsafe { self.inner.alloc(layout) };
        self.tracer.alloc(block, layout, 0);
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        let block = unsafe { self.inner.alloc_zeroed(layout) };
        self.tracer.alloc(block, layout, ZEROED);
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // First the count: once the block is given back, another thread may get and record it.
        // SAFETY: the caller gives a block of this allocator, which is one of `A`, with its layout.
        self.tracer.dealloc(block, unsafe { (self.layout_of)(block, layout) });
        // SAFETY: as above.
        unsafe { self.inner.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as above; asked before the block may be gone.
        let old = unsafe { (self.layout_of)(block, layout) };
        // SAFETY: as above.
        let new = unsafe { self.inner.realloc(block, layout, new_size) };
        self.tracer.realloc(block, old, new, new_size);
        new
    }
}

/// Nothing is counted or recorded until this is dropped, except what lives.
#[derive(Debug)]
#[must_use = "dropped, it ends the pause"]
pub struct Pause(&'static AtomicU32);

impl Drop for Pause {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// Pauses the counting and the recording, for all threads.
pub fn pause() -> Pause {
    TRACER.pause()
}

/// The counters as they are.
pub fn stats() -> Stats {
    TRACER.stats()
}

/// Gives the whole log to `sink`, in pieces. It is paused meanwhile.
pub fn log(sink: &mut dyn FnMut(&[u8])) {
    TRACER.log(sink);
}

/// For a host that reads the program's memory: the address of the counters, in which the address of the records is.
#[unsafe(no_mangle)]
pub extern "C" fn agent_alloc_stats() -> *const Header {
    TRACER.header.records.store(BUFFER.as_ptr().addr() as u64, Relaxed);
    &raw const TRACER.header
}

impl Tracer {
    fn pause(&'static self) -> Pause {
        self.pauses.fetch_add(1, Relaxed);
        Pause(&self.pauses)
    }
}
