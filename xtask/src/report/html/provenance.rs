//! What the numbers were made with, and where.

use super::{
    Page,
    gate::Standing,
    markup::Html,
    table::{Cell, Table, folded},
};
use crate::{
    data::{
        ci::{GateRun, GateState},
        comment::GateName,
        grid::{GridArtifact, GridProvenance},
        run::Provenance,
    },
    report::table::Column,
};

/// What of a run's origin is shown.
struct Origin {
    commit: Option<String>,
    dirty: bool,
    host: String,
    /// Tool and version.
    tools: Vec<(String, String)>,
    /// File and hash.
    files: Vec<(String, String)>,
}

/// The commit that a gate measured; the outer is absent of one that did not.
pub fn commit(state: &GateState) -> Option<Option<&str>> {
    let GateState::Ended { run, .. } = state else { return None };
    Some(match &**run {
        GateRun::Size(run) => run.run.provenance.commit.as_deref(),
        GateRun::Run(run) => run.provenance.commit.as_deref(),
        GateRun::Alloc(run) => run.provenance.commit.as_deref(),
        GateRun::Pgo(run) => run.provenance.commit.as_deref(),
    })
}

/// The section.
pub fn section(page: &Page) -> Html {
    let mut html = Html::new();
    html.raw(
        "<section id=\"provenance\" aria-labelledby=\"provenance-heading\">\n<h2 id=\"provenance-heading\">provenance</h2>\n",
    );
    let mut table = Table::new(
        "What each gate measured, and where",
        &[("gate", Column::Text), ("commit", Column::Name), ("work tree", Column::Text), ("machine", Column::Text)],
    );
    let mut details = Html::new();
    for (gate, state) in &page.report.gates {
        let Some(origin) = origin(state) else { continue };
        table.row([
            Cell::text(gate.name()),
            origin.commit.as_deref().map_or_else(Cell::none, |commit| Cell::name(commit.get(..12).unwrap_or(commit))),
            Cell::html(if origin.dirty { Standing::Broke.chip("changed") } else { Standing::Pass.chip("clean") }, ""),
            Cell::text(&origin.host),
        ]);
        details.add(&folded(&format!("{gate}: tools and files"), &origin_tables(*gate, &origin)));
    }
    html.add(&table.html());
    if table.is_empty() {
        html.raw("<p class=\"said\">Nothing was measured.</p>\n");
    }
    html.add(&details).raw("</section>\n");
    html
}

fn origin_tables(gate: GateName, origin: &Origin) -> Html {
    let pair = |caption: &str, of: &str, is: &str, rows: &[(String, String)]| {
        let mut table = Table::new(caption, &[(of, Column::Text), (is, Column::Name)]);
        for (name, value) in rows {
            table.row([Cell::text(name), Cell::name(value)]);
        }
        table.html()
    };
    let mut html = pair(&format!("Tools of {gate}"), "tool", "version", &origin.tools);
    html.add(&pair(&format!("Files of {gate}"), "file", "SHA-256", &origin.files));
    html
}

fn origin(state: &GateState) -> Option<Origin> {
    let GateState::Ended { run, .. } = state else { return None };
    Some(match &**run {
        GateRun::Size(run) => {
            let files = run.run.artifacts.iter().map(|one| (one.variant.to_string(), one.sha256.clone())).collect();
            Origin { files, ..of_sizes(&run.run.provenance) }
        }
        GateRun::Run(run) => of_rows(&run.provenance, &run.artifacts),
        GateRun::Alloc(run) => of_rows(&run.provenance, &run.artifacts),
        GateRun::Pgo(run) => of_rows(&run.provenance, &run.artifacts),
    })
}

fn of_sizes(provenance: &Provenance) -> Origin {
    let of = &provenance.toolchain;
    let own = of.rustc_of_profile.iter().map(|(profile, rustc)| (format!("rustc of {profile}"), rustc.clone()));
    let tools = [("optimizer", &of.optimizer), ("encoder", &of.encoder), ("gzip", &of.gzip), ("brotli", &of.brotli)];
    let rest = tools.map(|(name, version)| (name.to_string(), version.clone()));
    Origin {
        commit: provenance.commit.clone(),
        dirty: provenance.dirty,
        host: provenance.host.clone(),
        tools: [("rustc".to_string(), of.rustc.clone())].into_iter().chain(own).chain(rest).collect(),
        files: Vec::new(),
    }
}

fn of_rows(provenance: &GridProvenance, artifacts: &[GridArtifact]) -> Origin {
    Origin {
        commit: provenance.commit.clone(),
        dirty: provenance.dirty,
        host: provenance.host.clone(),
        tools: provenance.tools.iter().map(|(tool, version)| (tool.clone(), version.clone())).collect(),
        files: artifacts.iter().map(|one| (one.variant.clone(), one.sha256.clone())).collect(),
    }
}
