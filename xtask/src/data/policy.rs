//! `policy.toml`: what is measured, with what, and how much it may weigh. Unknown keys are errors.

use super::{
    adr::AdrPolicy, alloc_policy::AllocPolicy, curve::CurvePolicy, dist_policy::DistPolicy, forbidden::ForbiddenSymbols,
    goal::Goal, metric::Metric, pgo_policy::PgoPolicy, profile::Profile, run_policy::RunPolicy, variant,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The version of the policy's form that this tool reads.
pub const POLICY_SCHEMA: u32 = 1;

/// A policy file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// [`POLICY_SCHEMA`].
    pub schema: u32,
    /// The workspace to measure, relative to the policy's folder; without it the one that the folder lies in.
    pub workspace: Option<String>,
    /// The optimizer's pin.
    #[serde(default)]
    pub optimizer: OptimizerPin,
    /// The packages to measure and the cells of the matrix; none where the policy is about `pgo` alone.
    #[serde(default)]
    pub subject: Vec<Subject>,
    /// The allocators that a matrix may name. `default` is always known and adds no feature.
    #[serde(default)]
    pub allocator: BTreeMap<String, Allocator>,
    /// The profiles that are more than cargo's of that name.
    #[serde(default)]
    pub profile: BTreeMap<String, Profile>,
    /// How each metric is judged, where it differs from [`Gate::default_of`].
    #[serde(default)]
    pub metric: BTreeMap<Metric, MetricPolicy>,
    /// Hard limits: never to be passed.
    #[serde(default)]
    pub limit: Vec<Cap>,
    /// Working budgets: raised by a reviewed edit of the policy, never by `--accept`.
    #[serde(default)]
    pub budget: Vec<Cap>,
    /// Where the numbers are meant to go: shown, never judged.
    #[serde(default)]
    pub goal: Vec<Goal>,
    /// What `run` plays.
    #[serde(default)]
    pub run: RunPolicy,
    /// What `alloc` compares.
    pub alloc: Option<AllocPolicy>,
    /// What `pgo` builds with profiles.
    #[serde(default)]
    pub pgo: PgoPolicy,
    /// What `dist` builds.
    pub dist: Option<DistPolicy>,
    /// Name -> a curve that `report curve NAME` draws from the baseline of `run`.
    #[serde(default)]
    pub curve: BTreeMap<String, CurvePolicy>,
    /// Name -> a decision that `report adr NAME` makes from the baselines.
    #[serde(default)]
    pub adr: BTreeMap<String, AdrPolicy>,
}

/// Which optimizer the numbers are of.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptimizerPin {
    /// The version of Binaryen: the one on PATH must have it, and the npm lock file holds it.
    pub binaryen: u32,
}

impl Default for OptimizerPin {
    fn default() -> Self {
        Self { binaryen: 132 }
    }
}

/// A cargo package and its cells.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Subject {
    /// The package's name.
    pub package: String,
    /// Which of its binaries, where it has several.
    pub bin: Option<String>,
    /// Whether it is the package's library, a `cdylib`; see [`Subject::product`].
    #[serde(default)]
    pub lib: bool,
    /// The package that is its floor, built with the same target, profile and allocator features.
    /// Without it a hello-world of the tool's own is built, for the allocator `default` only.
    pub floor: Option<String>,
    /// Cargo features besides the allocator's.
    #[serde(default)]
    pub features: Vec<String>,
    /// Whether the package's default features are on.
    #[serde(default = "yes")]
    pub default_features: bool,
    /// Flags for rustc besides the pipeline's own.
    #[serde(default)]
    pub rustflags: Vec<String>,
    /// Imports that are never accepted: patterns with `*`.
    #[serde(default)]
    pub forbidden_imports: Vec<String>,
    /// Functions that are never accepted, linked or shipped.
    #[serde(default)]
    pub forbidden_symbols: Vec<ForbiddenSymbols>,
    /// The scenarios that a variant must pass before it gets a row; without any it must run to its end, or if it is a library be instantiated.
    #[serde(default)]
    pub certify: Vec<String>,
    /// The cargo features that `--features-cost` leaves out one at a time; without any all that are on.
    #[serde(default)]
    pub parts: Vec<String>,
    /// The cargo features that are off, and that `--features-cost` turns on one at a time.
    #[serde(default)]
    pub extras: Vec<String>,
    /// The variant that `--features-cost` measures; without one the first of the matrix.
    pub parts_variant: Option<String>,
    /// The cells: each target x profile x allocator of each entry.
    pub matrix: Vec<Matrix>,
}

