//! The committed numbers: `baselines/size.json`, sorted, one value a line.

use super::{metric::Metric, run::Provenance, unique_map, variant::Variant};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the file's form that this tool reads and writes.
pub const BASELINE_SCHEMA: u32 = 1;

/// A baseline file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baselines {
    /// [`BASELINE_SCHEMA`].
    pub schema: u32,
    /// The numbers under each optimizer, by its key: `binaryen-132`.
    #[serde(deserialize_with = "unique_map::deserialize")]
    pub optimizers: BTreeMap<String, Baseline>,
}

/// The numbers under one optimizer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// What the numbers were made with when one was last written.
    pub provenance: Provenance,
    /// The values.
    #[serde(deserialize_with = "unique_map::deserialize")]
    pub variants: BTreeMap<Variant, Entries>,
}

/// The metrics of one variant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Entries(#[serde(deserialize_with = "unique_map::deserialize")] pub BTreeMap<Metric, Entry>);

/// One metric of one variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The value that a run is held to.
    pub value: u64,
    /// The lowest value ever recorded, so that small accepted steps cannot add up unseen.
    pub best: u64,
    /// Whether a merge of two branches left this value, which nobody has measured of the merged program; the next run that records clears it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub measure_again: bool,
    /// The accepted increases, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<Accepted>,
}

impl Entry {
    /// A value that was just measured, with the lowest ever and the history that it then has.
    pub fn measured(value: u64, best: u64, accepted: Vec<Accepted>) -> Entry {
        Entry { value, best, measure_again: false, accepted }
    }
}

/// Serde leaves a field out where it says so.
pub(super) fn is_false(flag: &bool) -> bool {
    !flag
}

/// One accepted increase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The value before; absent where the entry was new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    /// The value after.
    pub to: u64,
    /// Why it was accepted.
    pub reason: String,
    /// When: `2026-11-21`.
    pub date: String,
}

impl Default for Baselines {
    fn default() -> Self {
        Self { schema: BASELINE_SCHEMA, optimizers: BTreeMap::new() }
    }
}

impl Baselines {
    /// Reads the file's text.
    ///
    /// # Errors
    /// One line: not JSON (with line and column), a newer schema, an unknown or doubled key, a best above its value.
    pub fn parse(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Head {
            schema: u32,
        }
        let head: Head = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if head.schema != BASELINE_SCHEMA {
            return Err(format!(
                "it has schema {}, this tool reads schema {BASELINE_SCHEMA}: use the tool that wrote it",
                head.schema
            ));
        }
        let baselines: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        baselines.check()?;
        Ok(baselines)
    }

    /// The file's text: sorted, one value a line, a newline at the end.
    pub fn render(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("string keys and integers always serialize");
        text.push('\n');
        text
    }

    fn check(&self) -> Result<(), String> {
        for (key, baseline) in &self.optimizers {
            for (variant, entries) in &baseline.variants {
                for (metric, entry) in &entries.0 {
                    if entry.value == 0 && *metric == Metric::RawBytes {
                        return Err(format!("{key}: {variant}: {metric} is 0, which no file is"));
                    }
                    if entry.best > entry.value {
                        return Err(format!("{key}: {variant}: {metric}: best {} is above value {}", entry.best, entry.value));
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{
  "schema": 1,
  "optimizers": {
    "binaryen-132": {
      "provenance": {
        "rustc": "rustc 1.95.0",
        "optimizer": "Binaryen 132",
        "encoder": "wit-component 0.1",
        "gzip": "g",
        "brotli": "b",
        "dirty": false,
        "host": "h",
        "optimizer_origin": "npm"
      },
      "variants": {
        "a/t/p/talc": {
          "raw_bytes": {
            "value": 12,
            "best": 10,
            "accepted": [
              {
                "from": 10,
                "to": 12,
                "reason": "r",
                "date": "2026-11-21"
              }
            ]
          }
        }
      }
    }
  }
}
"#;

    #[test]
    fn round_trips_to_the_same_text() {
        assert_eq!(Baselines::parse(TEXT).unwrap().render(), TEXT);
    }

    #[test]
    fn a_mark_is_written_only_where_it_is_set() {
        let marked = TEXT.replace("\"best\": 10,", "\"best\": 10,\n            \"measure_again\": true,");
        let baselines = Baselines::parse(&marked).unwrap();
        assert!(baselines.optimizers["binaryen-132"].variants.values().all(|entries| entries.0[&Metric::RawBytes].measure_again));
        assert_eq!(baselines.render(), marked);
        assert_eq!(Baselines::parse(&marked.replace("true", "false")).unwrap().render(), TEXT);
    }

    #[test]
    fn bad_files_are_refused_with_the_reason() {
        let cases = [
            ("", "EOF"),
            ("[]", "invalid length"),
            (&TEXT.replace("\"schema\": 1", "\"schema\": 2"), "it has schema 2"),
            (&TEXT.replace("\"value\": 12", "\"value\": 9"), "best 10 is above value 9"),
            (&TEXT.replace("\"value\": 12", "\"value\": -1"), "invalid value"),
            (&TEXT.replace("\"value\": 12", "\"valu\": 12"), "unknown field"),
            (&TEXT.replace("a/t/p/talc", "a/../p/talc"), "not a variant"),
            (&TEXT.replace("raw_bytes", "raw_byte"), "unknown variant"),
            (&TEXT.replace("\"variants\": {", "\"variants\": { \"a/t/p/talc\": {},"), "stands twice"),
            (&TEXT[..TEXT.len() / 2], "EOF"),
        ];
        for (text, want) in cases {
            let error = Baselines::parse(text).unwrap_err();
            assert!(error.contains(want), "{error} should contain {want}");
        }
    }
}
