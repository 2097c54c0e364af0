//! What the tools did and what the source did, a line a value.

use crate::{
    data::run::Split,
    report::table::{Column, Form, Grid, grouped, signed},
};

/// The table; nothing where there is nothing to tell apart.
pub fn table(splits: &[Split], form: Form) -> String {
    let Some(first) = splits.first() else { return String::new() };
    let mut grid = Grid::new(&[
        ("variant", Column::Name),
        ("metric", Column::Text),
        ("baseline", Column::Number),
        ("tools", Column::Number),
        ("source", Column::Number),
        ("now", Column::Number),
    ]);
    for split in splits {
        let (tools, source) = split.deltas();
        grid.row([
            split.variant.to_string(),
            split.metric.name().to_string(),
            grouped(split.baseline),
            signed(tools),
            signed(source),
            grouped(split.head),
        ]);
    }
    let commit = first.commit.get(..12).unwrap_or(&first.commit);
    let heading = form.heading(&format!("What the tools did and what the source did, by {commit} built with today's tools:"));
    format!("\n{heading}{}", grid.render(form))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::metric::Metric;

    #[test]
    fn the_parts_stand_side_by_side() {
        let split = Split {
            variant: "a/wasm32-wasip2/p/talc".parse().unwrap(),
            metric: Metric::RawBytes,
            commit: "0123456789abcdef".into(),
            baseline: 1_000,
            base: 980,
            head: 1_130,
        };
        insta::assert_snapshot!(table(&[split], Form::Text(100)), @r"

        What the tools did and what the source did, by 0123456789ab built with today's tools:
          variant                 metric     baseline  tools  source    now
          a/wasm32-wasip2/p/talc  raw_bytes     1,000    -20    +150  1,130
        ");
        assert_eq!(table(&[], Form::Markdown), "");
    }
}
