//! What a report says of values that were merged from two branches and that nobody has measured since.

use super::table::grouped;
use crate::data::verdict::Recorded;

/// What follows a finding whose value in the baseline is such a one.
pub fn suffix(measure_again: bool) -> &'static str {
    if measure_again { "; the baseline's value was merged from two branches and not measured since" } else { "" }
}

/// How many of the values that a run was held to are such ones, and what `command` does or did about it; nothing where there are none.
pub fn line(count: u64, recorded: Recorded, command: &str) -> String {
    let values = format!("{} {}", grouped(count), if count == 1 { "value" } else { "values" });
    match (count, recorded) {
        (0, _) => String::new(),
        (_, Recorded::Nothing) => {
            format!(
                "\nMeasure again: {values} merged from two branches and not measured since; {command} without --check records what it finds.\n"
            )
        }
        _ => format!("\nMeasured again: {values} that had been merged from two branches.\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_measured_and_what_is_now() {
        assert_eq!(line(0, Recorded::Nothing, "c"), "");
        assert!(
            line(1, Recorded::Nothing, "c")
                .contains("Measure again: 1 value merged from two branches and not measured since; c without")
        );
        assert!(line(1200, Recorded::Confirmed, "c").contains("Measured again: 1,200 values"));
    }
}
