//! Times: medians, the ratio to the floor, and how far it is to the wanted start.

use super::short;
use crate::{
    data::{
        grid::GridRun,
        timing::{Phase, Ratio, Sign, Timing},
    },
    report::table::{Column, Form, Grid},
};
use runner_protocol::Engine;
use std::collections::BTreeSet;

/// The times as text; nothing where there are none.
pub fn table(run: &GridRun, form: Form) -> String {
    let grid = grid(run);
    if grid.is_empty() {
        return String::new();
    }
    let title = "Times, which never gate (medians; the ratio of the starts with its interval of 95 %):";
    format!("\n{}{}", form.heading(title), grid.render(form))
}

/// A row for each engine that was timed.
pub fn grid(run: &GridRun) -> Grid {
    let engines: BTreeSet<Engine> = run.timings.iter().map(|timing| timing.engine).collect();
    let numbers = ["load", "instantiate", "execute", "start", "floor"].map(|title| (title, Column::Number));
    let columns: Vec<_> = [("engine", Column::Text)]
        .into_iter()
        .chain(numbers)
        .chain([("to the floor", Column::Number), ("verdict", Column::Text), ("wanted", Column::Text)])
        .collect();
    let mut grid = Grid::new(&columns);
    for engine in engines {
        grid.row(cells(run, engine));
    }
    grid
}

fn cells(run: &GridRun, engine: Engine) -> Vec<String> {
    let of = |phase: Phase| run.timings.iter().find(|timing| timing.engine == engine && timing.phase == phase);
    let median = |phase: Phase| of(phase).map_or("-".into(), |timing| time(timing.agent_median_ns));
    let start = of(Phase::Start);
    let floor = start.and_then(|timing| timing.floor_median_ns).map_or("-".into(), time);
    let ratio = start.and_then(|timing| timing.ratio.as_ref());
    let mut cells = vec![short(engine).to_string()];
    cells.extend([Phase::Load, Phase::Instantiate, Phase::Execute, Phase::Start].map(median));
    cells.extend([floor, ratio.map_or("-".into(), interval), ratio.map_or("-", verdict).to_string()]);
    cells.push(budget(run.start_budget_ms.get(&engine).copied(), start));
    cells
}

/// Three digits are what a median of a dozen samples can carry.
pub fn time(ns: u64) -> String {
    let (unit, name) = match ns {
        0..1_000 => return format!("{ns} ns"),
        1_000..1_000_000 => (1_000, "µs"),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    };
    let (whole, hundredths) = (ns / unit, ns % unit * 100 / unit);
    match whole {
        0..10 => format!("{whole}.{hundredths:02} {name}"),
        10..100 => format!("{whole}.{} {name}", hundredths / 10),
        _ => format!("{whole} {name}"),
    }
}

/// The median and the ends of the interval.
pub fn interval(ratio: &Ratio) -> String {
    let times = |ppm: u64| format!("{}.{:02}", ppm / 1_000_000, ppm % 1_000_000 / 10_000);
    format!("{} ({} to {})", times(ratio.median_ppm), times(ratio.low_ppm), times(ratio.high_ppm))
}

/// What the interval allows to say.
pub fn verdict(ratio: &Ratio) -> &'static str {
    match ratio.sign() {
        Sign::Slower => "slower",
        Sign::Faster => "faster",
        Sign::Unclear => "none: it spans 1",
    }
}

fn budget(wanted_ms: Option<u64>, start: Option<&Timing>) -> String {
    let Some(wanted_ms) = wanted_ms else { return "-".into() };
    let wanted_ns = wanted_ms * 1_000_000;
    match start.map(|timing| timing.agent_median_ns) {
        None => format!("{wanted_ms} ms"),
        Some(ns) if ns <= wanted_ns => format!("{wanted_ms} ms: {} left", time(wanted_ns - ns)),
        Some(ns) => format!("{wanted_ms} ms: {} over", time(ns - wanted_ns)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits() {
        let cases = [
            (0, "0 ns"),
            (999, "999 ns"),
            (1_000, "1.00 µs"),
            (12_345, "12.3 µs"),
            (999_999, "999 µs"),
            (1_234_567, "1.23 ms"),
            (123_456_789, "123 ms"),
            (61_000_000_000, "61.0 s"),
        ];
        for (ns, wanted) in cases {
            assert_eq!(time(ns), wanted);
        }
    }

    #[test]
    fn the_way_to_the_wanted_start() {
        let start = |agent_median_ns| Timing {
            engine: Engine::WasmtimeJit,
            phase: Phase::Start,
            agent_median_ns,
            floor_median_ns: None,
            ratio: None,
            sample_count: 1,
        };
        assert_eq!(budget(Some(50), Some(&start(38_000_000))), "50 ms: 12.0 ms left");
        assert_eq!(budget(Some(50), Some(&start(88_000_000))), "50 ms: 38.0 ms over");
        assert_eq!(budget(Some(50), None), "50 ms");
        assert_eq!(budget(None, Some(&start(1))), "-");
    }
}
