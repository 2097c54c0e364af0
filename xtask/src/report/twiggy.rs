//! twiggy's own tables, or why there are none.

use crate::analysis::twiggy::Report;

/// Each report under its name.
pub fn text(reports: &Result<Vec<Report>, String>) -> String {
    match reports {
        Ok(reports) => reports.iter().map(|report| format!("\ntwiggy {}\n{}", report.name, report.text)).collect(),
        Err(reason) => format!("\n{reason}\n"),
    }
}
