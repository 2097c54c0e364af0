//! What the numbers were made with: tool by tool, and a tool that both branches changed apart is a conflict.

use super::{Merger, Sides, Way, way, ways};
use crate::data::{
    rows::Tools,
    run::{Provenance, Toolchain},
};
use std::collections::BTreeSet;

/// How the compiler of a profile is called among the tools.
const OF_PROFILE: &str = "rustc of ";

/// The version of a tool that both branches changed apart. No tool prints a control character.
const UNDECIDED: &str = "\0";

impl Merger {
    /// Merges tools by name. The second list has what both branches agree on: where they do not, a version that neither has, so that
    /// whichever a person chooses, no number passes for one that was made with it.
    pub fn tools(&mut self, place: &str, sides: Sides<&Tools>) -> (Tools, Tools) {
        let (mut merged, mut agreed) = (Tools::new(), Tools::new());
        for (tool, way) in ways(sides) {
            let version = match way {
                Way::Take(taken) => {
                    agreed.extend(taken.map(|version| (tool.clone(), version.clone())));
                    merged.extend(taken.map(|version| (tool.clone(), version.clone())));
                    continue;
                }
                Way::Merge(sides) => {
                    self.choose(place, tool, Sides { base: Some(sides.base), ours: Some(sides.ours), theirs: Some(sides.theirs) })
                }
                Way::Conflict(sides) => self.choose(place, tool, sides),
            };
            agreed.insert(tool.clone(), UNDECIDED.into());
            merged.extend(version.map(|version| (tool.clone(), version)));
        }
        (merged, agreed)
    }

    /// Merges the provenance of sizes. What decides no number is no conflict: numbers of two commits are of none.
    pub fn provenance(&mut self, place: &str, sides: Sides<&Provenance>) -> (Provenance, Toolchain) {
        let tools = sides.map(|side| named(&side.toolchain));
        let (tools, agreed) = self.tools(place, Sides { base: tools.base.as_ref(), ours: &tools.ours, theirs: &tools.theirs });
        let commits = sides.map(|side| &side.commit);
        let dirty = sides.map(|side| &side.dirty);
        let commit = taken(commits);
        let provenance = Provenance {
            toolchain: unnamed(tools),
            dirty: commit.is_none() || taken(dirty).copied().unwrap_or(true),
            commit: commit.cloned().flatten(),
            host: joined(sides.map(|side| &side.host)),
            optimizer_origin: joined(sides.map(|side| &side.optimizer_origin)),
        };
        (provenance, unnamed(agreed))
    }
}

/// What stands where at most one branch changed it.
fn taken<T: PartialEq>(sides: Sides<&T>) -> Option<&T> {
    match way(sides.base, Some(sides.ours), Some(sides.theirs)) {
        Way::Take(taken) => taken,
        Way::Merge(_) | Way::Conflict(_) => None,
    }
}

/// The same for a name; where both branches changed it apart, both names.
fn joined(sides: Sides<&String>) -> String {
    const AND: &str = " and ";
    taken(sides).cloned().unwrap_or_else(|| {
        let names: BTreeSet<&str> = sides.ours.split(AND).chain(sides.theirs.split(AND)).collect();
        names.into_iter().collect::<Vec<_>>().join(AND)
    })
}

fn named(toolchain: &Toolchain) -> Tools {
    let Toolchain { rustc, rustc_of_profile, optimizer, encoder, gzip, brotli } = toolchain;
    let one = [("rustc", rustc), ("optimizer", optimizer), ("encoder", encoder), ("gzip", gzip), ("brotli", brotli)];
    let of_profile = rustc_of_profile.iter().map(|(profile, rustc)| (format!("{OF_PROFILE}{profile}"), rustc.clone()));
    one.into_iter().map(|(tool, version)| (tool.to_string(), version.clone())).chain(of_profile).collect()
}

fn unnamed(mut tools: Tools) -> Toolchain {
    let mut take = |tool| tools.remove(tool).unwrap_or_default();
    let [rustc, optimizer, encoder, gzip, brotli] = ["rustc", "optimizer", "encoder", "gzip", "brotli"].map(&mut take);
    let of_profile = |(tool, rustc): (String, String)| Some((tool.strip_prefix(OF_PROFILE)?.to_string(), rustc));
    Toolchain { rustc, rustc_of_profile: tools.into_iter().filter_map(of_profile).collect(), optimizer, encoder, gzip, brotli }
}
