//! Joins what several machines measured into the report that one machine gives.

mod join;

use crate::data::{
    ci::{CI_SCHEMA, CiReport, GateState, Shard},
    comment::GateName,
    policy::Policy,
    verdict::Outcome,
};
use std::collections::BTreeMap;

/// The report of all shares under `policy`; of one machine that is the share 1/1. The order of `shards` does not matter.
///
/// # Errors
/// One line: a share is missing or doubled, is of another version, or two of them do not agree on the same thing.
pub fn report(mut shards: Vec<Shard>, policy: &Policy) -> Result<CiReport, String> {
    shards.sort_by_key(|shard| shard.share);
    whole(&shards)?;
    let mut gates: BTreeMap<GateName, Vec<GateState>> = BTreeMap::new();
    let count = shards.len();
    for shard in shards {
        for (gate, state) in shard.gates {
            gates.entry(gate).or_default().push(state);
        }
    }
    let joined = gates.into_iter().map(|(gate, states)| {
        let of = |said: String| format!("{gate}: {said}");
        if states.len() != count {
            return Err(of(format!("{} of {count} shares have it", states.len())));
        }
        Ok((gate, join::states(states, policy).map_err(of)?))
    });
    let gates = joined.collect::<Result<BTreeMap<GateName, GateState>, String>>()?;
    // A gate without a verdict (2 to 4) weighs more than one that failed: what it would have said is not known.
    let exit_code = gates.values().map(exit_code).max().unwrap_or(0);
    let has_passed = |state: &GateState| matches!(state, GateState::Ended { run, .. } if run.outcome() == Outcome::Pass);
    let outcome = match exit_code {
        0 if gates.values().any(has_passed) => Outcome::Pass,
        // A gate that looked at nothing did not pass.
        0 => Outcome::NotJudged,
        _ => Outcome::Fail,
    };
    Ok(CiReport { schema: CI_SCHEMA, outcome, exit_code, gates })
}

/// Whether every share is there, once, and all are of this version.
fn whole(shards: &[Shard]) -> Result<(), String> {
    let first = shards.first().ok_or("there is no share")?;
    for (at, shard) in shards.iter().enumerate() {
        if shard.schema != CI_SCHEMA {
            return Err(format!("the share {} is of schema {}, and this tool's is {CI_SCHEMA}", shard.share, shard.schema));
        }
        if shard.share.count != first.share.count {
            return Err(format!("the shares {} and {} are not of one division", first.share, shard.share));
        }
        match shard.share.index as usize {
            index if index == at + 1 => {}
            index if index <= at => return Err(format!("the share {} is there twice", shard.share)),
            _ => return Err(format!("the share {}/{} is missing", at + 1, first.share.count)),
        }
    }
    match shards.len() < first.share.count as usize {
        true => Err(format!("the share {}/{} is missing", shards.len() + 1, first.share.count)),
        false => Ok(()),
    }
}

/// A shard is a file: one that says 0 of a run that failed is not believed.
fn exit_code(state: &GateState) -> u8 {
    match state {
        GateState::Ended { exit_code, run } => (*exit_code).max(u8::from(run.outcome() == Outcome::Fail)),
        GateState::Broke { exit_code, .. } => (*exit_code).max(1),
        GateState::LeftOut { .. } => 0,
    }
}

#[cfg(test)]
mod tests;
