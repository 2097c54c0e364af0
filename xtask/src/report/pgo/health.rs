//! What a profile is like, in words.

use crate::{
    data::pgo::health::Health,
    report::table::{Form, grouped, share},
};
use std::fmt::Write;

/// What `pgo info` prints: the tools, and each profile.
pub fn render(tools: &[(String, String)], all: &[(String, Health)], form: Form) -> String {
    let mut text = form.heading("Tools:");
    for (name, found) in tools {
        let _ = writeln!(text, "{}{name}: {found}", form.bullet());
    }
    for (subject, health) in all {
        text += &of(health, &format!("{subject}: the profile"), form);
    }
    text
}

/// One profile.
pub fn of(health: &Health, name: &str, form: Form) -> String {
    let title = format!("{name} is {}:", if health.is_good() { "good" } else { "BAD" });
    let mut text = format!("\n{}", form.heading(&title));
    for line in health.problems.iter().cloned().chain(lines(health)) {
        let _ = writeln!(text, "{}{line}", form.bullet());
    }
    text
}

fn lines(health: &Health) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(raw) = health.raw_count {
        let runs = health.run_count.map_or("an unfinished training".into(), |runs| format!("{runs} runs"));
        let version = health.raw_version.map_or("-".into(), |version| version.to_string());
        let own = health.toolchain_version.map_or("an unknown one".into(), |version| version.to_string());
        lines.push(format!("{raw} raw profiles above zero bytes of {runs}; version {version}, the toolchain's {own}"));
    }
    match &health.profile {
        None => lines.push("there is no merged profile".into()),
        Some(profile) => lines.push(format!(
            "{profile}: {} of {} functions ran ({}), the most frequent block {} times",
            grouped(health.counted_count),
            grouped(health.function_count),
            share(health.counted_count, health.function_count),
            grouped(health.max_count)
        )),
    }
    if let (Some(hot), Some(counted), Some(foreign)) = (health.hot_count, health.hot_counted_count, health.hot_foreign_count) {
        let own = hot.saturating_sub(foreign);
        lines.push(format!(
            "of the {hot} functions that take nine tenths of the training's instructions {counted} have counts ({} of the program's own); {foreign} are of C or come compiled",
            share(counted, own)
        ));
    }
    if let Some(count) = health.fitting_count {
        lines.push(format!(
            "{} of the functions that ran have their symbols in the program that was built with it ({}); of a profile of another build hardly any would",
            grouped(count),
            share(count, health.counted_count)
        ));
    }
    if let Some(count) = health.mismatch_count {
        lines.push(format!("{count} warnings of the optimized build that the profile does not fit the code"));
    }
    if let Some(age) = health.age_s {
        let newer = health.newer_source_count.map_or("-".into(), |count| count.to_string());
        lines.push(format!("made {} ago; {newer} source files changed since", duration(age)));
    }
    lines
}

fn duration(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_one_unit() {
        assert_eq!([duration(119), duration(7_199), duration(7_200), duration(172_800)], ["119 s", "119 min", "2 h", "2 days"]);
    }

    #[test]
    fn a_bad_profile_says_why_first() {
        let health = Health { problems: vec!["2 of 4".into()], raw_count: Some(2), ..Health::default() };
        let text = of(&health, "The profile", Form::Text(80));
        assert!(
            text.starts_with("\nThe profile is BAD:\n  2 of 4\n  2 raw profiles above zero bytes of an unfinished training"),
            "{text}"
        );
    }
}
