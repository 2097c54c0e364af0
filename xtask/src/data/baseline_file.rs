//! A file of committed numbers, of either form: what it is stands in it, not in its name.

use super::{baseline::Baselines, rows::RowsBaseline};
use serde::{Deserialize, de::IgnoredAny};

/// A file of committed numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaselineFile {
    /// `size.json`.
    Sizes(Baselines),
    /// `run.json`, `alloc.json`, `pgo.json`.
    Rows(RowsBaseline),
}

impl BaselineFile {
    /// Reads a file.
    ///
    /// # Errors
    /// One line: it is not UTF-8, not JSON, of neither form, or what the parser of its form says.
    pub fn parse(bytes: &[u8]) -> Result<BaselineFile, String> {
        #[derive(Deserialize)]
        struct Head {
            optimizers: Option<IgnoredAny>,
            rows: Option<IgnoredAny>,
        }
        let text = str::from_utf8(bytes).map_err(|error| format!("it is not UTF-8: {error}"))?;
        let head: Head = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match (head.optimizers, head.rows) {
            (Some(_), _) => Baselines::parse(text).map(BaselineFile::Sizes),
            (None, Some(_)) => RowsBaseline::parse(text).map(BaselineFile::Rows),
            (None, None) => Err("it is no baseline: it has neither `optimizers` nor `rows`".into()),
        }
    }

    /// The file's text: sorted, one value a line, a newline at the end.
    pub fn render(&self) -> String {
        match self {
            BaselineFile::Sizes(baselines) => baselines.render(),
            BaselineFile::Rows(baseline) => baseline.render(),
        }
    }

    /// How many values were merged from two branches and not measured since.
    pub fn measure_again_count(&self) -> usize {
        match self {
            BaselineFile::Sizes(baselines) => {
                let variants = baselines.optimizers.values().flat_map(|baseline| baseline.variants.values());
                variants.flat_map(|entries| entries.0.values()).filter(|entry| entry.measure_again).count()
            }
            BaselineFile::Rows(baseline) => {
                baseline.rows.values().flat_map(|entries| entries.0.values()).filter(|entry| entry.measure_again).count()
            }
        }
    }
}

/// Whether a file's text is as this tool writes it, `rendered`: sorted, one value a line. Line ends may be another system's.
///
/// # Errors
/// One line: the first that differs.
pub fn as_written(text: &str, rendered: &str) -> Result<(), String> {
    let (mut got, mut wanted) = (text.lines(), rendered.lines());
    for number in 1.. {
        match (got.next(), wanted.next()) {
            (None, None) => break,
            (got, wanted) if got == wanted => {}
            (_, wanted) => {
                let wanted = wanted.map_or("the file's end", str::trim);
                return Err(format!("line {number} is not what this tool writes there ({wanted}): it was sorted or set by hand"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sorted_or_set_otherwise_is_told_with_its_line() {
        let wanted = "{\n  \"a\": 1,\n  \"b\": 2\n}\n";
        assert_eq!(as_written(wanted, wanted), Ok(()));
        assert_eq!(as_written(&wanted.replace('\n', "\r\n"), wanted), Ok(()));
        for (text, number) in [
            ("{\n  \"b\": 2,\n  \"a\": 1\n}\n", "line 2"),
            ("{\n  \"a\": 1,\n    \"b\": 2\n}\n", "line 3"),
            ("{\n  \"a\": 1,\n  \"b\": 2\n}\n\n", "line 5"),
            ("{\n  \"a\": 1,\n", "line 3"),
        ] {
            let error = as_written(text, wanted).unwrap_err();
            assert!(error.starts_with(number), "{error} should start with {number}");
        }
    }

    #[test]
    fn the_form_is_told_by_what_is_in_the_file() {
        let sizes = b"{\"schema\": 1, \"optimizers\": {}}";
        let rows = b"{\"schema\": 1, \"provenance\": {}, \"rows\": {}}";
        assert!(matches!(BaselineFile::parse(sizes), Ok(BaselineFile::Sizes(_))));
        assert!(matches!(BaselineFile::parse(rows), Ok(BaselineFile::Rows(_))));
        for (bytes, want) in [
            (&b""[..], "EOF"),
            (b"\xff", "not UTF-8"),
            (b"{\"schema\": 1}", "neither"),
            (b"{\"schema\": 1, \"optimizers\": {}, \"rows\": {}}", "unknown field"),
            (b"{\"schema\": 2, \"rows\": {}}", "it has schema 2"),
        ] {
            let error = BaselineFile::parse(bytes).unwrap_err();
            assert!(error.contains(want), "{error} should contain {want}");
        }
    }
}
