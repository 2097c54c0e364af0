//! What came of a decision's numbers: who wins, by how much, and what would change it. What `report adr --json` prints.

use serde::Serialize;
use std::collections::BTreeMap;

/// The version of the JSON form.
pub const DECISION_SCHEMA: u32 = 1;

/// The outcome and how firm it is. Ratios are in parts per million, 1,000,000 the best.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// [`DECISION_SCHEMA`].
    pub schema: u32,
    /// Every option: those that can win best first, then the excluded ones by name.
    pub standings: Vec<Standing>,
    /// The first of them.
    pub winner: String,
    /// The second.
    pub runner_up: String,
    /// What decided between the two, where their totals are equal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tie: Option<TieBreak>,
    /// Who wins under weights drawn at random.
    pub random: RandomWeights,
    /// At which weights the outcome changes, by criterion.
    pub flips: Vec<Flips>,
    /// Who wins if only this criterion counts.
    pub alone: Vec<Alone>,
    /// Who wins if one case is left out.
    pub left_out: Vec<LeftOut>,
    /// Who wins if the winner is worse and the runner-up better by the spread of a criterion.
    pub spreads: Vec<Spread>,
}

/// One option's scores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The option.
    pub option: String,
    /// Why it cannot win.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded: Option<String>,
    /// The weighted mean of its scores; nothing for an excluded one that lacks a case.
    pub total_ppm: Option<u64>,
    /// One for each criterion, in the policy's order. Only an excluded option can be above 1,000,000.
    pub score_ppm: Vec<Option<u64>>,
}

/// What decides between equal totals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TieBreak {
    /// The score in the criterion of this name, the heaviest.
    Heaviest(String),
    /// Nothing measured: the name that sorts first.
    Name,
}

/// Who wins under weights drawn at random.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RandomWeights {
    /// Where the generator starts.
    pub seed: u64,
    /// How many weightings were drawn.
    pub sample_count: u64,
    /// Option -> how many of them it wins; they add up to `sample_count`.
    pub win_count: BTreeMap<String, u64>,
}

/// The weights of a criterion, nearest to the policy's, at which another option wins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flips {
    /// The criterion.
    pub criterion: String,
    /// The nearest share below the policy's.
    pub below: Option<Flip>,
    /// The nearest share above it.
    pub above: Option<Flip>,
}

/// A share of all weight, and who wins there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flip {
    /// In tenths of a percent; the other criteria share the rest in their proportions.
    pub share_permille: u64,
    /// The option.
    pub winner: String,
}

/// Who wins if only this criterion counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alone {
    /// The criterion.
    pub criterion: String,
    /// The option.
    pub winner: String,
}

/// Who wins without one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The criterion.
    pub criterion: String,
    /// Its case; nothing where the criterion has only one, and is left out whole.
    pub case: Option<String>,
    /// The option.
    pub winner: String,
}

/// What the spread of a criterion can do to the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// The criterion.
    pub criterion: String,
    /// 0 if its values repeat exactly.
    pub spread_ppm: u64,
    /// Who wins with the winner's values up and the runner-up's down by it.
    pub winner: String,
}

impl Decision {
    /// The score and name of the winner and of the runner-up.
    pub fn first_two(&self) -> [(&str, u64); 2] {
        // Both can win, so both have every case and a total.
        [0, 1].map(|place| (self.standings[place].option.as_str(), self.standings[place].total_ppm.unwrap_or(0)))
    }
}
