//! The wasm files of a release: what `size` ships, certified as `size` does.

use super::Made;
use crate::{
    analysis::dist::bounds,
    data::{
        dist::{Profiled, Ran, ReleaseFile},
        matrix::Cell,
        metric::Metric,
        rows::Tools,
        variant::Variant,
    },
    shell::{
        certify::Certifier,
        matrix,
        optimizer::{Choice, Optimizer},
        progress::Watched,
        provenance,
        workspace::Workspace,
    },
};
use anyhow::Result;
use std::sync::Arc;

/// Builds, certifies and names `variants`; `stem` is the program and its version.
///
/// # Errors
/// Exit 4: one does not build, or does not do what it has to; exit 3: a tool is missing.
pub fn build(workspace: &Arc<Workspace>, variants: &[Variant], stem: &str, watched: Watched) -> Result<Vec<Made>> {
    let all = workspace.policy.cells();
    let cells: Vec<Cell> =
        variants.iter().filter_map(|variant| all.iter().find(|cell| cell.variant == *variant).cloned()).collect();
    if cells.is_empty() {
        return Ok(Vec::new());
    }
    cells.iter().try_for_each(|cell| workspace.check(cell))?;
    let certifier = Certifier::new(workspace, &cells)?;
    let built = matrix::build_all(workspace, &cells, watched, workspace.scratch())?;
    let optimizer = Optimizer::find(Choice::Auto, workspace)?;
    let made_with = provenance::of(workspace, &optimizer, &cells)?;
    let mut files = Vec::new();
    for (cell, built) in cells.iter().zip(built) {
        let certificate = certifier.certify(cell, &built)?;
        let variant = cell.variant.to_string();
        let metrics = &built.record.metrics;
        let length = |metric| metrics.get(&metric).copied().unwrap_or_default();
        let file = ReleaseFile {
            file: name(stem, &cell.variant.target),
            target: cell.variant.target.clone(),
            sha256: built.sha256.clone(),
            raw_bytes: length(Metric::RawBytes),
            gzip_bytes: length(Metric::GzipBytes),
            brotli_bytes: length(Metric::BrotliBytes),
            bounds: bounds(&workspace.policy, &variant, metrics),
            settings: variant.clone(),
            variant: Some(variant),
            profile: Profiled::None { reason: "a wasm file is built for its size".into() },
            ran: Ran::Passed {
                by: format!("{} ({}): {}", certificate.engine, certificate.version, certificate.scenarios.join(", ")),
            },
            tools: Tools::from([
                ("rustc".to_string(), made_with.toolchain.rustc.clone()),
                ("optimizer".to_string(), made_with.toolchain.optimizer.clone()),
                ("encoder".to_string(), made_with.toolchain.encoder.clone()),
            ]),
            host: made_with.host.clone(),
        };
        files.push(Made { file, bytes: fs_err::read(&built.shipped)? });
    }
    Ok(files)
}

/// A component has the plain name; a module says for which interface it is.
fn name(stem: &str, target: &str) -> String {
    match target {
        "wasm32-wasip2" => format!("{stem}.wasm"),
        _ => format!("{stem}-{}.wasm", target.trim_start_matches("wasm32-")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_files_apart() {
        assert_eq!(name("agent-0.1.0", "wasm32-wasip2"), "agent-0.1.0.wasm");
        assert_eq!(name("agent-0.1.0", "wasm32-wasip1"), "agent-0.1.0-wasip1.wasm");
    }
}
