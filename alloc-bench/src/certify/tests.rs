//! A heap that works passes, and each that is broken is refused by the check that is there for it.

use super::*;
use crate::heap::{Capped, Real};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

const CAP: u64 = 16 << 20;

fn system() -> Capped<impl Heap> {
    Capped { heap: Real { allocator: System, memory_bytes: || 0 }, cap_bytes: CAP, live_bytes: Cell::new(0) }
}

#[test]
fn a_heap_that_works_has_every_property() {
    for check in Check::ALL {
        assert_eq!(certify(check, &system()), Ok(()), "{}", check.name());
    }
}

/// What is wrong with a heap.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    Empty,
    Leak,
    Misalign,
    Forget,
}

/// `System` with a fault, in a memory that is as large as what was ever given.
struct Broken {
    fault: Fault,
    live_bytes: Cell<u64>,
    memory_bytes: Cell<u64>,
}

impl Broken {
    fn new(fault: Fault) -> Broken {
        Broken { fault, live_bytes: Cell::new(0), memory_bytes: Cell::new(0) }
    }
}

impl Heap for Broken {
    fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = self.live_bytes.get() + layout.size() as u64;
        if self.fault == Fault::Empty || live > CAP {
            return std::ptr::null_mut();
        }
        self.live_bytes.set(live);
        self.memory_bytes.set(self.memory_bytes.get().max(live));
        let Ok(larger) = Layout::from_size_align(layout.size() + 1, layout.align()) else { return std::ptr::null_mut() };
        // SAFETY: the layout is not empty.
        let block = unsafe { System.alloc(larger) };
        // SAFETY: the block has one byte more than was asked for.
        if self.fault == Fault::Misalign { unsafe { block.add(1) } } else { block }
    }

    unsafe fn dealloc(&self, _: *mut u8, layout: Layout) {
        // What it gave is left to the test's process.
        if self.fault != Fault::Leak {
            self.live_bytes.set(self.live_bytes.get() - layout.size() as u64);
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let new = self.alloc(Layout::from_size_align(size, layout.align()).unwrap());
        if !new.is_null() {
            // SAFETY: both blocks are alive and have so many bytes.
            unsafe {
                if self.fault != Fault::Forget {
                    new.copy_from_nonoverlapping(block, layout.size().min(size));
                } else {
                    new.write_bytes(0xee, layout.size().min(size));
                }
                self.dealloc(block, layout);
            }
        }
        new
    }

    fn memory_bytes(&self) -> u64 {
        self.memory_bytes.get()
    }
}

#[test]
fn each_fault_is_refused_by_its_check() {
    let cases = [
        (Fault::Empty, Check::Grows, "it gave null"),
        (Fault::Leak, Check::Reuses, "is not given out again"),
        (Fault::Leak, Check::Churns, "it gave null"),
        (Fault::Misalign, Check::Aligns, "not aligned"),
        (Fault::Forget, Check::Resizes, "lost its contents"),
    ];
    for (fault, check, want) in cases {
        let refusal = certify(check, &Broken::new(fault)).unwrap_err();
        assert!(refusal.reason.contains(want), "{}: {refusal:?}", check.name());
    }
}

#[test]
fn one_shot_needs_no_reuse() {
    for check in Check::ALL.into_iter().filter(|check| check.is_for_one_shot()) {
        // Each in a program of its own, as in the guest.
        assert_eq!(certify(check, &Broken::new(Fault::Leak)), Ok(()), "{}", check.name());
    }
}
