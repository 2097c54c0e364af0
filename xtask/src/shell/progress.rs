//! Progress for a person on stderr: which variant, which step, since when, and an estimate. Nothing under `--json`, CI or a pipe.

use super::console;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::{env, io::IsTerminal, time::Duration};

/// The display of a whole run.
pub struct Progress {
    bars: Option<(MultiProgress, ProgressBar)>,
}

/// Whether a person watches stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// A terminal, and neither CI nor `--json`.
    Yes,
    /// Nobody.
    No,
}

impl Watched {
    /// Decides from the terminal and the environment.
    pub fn detect(json: bool) -> Watched {
        let ci = env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
        if !json && !ci && std::io::stderr().is_terminal() { Watched::Yes } else { Watched::No }
    }
}

impl Progress {
    /// A display for `count` variants.
    pub fn new(watched: Watched, count: usize) -> Progress {
        let bars = (watched == Watched::Yes).then(|| {
            let all = MultiProgress::new();
            let total = all.add(ProgressBar::new(count as u64));
            total.set_style(style("{bar:24} {pos}/{len} variants, {elapsed} elapsed, about {eta} left"));
            total.enable_steady_tick(Duration::from_millis(200));
            (all, total)
        });
        Progress { bars }
    }

    /// A line for one variant; it goes when the value is dropped, and counts as done.
    pub fn variant(&self, id: &str) -> Line<'_> {
        let bar = self.bars.as_ref().map(|(all, _)| {
            let bar = all.add(ProgressBar::new_spinner());
            bar.set_style(style("  {spinner} {prefix}: {msg} ({elapsed})"));
            bar.set_prefix(id.to_string());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Line { progress: self, bar }
    }

    /// Prints a line to stderr without tearing the display.
    pub fn say(&self, line: &str) {
        match &self.bars {
            Some((all, _)) => all.suspend(|| console::log(line)),
            None => console::log(line),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((all, total)) = &self.bars {
            total.finish_and_clear();
            // A terminal that is gone is no reason to fail.
            let _ = all.clear();
        }
    }
}

/// The line of one variant.
pub struct Line<'a> {
    progress: &'a Progress,
    bar: Option<ProgressBar>,
}

impl Line<'_> {
    /// Says which step is under way.
    pub fn step(&self, step: &'static str) {
        if let Some(bar) = &self.bar {
            bar.set_message(step);
        }
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        if let (Some(bar), Some((_, total))) = (&self.bar, &self.progress.bars) {
            bar.finish_and_clear();
            total.inc(1);
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates above are constants").progress_chars("=> ")
}
