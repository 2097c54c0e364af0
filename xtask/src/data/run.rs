//! A run: every value of one invocation, with where it came from. What `--json` prints and what is saved.

use super::{
    certificate::Certificate, feature_cost::FeatureCosts, forbidden::SymbolCheck, goal::GoalStanding, metric::Metric,
    symbol_diff::Explained, variant::Variant, verdict::Verdict,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the run's JSON form.
pub const RUN_SCHEMA: u32 = 1;

/// All values of one invocation of a measuring command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// [`RUN_SCHEMA`].
    pub schema: u32,
    /// The command: `size`.
    pub command: String,
    /// What the numbers were made with.
    pub provenance: Provenance,
    /// The shipped files, one a variant, in the order of the policy.
    pub artifacts: Vec<Artifact>,
    /// The values, in the order of `artifacts` and of [`Metric`].
    pub measurements: Vec<Measurement>,
    /// What each shipped file imports, sorted.
    pub imports: BTreeMap<Variant, Vec<String>>,
    /// What each shipped library exports, sorted. A program exports its start and nothing else.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub exports: BTreeMap<Variant, Vec<String>>,
    /// What was looked for and found in the symbols of each variant that the policy forbids some in.
    #[serde(default)]
    pub forbidden_symbols: BTreeMap<Variant, SymbolCheck>,
    /// What executed each shipped file: of each variant that has a row in a run of `size`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub certificates: BTreeMap<Variant, Certificate>,
    /// The variants that got no row, and why.
    pub failures: BTreeMap<Variant, String>,
    /// The floor of each variant that has one: the hello-world built the same way.
    pub floors: BTreeMap<Variant, Variant>,
    /// How far it is to each goal of the policy.
    #[serde(default)]
    pub goals: Vec<GoalStanding>,
    /// What each feature adds: only of `--features-cost`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features_cost: Vec<FeatureCosts>,
    /// The judgement against the baseline.
    pub verdict: Verdict,
}

impl Run {
    /// A run without values.
    pub fn new(command: &str, provenance: Provenance) -> Run {
        Run {
            schema: RUN_SCHEMA,
            command: command.into(),
            provenance,
            artifacts: Vec::new(),
            measurements: Vec::new(),
            imports: BTreeMap::new(),
            exports: BTreeMap::new(),
            forbidden_symbols: BTreeMap::new(),
            certificates: BTreeMap::new(),
            failures: BTreeMap::new(),
            floors: BTreeMap::new(),
            goals: Vec::new(),
            features_cost: Vec::new(),
            verdict: Verdict::default(),
        }
    }

    /// The value of one metric of one variant, if it was measured.
    pub fn value(&self, variant: &Variant, metric: Metric) -> Option<u64> {
        self.measurements.iter().find(|m| m.variant == *variant && m.metric == metric).map(|m| m.value)
    }
}

/// A run of `size` as it is saved: with why its numbers are what they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizeRun {
    /// The run.
    #[serde(flatten)]
    pub run: Run,
    /// What changed by symbol in the variants that changed.
    #[serde(default)]
    pub explained: BTreeMap<Variant, Explained>,
    /// What the tools did and what the source did, of values that other tools made than the baseline's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub splits: Vec<Split>,
}

/// A value that cannot be compared with the baseline's, with the one between the two: of the base's source, made with today's tools.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// Of which variant.
    pub variant: Variant,
    /// Of which metric.
    pub metric: Metric,
    /// The commit of the base, in full.
    pub commit: String,
    /// The baseline's value: the base's source and the base's tools.
    pub baseline: u64,
    /// The base's source and today's tools.
    pub base: u64,
    /// Today's source and tools.
    pub head: u64,
}

/// A shipped file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Whose file it is.
    pub variant: Variant,
    /// Where it lies: relative to the workspace where it is inside it, with `/`.
    pub path: String,
    /// SHA-256 of the file, in lower-case hex.
    pub sha256: String,
    /// Length of the file.
    pub raw_bytes: u64,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measurement {
    /// Of which variant.
    pub variant: Variant,
    /// Of which metric.
    pub metric: Metric,
    /// In the metric's unit.
    pub value: u64,
}

/// What the numbers were made with, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The tools: numbers compare only where these are equal.
    #[serde(flatten)]
    pub toolchain: Toolchain,
    /// The commit that was measured; absent outside a git repository or before its first commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Whether the work tree differed from that commit.
    pub dirty: bool,
    /// The machine's triple.
    pub host: String,
    /// Where the optimizer came from: native, npm or embedded. Its version, not its origin, decides the bytes.
    pub optimizer_origin: String,
}

/// The tools that decide the numbers, each as `name version`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toolchain {
    /// The compiler, with its commit.
    pub rustc: String,
    /// Profile -> its compiler, where the policy names a toolchain for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rustc_of_profile: BTreeMap<String, String>,
    /// The optimizer.
    pub optimizer: String,
    /// The component encoder.
    pub encoder: String,
    /// The gzip implementation and level.
    pub gzip: String,
    /// The brotli implementation and quality.
    pub brotli: String,
}

impl Toolchain {
    /// The compiler of a profile.
    pub fn rustc_of(&self, profile: &str) -> &str {
        self.rustc_of_profile.get(profile).unwrap_or(&self.rustc)
    }

    /// The key of the optimizer in the baseline: `binaryen-132` of `Binaryen 132 -Oz`.
    pub fn optimizer_key(&self) -> String {
        self.optimizer.split_whitespace().take(2).collect::<Vec<_>>().join("-").to_lowercase()
    }

    /// The first tool on which `metric` of a variant with `profile` depends and which differs: its name, here and there.
    pub fn difference<'a>(
        &'a self,
        other: &'a Toolchain,
        metric: Metric,
        profile: &str,
    ) -> Option<(&'static str, &'a str, &'a str)> {
        let codec = match metric {
            Metric::GzipBytes => Some(("gzip", &*self.gzip, &*other.gzip)),
            Metric::BrotliBytes => Some(("brotli", &*self.brotli, &*other.brotli)),
            _ => None,
        };
        let tools = [
            ("rustc", self.rustc_of(profile), other.rustc_of(profile)),
            ("optimizer", &self.optimizer, &other.optimizer),
            ("encoder", &self.encoder, &other.encoder),
        ];
        tools.into_iter().chain(codec).find(|(_, here, there)| here != there)
    }
}
