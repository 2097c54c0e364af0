//! The section of the trend: how the committed numbers went, as plots and as a table.

use super::{
    line_plot,
    markup::Html,
    table::{Cell, Table, folded},
};
use crate::{
    analysis::{
        symbol_diff::difference,
        trend::{Series, Trend},
    },
    report::table::Column,
};

/// The section.
pub fn section(trend: Option<&Trend>) -> Html {
    let mut html = Html::new();
    html.raw("<section id=\"trend\" aria-labelledby=\"trend-heading\">\n<h2 id=\"trend-heading\">trend</h2>\n");
    html.raw("<p>The committed baselines, commit by commit. Each plot has an axis of its own, which need not begin at 0.</p>\n");
    match trend {
        None => drop(html.raw("<p class=\"said\">There is no git repository, so there is no past to show.</p>\n")),
        Some(trend) if trend.points.is_empty() || trend.series.is_empty() => {
            html.raw("<p class=\"said\">No commit has numbers of what is shown here yet.</p>\n");
        }
        Some(trend) => {
            html.raw("<div class=\"plots\">\n");
            for (index, series) in trend.series.iter().enumerate() {
                html.add(&figure(trend, index, series));
            }
            html.raw("</div>\n");
            html.add(&folded(&format!("The same as a table: {} commits", trend.points.len()), &table(trend)));
        }
    }
    html.add(&remarks(trend)).raw("</section>\n");
    html
}

/// What a series is called by people.
fn name(series: &Series) -> String {
    match series.metric.as_str() {
        "raw_bytes" => "raw bytes".into(),
        "gzip_bytes" => "gzip bytes".into(),
        "fuel_count" => "fuel".into(),
        other => other.replace('_', " "),
    }
}

fn figure(trend: &Trend, index: usize, series: &Series) -> Html {
    let values: Vec<Option<u64>> = trend.points.iter().map(|point| point.values[index]).collect();
    let points: Vec<line_plot::Point> = trend
        .points
        .iter()
        .zip(&values)
        .filter_map(|(point, value)| Some((point, (*value)?)))
        .map(|(point, value)| line_plot::Point { value, said: format!("{} {}: {}", point.date, point.short, point.subject) })
        .collect();
    let mut html = Html::new();
    html.raw("<figure><figcaption>").element("strong", &[], &name(series)).raw(" ").element("code", &[], &series.of);
    if let (Some(first), Some(last)) = (points.first(), points.last()) {
        html.raw(" <span class=\"figures\">").add(&Cell::number(last.value).into_html());
        if points.len() > 1 {
            html.raw(" ").add(&Cell::delta(difference(first.value, last.value)).into_html());
            html.raw(" <span class=\"same\">since the first</span>");
        }
        html.raw("</span>");
    }
    html.raw("</figcaption>\n").add(&line_plot::svg(&format!("{} of {}", name(series), series.of), &points)).raw("</figure>\n");
    html
}

fn table(trend: &Trend) -> Html {
    let names: Vec<String> = trend.series.iter().map(|series| format!("{}, {}", series.of, name(series))).collect();
    let columns: Vec<(&str, Column)> = [("commit", Column::Name), ("date", Column::Name), ("what it did", Column::Text)]
        .into_iter()
        .chain(names.iter().map(|name| (name.as_str(), Column::Number)))
        .collect();
    let mut table = Table::new("Committed numbers, the newest first", &columns);
    for point in trend.points.iter().rev() {
        let head = [Cell::name(&point.short), Cell::text(&point.date), Cell::text(&point.subject)];
        table.row(head.into_iter().chain(point.values.iter().map(|value| Cell::maybe(*value))));
    }
    table.html()
}

/// What is not shown, and why.
fn remarks(trend: Option<&Trend>) -> Html {
    let mut html = Html::new();
    let Some(trend) = trend else { return html };
    if trend.is_shallow {
        html.raw("<p class=\"note\">This clone is shallow: older commits are not in it. <code>git fetch --unshallow</code> brings them.</p>\n");
    }
    if trend.is_cut {
        html.raw("<p class=\"note\">Older commits are left out: only the last are shown.</p>\n");
    }
    if trend.unreadable_count > 0 {
        let said =
            format!("{} baselines of the past are of another version of this tool and are left out.", trend.unreadable_count);
        html.element("p", &[("class", "note")], &said).raw("\n");
    }
    html
}
