//! Every metric of a file.

use super::compress;
use super::sections::{Container, Encoding, WasmError, walk};
use crate::data::metric::Metric;
use std::collections::BTreeMap;

/// Whether to compress with brotli, which takes longer than everything else together: about a second for a megabyte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brotli {
    /// Compute [`Metric::BrotliBytes`].
    Measure,
    /// Leave it out of the result.
    Skip,
}

/// Bytes of a page in [`Metric::InitialMemoryPages`].
const PAGE_BYTES: u64 = 64 * 1024;

/// Each metric of a core module or component, as [`Metric`] defines it.
///
/// Memory: a core module answers for the memories it has and for those it imports. In a component only memories that a
/// module has count, since an imported one is another module's. Pages of another size than 64 KiB are converted, and the
/// sum is rounded up.
pub fn sizes(bytes: &[u8], brotli: Brotli) -> Result<BTreeMap<Metric, u64>, WasmError> {
    let containers = walk(bytes, |_| {})?;
    let mut sizes = parts(&containers);
    sizes.insert(Metric::RawBytes, bytes.len() as u64);
    sizes.insert(Metric::GzipBytes, compress::gzip_bytes(bytes));
    if brotli == Brotli::Measure {
        sizes.insert(Metric::BrotliBytes, compress::brotli_bytes(bytes));
    }
    Ok(sizes)
}

/// The metrics that need no compression.
fn parts(containers: &[Container]) -> BTreeMap<Metric, u64> {
    let modules = || containers.iter().filter(|container| container.encoding == Encoding::CoreModule);
    let sum = |of: fn(&Container) -> u64| modules().map(of).fold(0, u64::saturating_add);
    let of_component = containers.first().filter(|file| file.encoding == Encoding::Component);
    let own_imports = of_component.map_or(0, |file| file.facts.import_bytes);
    let imported_memory = match of_component {
        Some(_) => 0,
        None => sum(|module| module.facts.imported_memory_bytes),
    };
    let memory = sum(|module| module.facts.memory_bytes).saturating_add(imported_memory);
    BTreeMap::from([
        (Metric::CoreBytes, sum(|module| module.range.len() as u64)),
        (Metric::CodeBytes, sum(|module| module.facts.code.len() as u64)),
        (Metric::DataBytes, sum(|module| module.facts.data.len() as u64)),
        (Metric::ImportBytes, own_imports + sum(|module| module.facts.import_bytes)),
        (Metric::FunctionCount, sum(|module| module.facts.functions)),
        (Metric::InitialMemoryPages, memory.div_ceil(PAGE_BYTES)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> BTreeMap<Metric, u64> {
        sizes(&wat::parse_str(text).unwrap(), Brotli::Measure).unwrap()
    }

    #[test]
    fn every_metric_is_there_unless_it_is_left_out() {
        let module = wat::parse_str("(module)").unwrap();
        let all = sizes(&module, Brotli::Measure).unwrap();
        assert!(Metric::ALL.iter().all(|metric| all.contains_key(metric)), "{all:?}");
        let mut but_brotli = all.clone();
        but_brotli.remove(&Metric::BrotliBytes);
        assert_eq!(sizes(&module, Brotli::Skip).unwrap(), but_brotli);
        assert_eq!((all[&Metric::RawBytes], all[&Metric::CoreBytes], all[&Metric::FunctionCount]), (8, 8, 0));
    }

    #[test]
    fn contents_of_sections_are_counted_with_their_counts_and_without_their_frames() {
        let sizes = of(r#"(module (import "a" "b" (func)) (memory 3) (func) (func) (data "abc"))"#);
        assert_eq!(sizes[&Metric::CodeBytes], 1 + 2 * (1 + 2));
        assert_eq!(sizes[&Metric::DataBytes], 1 + 1 + 1 + 3, "count, flags, length, contents of a passive segment");
        assert_eq!(sizes[&Metric::ImportBytes], 1 + 2 + 2 + 2);
        assert_eq!(sizes[&Metric::FunctionCount], 2);
        assert_eq!(sizes[&Metric::InitialMemoryPages], 3);
    }

    #[test]
    fn a_component_is_the_sum_of_its_modules_at_any_depth() {
        let module = r#"(core module (import "a" "b" (func)) (import "a" "m" (memory 7)) (func) (memory 2))"#;
        let sizes = of(&format!(r#"(component (import "x" (func)) {module} (component {module} (import "y" (func))))"#));
        let one = of(r#"(module (import "a" "b" (func)) (import "a" "m" (memory 7)) (func) (memory 2))"#);
        assert_eq!(sizes[&Metric::CoreBytes], 2 * one[&Metric::RawBytes]);
        assert_eq!(sizes[&Metric::InitialMemoryPages], 4, "an imported memory is that of another module");
        assert_eq!(one[&Metric::InitialMemoryPages], 9);
        let own = wat::parse_str(r#"(component (import "x" (func)))"#).unwrap();
        let own_imports = walk(&own, |_| {}).unwrap()[0].facts.import_bytes;
        assert!(own_imports > 0);
        assert_eq!(sizes[&Metric::ImportBytes], own_imports + 2 * one[&Metric::ImportBytes]);
    }

    #[test]
    fn pages_of_another_size_are_converted_and_rounded_up() {
        assert_eq!(of("(module (memory 65537 (pagesize 1)) (memory 1))")[&Metric::InitialMemoryPages], 3);
    }

    #[test]
    fn a_memory_without_bounds_does_not_overflow() {
        let huge = of("(module (memory i64 0x1000000000000) (memory i64 0x1000000000000))");
        assert_eq!(huge[&Metric::InitialMemoryPages], u64::MAX.div_ceil(PAGE_BYTES));
    }
}
