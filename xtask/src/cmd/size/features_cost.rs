//! `size --features-cost`: each subject's reference variant, whole, without each of its features, and with each extra.

use super::{SizeArgs, assemble, jobs, prepare, write};
use crate::{
    analysis::feature_plan::{Asked, Extra, Left, Removal, extras, plan},
    data::{
        exit::{Exit, Failure},
        feature_cost::{Chosen, Cost, Counts, Difference, FeatureCost, FeatureCosts},
        matrix::{Cell, Part},
        metric::Metric,
        policy::Subject,
        run::Run,
        timings::Stage,
        variant::{self, Variant, is_name},
        verdict::Outcome,
    },
    report,
    shell::{matrix, pipeline::Built, progress::Watched, provenance, store, workspace::Workspace},
};
use anyhow::Result;
use std::time::Instant;

/// What is to be built for one subject: the whole, a cell for each removal that is possible, and one for each extra.
struct Study {
    chosen: Chosen,
    whole: Cell,
    removals: Vec<(Removal, Option<Cell>)>,
    extras: Vec<(Extra, Cell)>,
}

const NOT_BUILT: &str = "it was not built";

/// What was counted of a build, or why there is nothing to count.
type Counted = Result<Counts, String>;

/// Runs it.
///
/// # Errors
/// As `size`; and no subject has a feature that is on.
pub fn run(args: &SizeArgs) -> Result<Exit> {
    let start = Instant::now();
    let workspace = Workspace::open(args.judging.policy.as_deref())?;
    let studies = studies(&workspace, &args.only)?;
    let cells: Vec<Cell> = studies.iter().flat_map(Study::cells).cloned().collect();
    let _lock = store::exclusive(&workspace.scratch())?;
    let optimizer = prepare(&workspace, &cells, args)?;
    let setup = start.elapsed();
    let watched = Watched::detect(args.judging.json);
    let mut outcome = matrix::build(&workspace, &optimizer, &cells, jobs(args), watched, workspace.scratch())?;
    outcome.timings.add(Stage::Setup, setup);

    let mut results = cells.iter().zip(&outcome.results);
    let mut run = Run::new("size", provenance::of(&workspace, &optimizer, &cells)?);
    run.verdict.outcome = Outcome::NotJudged;
    for study in &studies {
        let whole = results.next().map(|(_, built)| built.clone()).unwrap_or_else(|| Err(NOT_BUILT.into()));
        assemble::add_result(&mut run, &workspace, &study.whole, &whole)?;
        let whole = whole.and_then(|built| counts(&built));
        let mut next = || results.next().map(|(_, built)| built.clone().and_then(|built| counts(&built)));
        let mut removed = |(removal, cell): &(Removal, Option<Cell>)| {
            let without = cell.as_ref().and_then(|_| next());
            FeatureCost { difference: removal.difference.clone(), cost: cost(&removal.left, whole.clone(), without) }
        };
        let mut rows: Vec<FeatureCost> = study.removals.iter().map(&mut removed).collect();
        let with: Vec<Counted> = study.extras.iter().map(|_| next().unwrap_or_else(not_built)).collect();
        rows.extend(study.added(&whole, &with));
        let variant = study.whole.variant.clone();
        run.features_cost.push(FeatureCosts { variant, chosen: study.chosen, whole: whole.clone().ok(), rows });
    }
    outcome.timings.wall = start.elapsed();
    let render = |form| report::feature_cost::render(&run.features_cost, form);
    write(args, &workspace, "size-features-cost", &run, render, &outcome.timings)?;
    Ok(if outcome.results.iter().all(Result::is_ok) { Exit::Pass } else { Exit::Invalid })
}

impl Study {
    /// What is to be built, the whole first.
    fn cells(&self) -> impl Iterator<Item = &Cell> {
        let removals = self.removals.iter().filter_map(|(_, cell)| cell.as_ref());
        [&self.whole].into_iter().chain(removals).chain(self.extras.iter().map(|(_, cell)| cell))
    }

    /// A row for each extra, whose builds came to `with`: held to the extra that it builds on, or to the whole.
    fn added(&self, whole: &Counted, with: &[Counted]) -> Vec<FeatureCost> {
        let of = |name: &String| {
            self.extras.iter().zip(with).find(|((extra, _), _)| extra.feature == *name).map(|(_, counted)| counted)
        };
        let row = |((extra, _), with): (&(Extra, Cell), &Counted)| {
            let Extra { feature, over, with: others } = extra.clone();
            let without = over.as_ref().map_or(Some(whole), of).cloned().unwrap_or_else(not_built);
            let cost = match (with.clone(), without) {
                (Ok(with), Ok(without)) => Cost::Measured { without, adds: with.added_to(without) },
                (Err(reason), _) => Cost::Failed { reason },
                (_, Err(reason)) => Cost::Failed { reason: format!("without it: {reason}") },
            };
            FeatureCost { difference: Difference::Extra { feature, over, with: others }, cost }
        };
        self.extras.iter().zip(with).map(row).collect()
    }
}

