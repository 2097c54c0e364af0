//! `size --features-cost`: each subject's reference variant, whole, without each of its features, and with each extra.

use super::{SizeArgs, assemble, jobs, prepare, write};
use crate::{
    analysis::feature_plan::{Asked, Build, Builds, Comparison, plan},
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

/// What is to be built for one subject, and what of it is compared.
struct Study {
    chosen: Chosen,
    /// Each build once, the whole first.
    builds: Vec<(Build, Cell)>,
    comparisons: Vec<Comparison>,
}

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
    let cells: Vec<Cell> = studies.iter().flat_map(|study| &study.builds).map(|(_, cell)| cell.clone()).collect();
    let _lock = store::exclusive(&workspace.scratch())?;
    let optimizer = prepare(&workspace, &cells, args)?;
    let setup = start.elapsed();
    let watched = Watched::detect(args.judging.json);
    let mut outcome = matrix::build(&workspace, &optimizer, &cells, jobs(args), watched, workspace.scratch())?;
    outcome.timings.add(Stage::Setup, setup);

    let mut results = outcome.results.iter();
    let mut run = Run::new("size", provenance::of(&workspace, &optimizer, &cells)?);
    run.verdict.outcome = Outcome::NotJudged;
    for study in &studies {
        let built: Vec<_> = results.by_ref().take(study.builds.len()).cloned().collect();
        let counted: Vec<Counted> = built.iter().map(|built| built.clone().and_then(|built| counts(&built))).collect();
        let (Some((_, whole)), Some(of_whole)) = (study.builds.first(), built.first()) else { continue };
        assemble::add_result(&mut run, &workspace, whole, of_whole)?;
        let rows = study.comparisons.iter().map(|comparison| study.row(comparison, &counted)).collect();
        let counts = counted.into_iter().next().and_then(Result::ok);
        run.features_cost.push(FeatureCosts { variant: whole.variant.clone(), chosen: study.chosen, whole: counts, rows });
    }
    outcome.timings.wall = start.elapsed();
    let render = |form| report::feature_cost::render(&run.features_cost, form);
    write(args, &workspace, "size-features-cost", &run, render, &outcome.timings)?;
    Ok(if outcome.results.iter().all(Result::is_ok) { Exit::Pass } else { Exit::Invalid })
}

impl Study {
    /// What the comparison came to, where `counted` is what each build came to.
    fn row(&self, comparison: &Comparison, counted: &[Counted]) -> FeatureCost {
        let of = |wanted: &Build| {
            let found = self.builds.iter().zip(counted).find(|((build, _), _)| build == wanted);
            found.map_or_else(|| Err("it was not built".into()), |(_, counted)| counted.clone())
        };
        let cost = match &comparison.builds {
            Builds::Held { by } => Cost::Held { by: by.clone() },
            Builds::Two { with, without } => match (of(with), of(without)) {
                (Ok(with), Ok(without)) => Cost::Measured { without, adds: with.added_to(without) },
                (Ok(_), Err(reason)) => Cost::Failed { reason: format!("without it: {reason}") },
                (Err(reason), _) => Cost::Failed { reason: format!("with it: {reason}") },
            },
        };
        FeatureCost { difference: comparison.difference.clone(), cost }
    }
}

fn studies(workspace: &Workspace, only: &[String]) -> Result<Vec<Study>> {
    let cells = workspace.policy.cells();
    let mut studies = Vec::new();
    for subject in &workspace.policy.subject {
        let Some((chosen, whole)) = reference(&cells, subject, only) else { continue };
        workspace.check(&whole)?;
        let study = study(workspace, chosen, whole)?;
        if !study.comparisons.is_empty() {
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
    let comparisons = plan(&asked, &subject.extras).map_err(usage)?;
    let mut builds = vec![(Build::Whole, whole)];
    for comparison in &comparisons {
        let Builds::Two { with, without } = &comparison.builds else { continue };
        for build in [without, with] {
            if builds.iter().all(|(known, _)| known != build) {
                let cell = cell(&builds[0].1, &comparison.difference, build, builds.len());
                builds.push((build.clone(), cell));
            }
        }
    }
    Ok(Study { chosen, builds, comparisons })
}

/// The cell of a build that is needed first for `difference`. No package's name has a dot in it, so its folder is nobody else's.
fn cell(whole: &Cell, difference: &Difference, build: &Build, index: usize) -> Cell {
    let package = &whole.subject.package;
    let and = |features: &[String], extra: &String| features.iter().chain([extra]).cloned().collect::<Vec<_>>();
    let (subject_features, features) = match build {
        Build::Whole => (whole.subject.features.clone(), whole.features.clone()),
        Build::Only(features) => (features.clone(), features.clone()),
        Build::And(extra) => (and(&whole.subject.features, extra), and(&whole.features, extra)),
    };
    let name = match (build, difference) {
        (Build::Only(only), Difference::Part { feature, .. }) if is_name(feature) && !only.contains(feature) => {
            format!("{package}.without.{feature}")
        }
        (Build::And(extra), _) if is_name(extra) => format!("{package}.with.{extra}"),
        (_, Difference::AllParts) => format!("{package}.without-parts"),
        _ => format!("{package}.build.{index}"),
    };
    let default_features = whole.subject.default_features && !matches!(build, Build::Only(_));
    let subject = Subject { default_features, features: subject_features, ..whole.subject.clone() };
    Cell { variant: Variant { subject: name, ..whole.variant.clone() }, subject, features, ..whole.clone() }
}

fn counts(built: &Built) -> Counted {
    let value = |metric: Metric| built.record.metrics.get(&metric).copied().ok_or_else(|| format!("{metric} was not measured"));
    Ok(Counts {
        raw_bytes: value(Metric::RawBytes)?,
        gzip_bytes: value(Metric::GzipBytes)?,
        function_count: value(Metric::FunctionCount)?,
    })
}
