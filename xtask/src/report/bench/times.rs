//! Times of saved runs: ratios with their intervals, and never seconds, which are the machine's.

use crate::{
    data::{
        alloc::AllocRun,
        grid::{GridProvenance, GridRun},
        pgo::{PgoRun, State},
        timing::{Phase, Ratio},
    },
    report::{
        run::times::{interval, verdict},
        table::{Column, Form, Grid},
    },
};

/// What no reader may miss.
const WARNING: &str = "Times are those of the machine and hour below, and noisy; another machine gives others. They are sampled in turns with what they are compared to, shown as a ratio with its \
interval of 95 %, and never gate. Where the interval spans 1 there is no verdict.";

/// The saved runs that may have times.
#[derive(Debug, Default)]
pub struct Saved {
    /// Of `run`.
    pub run: Option<GridRun>,
    /// Of `alloc`.
    pub alloc: Option<AllocRun>,
    /// Of `pgo`.
    pub pgo: Option<PgoRun>,
}

/// The tables of all runs with times; nothing where none has any.
pub fn times(saved: &Saved) -> Option<String> {
    let parts = [saved.run.as_ref().map(starts), saved.alloc.as_ref().map(replays), saved.pgo.as_ref().map(held_out)];
    let text: String = parts.into_iter().flatten().collect();
    (!text.is_empty()).then(|| format!("{WARNING}\n\n{text}"))
}

fn table(title: &str, provenance: &GridProvenance, of: &str, rows: Vec<(String, &Ratio)>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut grid = Grid::new(&[
        (of, Column::Text),
        ("ratio (interval)", Column::Number),
        ("pairs", Column::Number),
        ("verdict", Column::Text),
    ]);
    for (name, ratio) in rows {
        grid.row([name, interval(ratio), ratio.pair_count.to_string(), verdict(ratio).into()]);
    }
    format!("**{title}** ({})\n\n{}\n", machine(provenance), grid.render(Form::Markdown))
}

/// Of which commit, on which class of machine.
fn machine(provenance: &GridProvenance) -> String {
    let commit = provenance.commit.as_deref().map_or("no commit", |commit| commit.get(..12).unwrap_or(commit));
    let changed = if provenance.dirty { " with changes" } else { "" };
    let cpu = provenance.tools.get("cpu").map(|cpu| format!(", {cpu}")).unwrap_or_default();
    format!("{commit}{changed}; {}{cpu}", provenance.host)
}

fn starts(run: &GridRun) -> String {
    let of_start = run.timings.iter().filter(|timing| timing.phase == Phase::Start);
    let rows = of_start.filter_map(|timing| Some((timing.engine.to_string(), timing.ratio.as_ref()?))).collect();
    table("The start of the agent to that of the floor", &run.provenance, "engine", rows)
}

fn replays(run: &AllocRun) -> String {
    let Some(first) = run.timings.first() else { return String::new() };
    let rows = run.timings.iter();
    let rows = rows.filter_map(|one| Some((format!("{}, {}", one.engine, one.allocator), one.ratio.as_ref()?))).collect();
    let title = format!("The workload {} to the same with the allocator {}", first.workload, first.allocator);
    table(&title, &run.provenance, "engine, allocator", rows)
}

fn held_out(run: &PgoRun) -> String {
    let mut rows = Vec::new();
    for proof in &run.subjects {
        rows.extend(proof.itself.held_out.as_ref().map(|ratio| (format!("{}/reference, again", proof.subject), ratio)));
        for one in &proof.builds {
            if let State::Measured(figures) = &one.state {
                rows.extend(figures.held_out_ratio.as_ref().map(|ratio| (PgoRun::row_id(&proof.subject, one.build), ratio)));
            }
        }
    }
    table("Work that no build was trained on, to the reference", &run.provenance, "build", rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{grid::GRID_SCHEMA, timing::Timing};
    use runner_protocol::Engine;

    #[test]
    fn ratios_without_seconds_and_nothing_of_nothing() {
        let ratio = Ratio { low_ppm: 1_900_000, median_ppm: 2_000_000, high_ppm: 2_100_000, pair_count: 12 };
        let timing = Timing {
            engine: Engine::WasmtimeJit,
            phase: Phase::Start,
            agent_median_ns: 77_000_000,
            floor_median_ns: Some(38_500_000),
            ratio: Some(ratio),
            sample_count: 12,
        };
        let provenance =
            GridProvenance { commit: Some("0123456789abcdef".into()), host: "x86_64-linux".into(), ..Default::default() };
        let run = GridRun {
            schema: GRID_SCHEMA,
            command: "run".into(),
            provenance,
            artifacts: Vec::new(),
            rows: Vec::new(),
            measurements: Vec::new(),
            samples: Vec::new(),
            timings: vec![timing],
            step_samples: Vec::new(),
            cost_times: Vec::new(),
            figures: Vec::new(),
            start_budget_ms: Default::default(),
            verdict: Default::default(),
        };
        let without = GridRun { timings: Vec::new(), ..run.clone() };
        let text = times(&Saved { run: Some(run), ..Saved::default() }).unwrap();
        assert!(text.contains("| wasmtime-jit | 2.00 (1.90 to 2.10) | 12 | slower |"), "{text}");
        assert!(text.contains("(0123456789ab; x86_64-linux)") && !text.contains("77"), "{text}");
        assert_eq!(times(&Saved { run: Some(without), ..Saved::default() }), None);
    }
}
