//! The page of `cargo xtask report html`: what all gates found, in one file that needs nothing else.
//!
//! Without a script everything is there; a small one sorts, filters and zooms. A Content-Security-Policy lets nothing else run or load: style and script are
//! allowed by their hashes.

mod alloc;
mod findings;
mod gate;
mod grid;
mod line_plot;
mod map;
mod markup;
mod palette;
mod pgo;
mod provenance;
mod size;
mod symbols;
mod table;
mod trend;
mod verdict;

use crate::{
    analysis::{code_map::CodeMap, trend::Trend},
    data::{
        baseline::Baseline,
        ci::{CiReport, GateRun, GateState},
        comment::GateName,
        policy::Policy,
    },
};
use base64::{Engine, prelude::BASE64_STANDARD};
use markup::Html;
use sha2::{Digest, Sha256};

pub use markup::escape;

/// Everything that the page is made from.
pub struct Page<'a> {
    /// What came of each gate. Where its runs have times, these are shown.
    pub report: &'a CiReport,
    /// The policy.
    pub policy: &'a Policy,
    /// The numbers that sizes were held to.
    pub baseline: Option<&'a Baseline>,
    /// What the shipped files consist of.
    pub maps: &'a [CodeMap],
    /// How the committed numbers went; absent outside a repository.
    pub trend: Option<&'a Trend>,
}

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");

/// The page as the text of a file. The same input gives the same bytes.
pub fn render(page: &Page) -> String {
    let style = palette::css() + STYLE;
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        source_hash(&style),
        source_hash(SCRIPT)
    );
    let mut html = Html::new();
    html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.open("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy)]);
    html.raw("\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n");
    html.raw("<meta name=\"referrer\" content=\"no-referrer\">\n");
    html.element("title", &[], &verdict::title(page)).raw("\n");
    html.embed("style", &style).raw("\n</head>\n<body>\n");
    html.raw("<a class=\"skip\" href=\"#main\">Skip to the report</a>\n").raw(ICONS);
    html.add(&verdict::banner(page)).add(&navigation(page));
    html.raw("<main id=\"main\" tabindex=\"-1\">\n").add(&verdict::gates(page));
    for gate in GateName::ALL {
        html.add(&section(page, gate));
    }
    html.add(&trend::section(page.trend)).add(&provenance::section(page)).raw("</main>\n");
    html.raw("<footer><p>Written by <code>cargo xtask report html</code>. This file loads nothing from anywhere.</p></footer>\n");
    html.embed("script", SCRIPT).raw("\n</body>\n</html>\n");
    html.into_text()
}

/// A source of a Content-Security-Policy: the hash of what stands between the tags (Content Security Policy Level 3, 2.3.1).
fn source_hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// Where each part is.
fn navigation(page: &Page) -> Html {
    let mut html = Html::new();
    html.raw("<nav aria-label=\"Parts of the report\"><ul>\n");
    for gate in GateName::ALL.into_iter().filter(|gate| page.report.gates.contains_key(gate)) {
        html.raw("<li>").element("a", &[("href", gate::anchor(gate))], gate.name()).raw("</li>\n");
    }
    html.raw("<li><a href=\"#trend\">trend</a></li>\n<li><a href=\"#provenance\">provenance</a></li>\n</ul></nav>\n");
    html
}

fn section(page: &Page, gate: GateName) -> Html {
    let Some(state) = page.report.gates.get(&gate) else { return Html::new() };
    let mut html = gate::opened(gate, state);
    if let GateState::Ended { run, .. } = state {
        html.add(&match &**run {
            GateRun::Size(run) => size::body(page, run),
            GateRun::Run(run) => grid::body(run),
            GateRun::Alloc(run) => alloc::body(run),
            GateRun::Pgo(run) => pgo::body(run),
        });
    } else if gate == GateName::Size {
        // What was committed can be looked at whether something was built or not.
        html.add(&map::all(page.maps));
    }
    html.raw("</section>\n");
    html
}

/// Shapes, each drawn once: what a verdict is must not be a matter of colour.
const ICONS: &str = "<svg class=\"shapes\" aria-hidden=\"true\" focusable=\"false\" width=\"0\" height=\"0\">\
<symbol id=\"i-pass\" viewBox=\"0 0 16 16\"><circle cx=\"8\" cy=\"8\" r=\"7\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\"/><path d=\"M4.6 8.3l2.4 2.4 4.4-5\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.8\"/></symbol>\
<symbol id=\"i-fail\" viewBox=\"0 0 16 16\"><rect x=\"1\" y=\"1\" width=\"14\" height=\"14\" fill=\"currentColor\"/><path class=\"cut\" d=\"M4.8 4.8l6.4 6.4M11.2 4.8l-6.4 6.4\" stroke-width=\"2\"/></symbol>\
<symbol id=\"i-broke\" viewBox=\"0 0 16 16\"><path d=\"M8 1.5L15 14.5H1z\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\"/><path d=\"M8 6v4M8 11.4v1.6\" stroke=\"currentColor\" stroke-width=\"1.8\"/></symbol>\
<symbol id=\"i-absent\" viewBox=\"0 0 16 16\"><path d=\"M3 8h10\" stroke=\"currentColor\" stroke-width=\"2\"/></symbol>\
</svg>\n";
