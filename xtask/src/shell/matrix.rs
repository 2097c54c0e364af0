//! Builds the cells of a matrix side by side and puts what came of them together in the policy's order.

use super::{
    console::error_text,
    optimizer::{Choice, Optimizer},
    pipeline::{Built, Pipeline},
    progress::{Progress, Watched},
    target,
    workspace::Workspace,
};
use crate::data::{
    exit::{Exit, Failure, exit_of},
    matrix::Cell,
    timings::Timings,
};
use anyhow::Result;
use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// What became of each cell, in the order given.
pub struct Outcome {
    /// A built variant, or why there is none.
    pub results: Vec<Result<Built, String>>,
    /// Where the time went.
    pub timings: Timings,
}

/// Builds `cells` with up to `jobs` workers, below `root`. A cell that fails takes no other with it.
///
/// # Errors
/// A failure that is not the cell's: a missing tool, a folder that cannot be written.
pub fn build(
    workspace: &Workspace,
    optimizer: &Optimizer,
    cells: &[Cell],
    jobs: usize,
    watched: Watched,
    root: PathBuf,
) -> Result<Outcome> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let workers = jobs.clamp(1, cells.len().max(1));
    let pipeline = Pipeline::new(workspace, optimizer, cells, (cores / workers).max(1), root)?;
    let progress = Progress::new(watched, cells.len());
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<Built>)>> = Mutex::new(Vec::new());
    let timings = Mutex::new(Timings::default());
    let said = Mutex::new(BTreeSet::new());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut own = Timings::default();
                while let Some((index, cell)) = take(&next, cells) {
                    let line = progress.variant(&cell.variant.to_string());
                    let result = pipeline.build(cell, &line, &mut own);
                    if let Err(error) = &result {
                        say_once(&progress, &said, error);
                    }
                    locked(&done).push((index, result));
                }
                locked(&timings).merge(&own);
            });
        }
    });
    drop(progress);
    let mut done = done.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    done.sort_by_key(|(index, _)| *index);
    let mut results = Vec::new();
    for (_, result) in done {
        match result {
            Ok(built) => results.push(Ok(built)),
            // Only an invalid measurement is the variant's own; everything else would hit each of them.
            Err(error) if exit_of(&error) == Exit::Invalid => results.push(Err(first_line(&error))),
            Err(error) => return Err(error),
        }
    }
    Ok(Outcome { results, timings: timings.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()) })
}

/// Builds all of `cells` below `root`, as many at a time as there are cores, with what they need from rustup and the optimizer.
///
/// # Errors
/// One of them does not build.
pub fn build_all(workspace: &Workspace, cells: &[Cell], watched: Watched, root: PathBuf) -> Result<Vec<Built>> {
    if cells.is_empty() {
        return Ok(Vec::new());
    }
    target::ensure_for(workspace, cells)?;
    let optimizer = Optimizer::find(Choice::Auto, workspace)?;
    let jobs = thread::available_parallelism().map_or(1, usize::from);
    let outcome = build(workspace, &optimizer, cells, jobs, watched, root)?;
    let named = |(cell, result): (&Cell, Result<Built, String>)| {
        Ok(result.map_err(|reason| Failure::invalid(format!("cannot build {}: {reason}", cell.variant)))?)
    };
    cells.iter().zip(outcome.results).map(named).collect()
}

fn take<'c>(next: &AtomicUsize, cells: &'c [Cell]) -> Option<(usize, &'c Cell)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    cells.get(index).map(|cell| (index, cell))
}

/// Six variants of one package fail with the same six pages of compiler errors: one is enough.
fn say_once(progress: &Progress, said: &Mutex<BTreeSet<String>>, error: &anyhow::Error) {
    if locked(said).insert(error.root_cause().to_string()) {
        progress.say(&error_text(error));
    }
}

fn first_line(error: &anyhow::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_string()
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
