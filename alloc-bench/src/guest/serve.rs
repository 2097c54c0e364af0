//! A request and its answer.

use crate::{answer::Answer, memory, system};
use alloc_bench::{
    certify::{Check, certify},
    heap::{Dry, Heap},
    op::SLOT_COUNT,
    replay::{Replay, Slot, fill},
    request::{REQUEST_BYTES, Request},
};

/// How much of the operations is held at a time.
const WINDOW_BYTES: usize = 16 << 10;

/// What is too large for the stack. There is one thread, and [`serve`] runs once.
struct Tables {
    slots: [Slot; SLOT_COUNT as usize],
    window: [u8; WINDOW_BYTES],
}

static mut TABLES: Tables = Tables { slots: [Slot::EMPTY; SLOT_COUNT as usize], window: [0; WINDOW_BYTES] };

/// Does what is asked on standard input.
pub fn serve() -> Result<Answer, &'static str> {
    // SAFETY: nothing else has a reference to it: this is called once, in a program of one thread.
    let tables = unsafe { &mut *(&raw mut TABLES) };
    let mut head = [0; REQUEST_BYTES];
    let mut length = 0;
    while length < head.len() {
        match system::read(&mut head[length..]) {
            0 => return Err("the request is cut off"),
            more => length += more,
        }
    }
    match Request::decode(&head).ok_or("it is no request of this version")? {
        Request::Certify(check) => Ok(certified(check)),
        Request::Dry => replay(&Dry::default(), tables, false),
        Request::Replay { then_fill } => replay(&memory::heap(), tables, then_fill),
    }
}

fn certified(check: Check) -> Answer {
    match certify(check, &memory::heap()) {
        Ok(()) => Answer::new(Some(("check", check.name())), &[("memory_bytes", memory::bytes())]),
        Err(refusal) => Answer::new(Some(("refused", refusal.reason)), &[("value", refusal.value)]),
    }
}

fn replay(heap: &impl Heap, tables: &mut Tables, then_fill: bool) -> Result<Answer, &'static str> {
    let Tables { slots, window } = tables;
    let mut replay = Replay::new(heap, slots);
    let mut filled = 0;
    loop {
        let more = system::read(&mut window[filled..]);
        if more == 0 {
            return Err("the operations have no end");
        }
        filled += more;
        let (taken, ended) = replay.run(&window[..filled]).map_err(|_| "an operation is malformed")?;
        if ended {
            break;
        }
        window.copy_within(taken..filled, 0);
        filled -= taken;
    }
    let memory_bytes = memory::bytes();
    let mut left_bytes = 0;
    if then_fill {
        left_bytes = fill(heap);
        replay.look_at_all();
    }
    let replayed = replay.replayed();
    Ok(Answer::new(
        None,
        &[
            ("op_count", replayed.op_count),
            ("failed_count", replayed.failed_count),
            ("corrupt_count", replayed.corrupt_count),
            ("peak_live_bytes", replayed.peak_live_bytes),
            ("live_bytes", replayed.live_bytes),
            ("memory_bytes", memory_bytes),
            ("base_bytes", memory::base_bytes()),
            ("left_bytes", left_bytes),
        ],
    ))
}