/// What of a package is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product<'a> {
    /// The one wasm file that it builds.
    TheOnly,
    /// The binary of this name.
    Bin(&'a str),
    /// Its library, a `cdylib`: for wasm32-wasip2 a component with the exports of its own world.
    Lib,
}

impl Subject {
    /// The binary `bin` of `package`, built as it is: nothing is forbidden to it and nothing certifies it.
    pub fn program(package: &str, bin: &str) -> Subject {
        Subject {
            package: package.into(),
            bin: Some(bin.into()),
            lib: false,
            floor: None,
            features: Vec::new(),
            default_features: true,
            rustflags: Vec::new(),
            forbidden_imports: Vec::new(),
            forbidden_symbols: Vec::new(),
            certify: Vec::new(),
            parts: Vec::new(),
            extras: Vec::new(),
            parts_variant: None,
            matrix: Vec::new(),
        }
    }

    /// What of the package is measured. A policy with both `bin` and `lib` is refused before.
    pub fn product(&self) -> Product<'_> {
        match (&self.bin, self.lib) {
            (Some(name), _) => Product::Bin(name),
            (None, true) => Product::Lib,
            (None, false) => Product::TheOnly,
        }
    }
}

fn yes() -> bool {
    true
}

/// A block of cells.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Matrix {
    /// Target triples.
    pub targets: Vec<String>,
    /// Names of [`Policy::profile`], or cargo profiles.
    pub profiles: Vec<String>,
    /// Names of [`Policy::allocator`].
    pub allocators: Vec<String>,
}

/// An allocator: the cargo features that choose it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allocator {
    /// Features of the subject and of its floor.
    #[serde(default)]
    pub features: Vec<String>,
    /// What a reader of the table must know: "never frees".
    pub note: Option<String>,
}

/// How one metric is judged.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MetricPolicy {
    /// How many units a value may lie off the baseline's, up or down, without a finding; `false` only records it.
    pub tolerance: Tolerance,
    /// Why it was widened last.
    pub reason: Option<String>,
}

/// A band, or none at all.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub enum Tolerance {
    /// The band, in the metric's unit.
    Band(u64),
    /// Recorded and shown, never judged; only `false` is meant.
    Gate(bool),
}

/// How a metric is judged, resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Off by more than this many units is a finding.
    Band(u64),
    /// Recorded and shown: it follows from the gated ones.
    Shown,
}

impl Gate {
    /// Bytes and pages gate exactly. Compressed sizes have a band: neutral reorderings move gzip by 6 to 10 bytes and brotli
    /// by 40 to 47. What raw bytes consist of is shown only, else a byte moved from code to data would be a finding twice.
    pub fn default_of(metric: Metric) -> Gate {
        match metric {
            Metric::RawBytes | Metric::InitialMemoryPages => Gate::Band(0),
            Metric::GzipBytes => Gate::Band(64),
            Metric::BrotliBytes => Gate::Band(128),
            Metric::CoreBytes | Metric::CodeBytes | Metric::DataBytes | Metric::ImportBytes | Metric::FunctionCount => {
                Gate::Shown
            }
        }
    }
}

/// Upper bounds for the variants that a pattern selects.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// A variant's id, `*` standing for anything.
    pub variants: String,
    /// Metric -> the highest value allowed.
    pub max: BTreeMap<Metric, u64>,
    /// Why it was raised last: a bound that is higher than in an earlier commit wants one that is new.
    pub reason: Option<String>,
}

impl Policy {
    /// How `metric` is judged.
    pub fn gate(&self, metric: Metric) -> Gate {
        match self.metric.get(&metric).map(|policy| policy.tolerance) {
            Some(Tolerance::Band(units)) => Gate::Band(units),
            Some(Tolerance::Gate(_)) => Gate::Shown,
            None => Gate::default_of(metric),
        }
    }

    /// The tightest working budget for `metric` of the variant `id`.
    pub fn budget(&self, id: &str, metric: Metric) -> Option<u64> {
        tightest(&self.budget, id, metric)
    }

    /// The tightest hard limit for `metric` of the variant `id`.
    pub fn limit(&self, id: &str, metric: Metric) -> Option<u64> {
        tightest(&self.limit, id, metric)
    }
}

fn tightest(caps: &[Cap], id: &str, metric: Metric) -> Option<u64> {
    caps.iter().filter(|cap| variant::matches(&cap.variants, id)).filter_map(|cap| cap.max.get(&metric).copied()).min()
}
