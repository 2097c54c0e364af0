//! Compressed lengths, and what exactly computed them: a length means nothing without its encoder.

use super::lock::version_of;
use crate::data::metric::Metric;
pub use compress::{BROTLI_QUALITY, BROTLI_WINDOW, GZIP_LEVEL, brotli_bytes, gzip_bytes};
use std::collections::BTreeMap;

/// Codec, level and implementation with its version, for each compressed metric.
pub fn labels() -> BTreeMap<Metric, String> {
    let gzip = format!("gzip level {GZIP_LEVEL} (flate2 {}, miniz_oxide {})", version_of("flate2"), version_of("miniz_oxide"));
    let brotli = format!("brotli quality {BROTLI_QUALITY} window {BROTLI_WINDOW} (brotli {})", version_of("brotli"));
    [(Metric::GzipBytes, gzip), (Metric::BrotliBytes, brotli)].into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_carry_the_locked_versions() {
        let labels = labels();
        let lock = include_str!("../../../Cargo.lock");
        for (metric, packages) in [(Metric::GzipBytes, &["flate2", "miniz_oxide"][..]), (Metric::BrotliBytes, &["brotli"])] {
            for package in packages {
                let entry = lock.split("[[package]]").find(|entry| entry.contains(&format!("name = \"{package}\""))).unwrap();
                let version = entry.split("version = \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
                assert!(labels[&metric].contains(&format!("{package} {version}")), "{labels:?}");
            }
        }
    }
}
