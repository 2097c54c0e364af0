//! Which functions take fewer or more instructions.

use crate::{
    data::pgo::{FunctionChange, Proof},
    report::table::{Column, Form, Grid, grouped, signed},
};
use std::fmt::Write;

/// The largest changes of the build with the profile against the reference.
pub fn changed(proof: &Proof, form: Form) -> String {
    if proof.functions.is_empty() {
        return String::new();
    }
    let mut text = String::new();
    let is_less = |change: &&FunctionChange| change.after_count < change.before_count;
    let (faster, slower): (Vec<&FunctionChange>, Vec<&FunctionChange>) = proof.functions.iter().partition(is_less);
    let title = format!(
        "The {} functions whose own instructions changed most with the profile (held-out work; what is inlined counts where it ends up):",
        proof.functions.len()
    );
    let _ = write!(text, "\n{}", form.heading(&title));
    let mut grid = grid();
    faster.into_iter().chain(slower).for_each(|change| {
        grid.row(cells(change));
    });
    text + &grid.render(form)
}

/// The functions that made a build worse than the baseline says.
pub fn regressions(proof: &Proof, form: Form) -> String {
    let mut text = String::new();
    for (build, functions) in &proof.regressions {
        if functions.is_empty() {
            continue;
        }
        let title = format!("{}/{build} is slower than the baseline in:", proof.subject);
        let mut grid = grid();
        functions.iter().for_each(|change| {
            grid.row(cells(change));
        });
        let _ = write!(text, "\n{}{}", form.heading(&title), grid.render(form));
    }
    text
}

fn grid() -> Grid {
    Grid::new(&[("before", Column::Number), ("after", Column::Number), ("change", Column::Number), ("function", Column::Name)])
}

fn cells(change: &FunctionChange) -> [String; 4] {
    let difference = i64::try_from(i128::from(change.after_count) - i128::from(change.before_count)).unwrap_or(i64::MAX);
    [grouped(change.before_count), grouped(change.after_count), signed(difference), change.name.clone()]
}
