//! The report of `cargo xtask size --features-cost`: a table a subject, a row a feature.

use super::table::{Column, Form, Grid, grouped, signed};
use crate::data::feature_cost::{Added, Chosen, Cost, Counts, Difference, FeatureCost, FeatureCosts};

/// The report as text.
pub fn render(costs: &[FeatureCosts], form: Form) -> String {
    let said = "size: what each feature adds (nothing was judged or recorded)";
    let headline = match form {
        Form::Text(_) => format!("{said}\n"),
        Form::Markdown => format!("## {said}\n"),
    };
    costs.iter().fold(headline, |text, costs| text + "\n" + &subject(costs, form))
}

fn subject(costs: &FeatureCosts, form: Form) -> String {
    let chosen = match costs.chosen {
        Chosen::First => "the first of its matrix; `parts-variant` in the policy or --only names another",
        Chosen::Policy => "named by `parts-variant` in the policy",
        Chosen::CommandLine => "named by --only",
    };
    let whole =
        costs.whole.map_or_else(|| "it could not be measured".to_string(), |whole| format!("{} with all of them", counts(whole)));
    let numbers = ["raw without", "raw", "gzip", "functions"].map(|title| (title, Column::Number));
    let columns: Vec<_> = [("feature", Column::Text)].into_iter().chain(numbers).chain([("", Column::Text)]).collect();
    let mut grid = Grid::new(&columns);
    for row in &costs.rows {
        grid.row(cells(row));
    }
    let heading = form.heading(&format!("{} ({chosen}): {whole}", costs.variant));
    let failures: String = costs.rows.iter().filter_map(failure).collect();
    format!("{heading}{}{failures}\nWhat several features share is in no row but `all parts off`.\n", grid.render(form))
}

fn counts(whole: Counts) -> String {
    format!("{} raw, {} gzip, {} functions", grouped(whole.raw_bytes), grouped(whole.gzip_bytes), grouped(whole.function_count))
}

fn cells(row: &FeatureCost) -> Vec<String> {
    let name = name(row);
    let none = || "-".to_string();
    match &row.cost {
        Cost::Measured { without, adds } => vec![
            name,
            grouped(without.raw_bytes),
            signed(adds.raw_bytes),
            signed(adds.gzip_bytes),
            signed(adds.function_count),
            remark(*adds).into(),
        ],
        Cost::Held { by } => vec![name, none(), none(), none(), none(), format!("stays on: `{by}` of the allocator enables it")],
        Cost::Failed { .. } => vec![name, "failed".into(), none(), none(), none(), "see below".into()],
    }
}

fn name(row: &FeatureCost) -> String {
    match &row.difference {
        Difference::Part { feature, apart_from } if apart_from.is_empty() || matches!(row.cost, Cost::Held { .. }) => {
            feature.clone()
        }
        Difference::Part { feature, apart_from } => format!("{feature} (apart from {})", apart_from.join(", ")),
        Difference::AllParts => "all parts off".into(),
        Difference::Extra { feature, over, with } => {
            let over = over.iter().map(|over| format!("over {over}"));
            let notes: Vec<String> = over.chain((!with.is_empty()).then(|| format!("with {}", with.join(", ")))).collect();
            let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
            format!("+ {feature}{notes}")
        }
    }
}

/// Why a row has no numbers: a sentence, too long for the table.
fn failure(row: &FeatureCost) -> Option<String> {
    match &row.cost {
        Cost::Failed { reason } => Some(format!("  {}: {reason}\n", name(row))),
        Cost::Measured { .. } | Cost::Held { .. } => None,
    }
}

fn remark(adds: Added) -> &'static str {
    match adds.raw_bytes {
        0 => "costs nothing: is it wired?",
        1.. => "",
        _ => "smaller with it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(feature: &str, apart_from: &[&str], without: Counts) -> FeatureCost {
        let apart_from = apart_from.iter().map(ToString::to_string).collect();
        let adds = WHOLE.added_to(without);
        FeatureCost {
            difference: Difference::Part { feature: feature.into(), apart_from },
            cost: Cost::Measured { without, adds },
        }
    }

    const WHOLE: Counts = Counts { raw_bytes: 120_000, gzip_bytes: 54_000, function_count: 900 };

    #[test]
    fn each_row_says_what_the_feature_adds() {
        let core = Counts { raw_bytes: 60_000, gzip_bytes: 27_000, function_count: 400 };
        let held = Difference::Part { feature: "heap".into(), apart_from: vec!["talc".into()] };
        let broken = Difference::Part { feature: "json".into(), apart_from: Vec::new() };
        let rows = vec![
            row("http", &["chat"], Counts { raw_bytes: 101_500, gzip_bytes: 46_000, function_count: 700 }),
            row("trace", &[], WHOLE),
            row("tuned", &[], Counts { raw_bytes: 120_100, ..WHOLE }),
            FeatureCost { difference: held, cost: Cost::Held { by: "talc".into() } },
            FeatureCost { difference: broken, cost: Cost::Failed { reason: "`app` does not build".into() } },
            FeatureCost { difference: Difference::AllParts, cost: Cost::Measured { without: core, adds: WHOLE.added_to(core) } },
        ];
        let extra = |over: Option<&str>, without: Counts| {
            let difference = Difference::Extra { feature: "graph".into(), over: over.map(Into::into), with: vec!["near".into()] };
            FeatureCost { difference, cost: Cost::Measured { without, adds: WHOLE.added_to(without) } }
        };
        let rows: Vec<_> = rows.into_iter().chain([extra(None, core), extra(Some("flat"), core)]).collect();
        let variant = "app/wasm32-wasip2/release/talc".parse().unwrap();
        let costs = FeatureCosts { variant, chosen: Chosen::First, whole: Some(WHOLE), rows };
        insta::assert_snapshot!(render(&[costs], Form::Text(100)));
    }
}