fn studies(workspace: &Workspace, only: &[String]) -> Result<Vec<Study>> {
    let cells = workspace.policy.cells();
    let mut studies = Vec::new();
    for subject in &workspace.policy.subject {
        let Some((chosen, whole)) = reference(&cells, subject, only) else { continue };
        workspace.check(&whole)?;
        let study = study(workspace, chosen, whole)?;
        if !study.removals.is_empty() || !study.extras.is_empty() {
            studies.push(study);
        }
    }
    if studies.is_empty() {
        let which = if only.is_empty() { "no subject" } else { "no subject that --only selects" };
        return Err(Failure::usage(format!(
            "{which} has a cargo feature that is on: give its package default features, or name some by `features` in the policy"
        ))
        .into());
    }
    Ok(studies)
}

/// The variant to measure: the first that `--only` selects, else the policy's, else the first.
fn reference(cells: &[Cell], subject: &Subject, only: &[String]) -> Option<(Chosen, Cell)> {
    let is_own = |cell: &&Cell| matches!(cell.part, Part::Subject { .. }) && cell.subject.package == subject.package;
    let mut own = cells.iter().filter(is_own);
    let id = |cell: &Cell| cell.variant.to_string();
    let found = match (&subject.parts_variant, only) {
        (_, [_, ..]) => {
            let cell = own.find(|cell| only.iter().any(|pattern| variant::matches(pattern, &id(cell))));
            (Chosen::CommandLine, cell?)
        }
        (Some(wanted), []) => (Chosen::Policy, own.find(|cell| id(cell) == *wanted)?),
        (None, []) => (Chosen::First, own.next()?),
    };
    Some((found.0, found.1.clone()))
}

fn study(workspace: &Workspace, chosen: Chosen, whole: Cell) -> Result<Study> {
    let subject = &whole.subject;
    let table = &workspace.package(&subject.package)?.features;
    let default = subject.default_features.then(|| "default".to_string());
    let on: Vec<String> = default.into_iter().chain(subject.features.iter().cloned()).collect();
    let kept: Vec<String> = whole.features.iter().filter(|name| !subject.features.contains(name)).cloned().collect();
    let asked = Asked { table, on: &on, kept: &kept, parts: &subject.parts };
    let usage = |why: String| Failure::usage(format!("--features-cost of `{}`: {why}", subject.package));
    let without = |(index, removal): (usize, Removal)| {
        let cell = cell_without(&whole, &removal, index);
        (removal, cell)
    };
    let with = |(index, extra): (usize, Extra)| {
        let cell = cell_with(&whole, &extra, index);
        (extra, cell)
    };
    let removals = plan(&asked).map_err(usage)?.into_iter().enumerate().map(without).collect();
    let extras = extras(&asked, &subject.extras).map_err(usage)?.into_iter().enumerate().map(with).collect();
    Ok(Study { chosen, removals, extras, whole })
}

/// The cell of a removal. No package's name has a dot in it, so its folder is nobody else's.
fn cell_without(whole: &Cell, removal: &Removal, index: usize) -> Option<Cell> {
    let Left::Features(features) = &removal.left else { return None };
    let package = &whole.subject.package;
    let name = match &removal.difference {
        Difference::Part { feature, .. } if is_name(feature) => format!("{package}.without.{feature}"),
        Difference::AllParts => format!("{package}.without-parts"),
        Difference::Part { .. } | Difference::Extra { .. } => format!("{package}.without-part.{index}"),
    };
    let subject = Subject { default_features: false, features: features.clone(), ..whole.subject.clone() };
    let variant = Variant { subject: name, ..whole.variant.clone() };
    Some(Cell { variant, subject, features: features.clone(), ..whole.clone() })
}

/// The cell of an extra.
fn cell_with(whole: &Cell, extra: &Extra, index: usize) -> Cell {
    let (package, feature) = (&whole.subject.package, &extra.feature);
    let subject = if is_name(feature) { format!("{package}.with.{feature}") } else { format!("{package}.with-extra.{index}") };
    let and = |features: &[String]| features.iter().chain([feature]).cloned().collect::<Vec<_>>();
    Cell {
        variant: Variant { subject, ..whole.variant.clone() },
        subject: Subject { features: and(&whole.subject.features), ..whole.subject.clone() },
        features: and(&whole.features),
        ..whole.clone()
    }
}

fn not_built() -> Counted {
    Err(NOT_BUILT.into())
}

fn counts(built: &Built) -> Counted {
    let value = |metric: Metric| built.record.metrics.get(&metric).copied().ok_or_else(|| format!("{metric} was not measured"));
    Ok(Counts {
        raw_bytes: value(Metric::RawBytes)?,
        gzip_bytes: value(Metric::GzipBytes)?,
        function_count: value(Metric::FunctionCount)?,
    })
}

fn cost(left: &Left, whole: Counted, without: Option<Counted>) -> Cost {
    match (left, whole, without) {
        (Left::Held { by }, ..) => Cost::Held { by: by.clone() },
        (_, Ok(whole), Some(Ok(without))) => Cost::Measured { without, adds: whole.added_to(without) },
        (_, _, Some(Err(reason))) => Cost::Failed { reason },
        (_, Err(reason), _) => Cost::Failed { reason: format!("with every feature: {reason}") },
        (_, _, None) => Cost::Failed { reason: NOT_BUILT.into() },
    }
}
