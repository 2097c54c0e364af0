//! `--timings`: where the time went.

use super::table::{Column, Form, Grid};
use crate::data::timings::Timings;

/// A table of the stages, our own share, and the time on the wall.
pub fn render(timings: &Timings, form: Form) -> String {
    let all: u128 = timings.stages.values().map(|time| time.as_micros()).sum();
    let mut grid = Grid::new(&[("stage", Column::Text), ("time", Column::Number), ("share", Column::Number), ("", Column::Text)]);
    for (stage, time) in &timings.stages {
        let share = (time.as_micros() * 1000).checked_div(all).unwrap_or(0);
        let whose = if stage.is_own() { "own" } else { "" };
        grid.row([stage.label().to_string(), format!("{:.2} s", time.as_secs_f64()), percent(share), whose.to_string()]);
    }
    let mut text = grid.render(form);
    let own = timings.own_permille().map_or_else(|| "-".to_string(), percent);
    text.push_str(&format!(
        "compiled {}, optimized {}; own share {own}; {:.2} s on the wall (stages are added up over the workers)\n",
        timings.built_count,
        timings.optimized_count,
        timings.wall.as_secs_f64()
    ));
    text
}

fn percent(permille: u128) -> String {
    format!("{}.{} %", permille / 10, permille % 10)
}
