//! A day of agent life: the recorded runs of the agent one after another on one heap, two at a time now and then, and between their blocks the
//! conversations, which stay for longer.

use super::{
    AGENT, DAY, Workload,
    maker::{Maker, take_any},
};
use crate::{
    op::Op,
    random::Random,
    trace::{Trace, TraceError},
};
use std::collections::BTreeMap;

/// As many operations as there is time for on an interpreter.
const MAX_OP_COUNT: usize = 50_000;

/// Every so many operations of a run a message is kept.
const OPS_OF_A_MESSAGE: u32 = 150;

/// The conversations that are remembered have so many messages; then any one is forgotten.
const MESSAGE_COUNT: usize = 400;

/// The day, if there are runs of the agent to compose it of.
///
/// # Errors
/// Together they have more blocks alive than there are slots.
pub fn workload(recorded: &BTreeMap<String, Trace>) -> Result<Option<Workload>, TraceError> {
    let runs: Vec<&Trace> = recorded.iter().filter(|(name, _)| name.starts_with(AGENT)).map(|(_, trace)| trace).collect();
    if runs.is_empty() {
        return Ok(None);
    }
    let mut day = Day { maker: Maker::default(), random: Random::new(51), messages: Vec::new() };
    day.pass(&runs);
    let trace = Trace::new(format!("composed of {} runs of the agent", runs.len()), day.maker.into_ops())?;
    let about = "hours of the agent's runs on one heap";
    Ok(Some(Workload { name: DAY.into(), about, trace }))
}

struct Day {
    maker: Maker,
    random: Random,
    /// What stays for longer than a run.
    messages: Vec<u32>,
}

/// A run that is being played.
struct Running<'a> {
    ops: &'a [Op],
    /// Slot of the recording -> slot of the day.
    slots: BTreeMap<u32, u32>,
}

impl<'a> Running<'a> {
    fn new(ops: &'a [Op]) -> Running<'a> {
        Running { ops, slots: BTreeMap::new() }
    }

    /// The most operations that playing the rest can become: what is alive at the end is given back, and messages are kept and forgotten.
    fn cost(&self) -> usize {
        let count = |is: fn(&Op) -> bool| self.ops.iter().filter(|op| is(op)).count();
        let left_over = self.slots.len() + count(|op| matches!(op, Op::Alloc { .. })) - count(|op| matches!(op, Op::Free { .. }));
        self.ops.len() + left_over + 2 * (self.ops.len() / (OPS_OF_A_MESSAGE as usize / 2) + 1)
    }
}

impl Day {
    fn pass(&mut self, runs: &[&Trace]) {
        let mut running: Vec<Running> = Vec::new();
        loop {
            let planned: usize = running.iter().map(Running::cost).sum();
            let left = MAX_OP_COUNT.saturating_sub(self.maker.op_count() + planned + MESSAGE_COUNT);
            let fitting: Vec<&[Op]> = runs.iter().map(|run| run.ops()).filter(|ops| Running::new(ops).cost() <= left).collect();
            // One at a time, and every third time a second one beside it.
            if running.is_empty() || running.len() == 1 && self.random.below(3) == 0 {
                match fitting.len() {
                    0 if running.is_empty() => break,
                    0 => {}
                    count => {
                        let ops = fitting[self.random.below(count as u32) as usize];
                        running.push(Running::new(ops));
                    }
                }
            }
            let mut run = take_any(&mut running, &mut self.random);
            self.play_part(&mut run);
            match run.ops.is_empty() {
                // The end of a process gives all back; on one heap each session has to do it itself.
                true => self.maker.free_all(run.slots.into_values()),
                false => running.push(run),
            }
        }
        let messages = std::mem::take(&mut self.messages);
        self.maker.free_all(messages);
    }

    /// Plays the next operations of a run, and keeps a message.
    fn play_part(&mut self, run: &mut Running) {
        let count = self.random.between(OPS_OF_A_MESSAGE / 2, OPS_OF_A_MESSAGE * 3 / 2) as usize;
        let (part, rest) = run.ops.split_at(count.min(run.ops.len()));
        run.ops = rest;
        for op in part {
            match *op {
                Op::Alloc { slot, size, align_power } => {
                    run.slots.insert(slot, self.maker.alloc(size, align_power));
                }
                Op::Realloc { slot, size } => run.slots.get(&slot).into_iter().for_each(|slot| self.maker.resize(*slot, size)),
                Op::Free { slot } => run.slots.remove(&slot).into_iter().for_each(|slot| self.maker.free(slot)),
            }
        }
        let size = 16 << self.random.below(9);
        let size = self.random.between(size, 2 * size);
        self.messages.push(self.maker.alloc(size, 0));
        if self.messages.len() > MESSAGE_COUNT {
            self.maker.free(take_any(&mut self.messages, &mut self.random));
        }
    }
}
