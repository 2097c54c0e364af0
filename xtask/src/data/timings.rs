//! Where the time of a run went, by stage. Shown with `--timings`, never gated.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// A stage of the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Finding and installing tools, reading the policy, the compiler's version.
    Setup,
    /// `cargo build`.
    Cargo,
    /// Reading, hashing and stripping the linked module; storing files.
    Store,
    /// wasm-opt.
    Optimize,
    /// Encoding the component, stripping and validating it.
    Encode,
    /// raw, gzip, brotli and the sections.
    Measure,
    /// Ledger, symbols and twiggy.
    Attribute,
    /// Running what ships.
    Certify,
}

impl Stage {
    /// What a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Stage::Setup => "setup",
            Stage::Cargo => "cargo build",
            Stage::Store => "read and store",
            Stage::Optimize => "wasm-opt",
            Stage::Encode => "encode and validate",
            Stage::Measure => "measure",
            Stage::Attribute => "attribute",
            Stage::Certify => "run",
        }
    }

    /// Whether the time is ours, not cargo's, the optimizer's or the engines'.
    pub fn is_own(self) -> bool {
        !matches!(self, Stage::Cargo | Stage::Optimize | Stage::Certify)
    }
}

/// Time by stage, added up over the variants: with several jobs it exceeds the time on the wall.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// The time of each stage.
    pub stages: BTreeMap<Stage, Duration>,
    /// How many variants were optimized anew.
    pub optimized_count: u64,
    /// How many variants cargo compiled anything for.
    pub built_count: u64,
    /// The time on the wall.
    pub wall: Duration,
}

impl Timings {
    /// Adds time to a stage.
    pub fn add(&mut self, stage: Stage, time: Duration) {
        *self.stages.entry(stage).or_default() += time;
    }

    /// Adds another worker's times.
    pub fn merge(&mut self, other: &Timings) {
        for (stage, time) in &other.stages {
            self.add(*stage, *time);
        }
        self.optimized_count += other.optimized_count;
        self.built_count += other.built_count;
    }

    /// Our own share of all the time, in thousandths; nothing where no time passed.
    pub fn own_permille(&self) -> Option<u128> {
        let all: u128 = self.stages.values().map(Duration::as_nanos).sum();
        let own: u128 = self.stages.iter().filter(|(stage, _)| stage.is_own()).map(|(_, time)| time.as_nanos()).sum();
        (all > 0).then(|| own * 1000 / all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_share_leaves_out_cargo_and_the_optimizer() {
        let mut timings = Timings::default();
        assert_eq!(timings.own_permille(), None);
        timings.add(Stage::Cargo, Duration::from_secs(6));
        timings.add(Stage::Optimize, Duration::from_secs(3));
        timings.add(Stage::Measure, Duration::from_secs(1));
        assert_eq!(timings.own_permille(), Some(100));
    }
}
