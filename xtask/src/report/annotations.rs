//! Commands for the runner of GitHub Actions: errors at lines of a baseline.
//!
//! Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>, and the escapes of the runner itself.

use super::comment::{label, title};
use crate::{
    analysis::symbol_diff::difference,
    data::comment::{Found, Gate, Row},
    report::table::{grouped, signed},
};

/// GitHub shows ten errors of a step.
const ANNOTATIONS_MAX: usize = 10;

/// The errors of a gate that failed: one for each finding, worst first, at its line of `text`, the baseline at `file`. Numbers of other optimizers lie in
/// the same file; those under `key` count.
pub fn annotations(gate: &Gate, file: &str, text: &str, key: Option<&str>) -> Vec<String> {
    if gate.exit == 0 {
        return Vec::new();
    }
    let found = gate.found.iter().take(ANNOTATIONS_MAX);
    found.map(|found| annotation(found, &gate.changed, file, line_of(text, key, found))).collect()
}

fn annotation(found: &Found, rows: &[Row], file: &str, line: usize) -> String {
    let metric = found.metric.as_ref().map(|metric| format!(": {}", title(metric.as_str())));
    let about = found.about.as_ref().map(|about| format!(": {about}"));
    let value = rows.iter().find(|row| row.name == found.row);
    let value = value.and_then(|row| row.values.iter().find(|value| Some(&value.metric) == found.metric.as_ref()));
    let numbers = match value.map(|value| (value.old, value.new)) {
        Some((Some(old), Some(new))) => format!(", {} -> {} ({})", grouped(old), grouped(new), signed(difference(old, new))),
        Some((None, Some(new))) => format!(", {}", grouped(new)),
        _ => String::new(),
    };
    let (metric, about) = (metric.unwrap_or_default(), about.unwrap_or_default());
    let message = format!("{}, {}{metric}{numbers}{about}", found.row, label(found.kind));
    format!("::error file={},line={line},title={}::{}", property(file), property("cargo xtask"), data(&message))
}

/// The line of a metric of a row in a baseline as it is written: sorted, one value a line. The row's where the metric is not there, 1 where neither is.
fn line_of(text: &str, key: Option<&str>, found: &Found) -> usize {
    let opens = |name: &str| format!("{}: {{", serde_json::Value::from(name));
    let metric = found.metric.as_ref().map(|metric| opens(metric.as_str()));
    let (row, mut key) = (opens(found.row.as_str()), key.map(opens));
    let mut at_row: Option<(usize, usize)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let (indent, line) = (line.len() - line.trim_start().len(), line.trim_start());
        if let Some(wanted) = &key {
            if line == *wanted {
                key = None;
            }
            continue;
        }
        match at_row {
            None if line == row => at_row = Some((number, indent)),
            Some((_, depth)) if indent <= depth => break,
            Some(_) if metric.as_deref() == Some(line) => return number,
            _ => {}
        }
    }
    at_row.map_or(1, |(number, _)| number)
}

/// Text after `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of `name=`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::comment::{Kind, MetricName, Name};

    const TEXT: &str = r#"{
  "optimizers": {
    "binaryen-131": {
      "variants": {
        "a/b/c/d": {
          "raw_bytes": {
            "value": 1
          }
        }
      }
    },
    "binaryen-132": {
      "variants": {
        "a/b/c/d": {
          "gzip_bytes": {
            "value": 1
          },
          "raw_bytes": {
            "value": 1
          }
        },
        "e": {
          "fuel_count": {
            "value": 1
          }
        }
      }
    }
  }
}
"#;

    #[test]
    fn the_line_is_that_of_the_metric_below_its_row_and_key() {
        let of = |key, row: &str, metric| {
            let found = Found { kind: Kind::Worse, row: Name::of(row), metric: MetricName::of(metric), about: None, limit: None };
            line_of(TEXT, key, &found)
        };
        assert_eq!(of(Some("binaryen-131"), "a/b/c/d", "raw_bytes"), 6);
        assert_eq!(of(Some("binaryen-132"), "a/b/c/d", "raw_bytes"), 18);
        assert_eq!(of(None, "a/b/c/d", "raw_bytes"), 6);
        assert_eq!(of(Some("binaryen-132"), "a/b/c/d", "fuel_count"), 14, "not that of the next row");
        assert_eq!(of(Some("binaryen-132"), "none", "raw_bytes"), 1);
        assert_eq!(of(Some("binaryen-1"), "a/b/c/d", "raw_bytes"), 1);
    }

    #[test]
    fn nothing_of_a_name_is_a_command() {
        assert_eq!(data("100 %\r\n::error::x"), "100 %25%0D%0A::error::x");
        assert_eq!(property("a:b,c%"), "a%3Ab%2Cc%25");
        let found =
            Found { kind: Kind::Worse, row: Name::of("a,b\n::x"), metric: MetricName::of("raw_bytes"), about: None, limit: None };
        let said = annotation(&found, &[], "baselines/size.json", 3);
        assert_eq!(said, "::error file=baselines/size.json,line=3,title=cargo xtask::a,b ::x, worse: raw");
    }
}
