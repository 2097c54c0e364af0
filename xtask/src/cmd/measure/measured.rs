//! All numbers of one file, computed side by side.

use crate::analysis::compress::brotli_bytes;
use crate::analysis::digest::sha256;
use crate::analysis::ledger::{Ledger, ledger};
use crate::analysis::sections::WasmError;
use crate::analysis::sizes::{Brotli, sizes};
use crate::data::metric::Metric;
use serde::Serialize;
use std::thread;
use std::time::Instant;

/// What is known of one file.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// SHA-256 of the file, in lower-case hex.
    pub sha256: String,
    /// Its length.
    pub raw_bytes: u64,
    /// Each metric, in the order of [`Metric`]; without brotli if it was left out.
    pub measurements: Vec<Value>,
    /// What each byte is for.
    pub ledger: Ledger,
    /// Where the time went.
    pub spent: Spent,
}

/// The value of one metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Value {
    /// What was counted.
    pub metric: Metric,
    /// How much, in the unit of the metric's name.
    pub value: u64,
}

/// Wall time of the two parts of a measurement, which run side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Spent {
    /// Brotli alone; absent if it was left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brotli_ns: Option<u64>,
    /// Everything else.
    pub rest_ns: u64,
}

/// Measures a file. `twin` may lend its names, see [`ledger`].
pub fn measure(bytes: &[u8], twin: Option<&[u8]>, brotli: Brotli) -> Result<Measured, WasmError> {
    // Not wasm is found out before anything is compressed for nothing.
    crate::analysis::sections::walk(bytes, |_| {})?;
    thread::scope(|scope| {
        let compressed = (brotli == Brotli::Measure).then(|| scope.spawn(|| timed(|| brotli_bytes(bytes))));
        let (rest, rest_ns) = timed(|| {
            let sizes = scope.spawn(|| sizes(bytes, Brotli::Skip));
            let parts = (sha256(bytes), ledger(bytes, twin));
            (parts, joined(sizes))
        });
        let ((sha256, ledger), sizes) = rest;
        let mut sizes = sizes?;
        let compressed = compressed.map(joined);
        sizes.extend(compressed.map(|(length, _)| (Metric::BrotliBytes, length)));
        Ok(Measured {
            sha256,
            raw_bytes: bytes.len() as u64,
            measurements: sizes.into_iter().map(|(metric, value)| Value { metric, value }).collect(),
            ledger: ledger?,
            spent: Spent { brotli_ns: compressed.map(|(_, ns)| ns), rest_ns },
        })
    })
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let start = Instant::now();
    let result = work();
    (result, u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX))
}

/// The result of a thread; its panic goes on in this one.
fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_are_those_of_the_analyses() {
        let bytes = wat::parse_str("(module (memory 2) (func $f))").unwrap();
        let measured = measure(&bytes, None, Brotli::Measure).unwrap();
        let of_sizes: Vec<_> = sizes(&bytes, Brotli::Measure).unwrap().into_iter().collect();
        assert_eq!(measured.measurements.iter().map(|m| (m.metric, m.value)).collect::<Vec<_>>(), of_sizes);
        assert!(measured.spent.brotli_ns.is_some());
        let without = measure(&bytes, None, Brotli::Skip).unwrap();
        assert_eq!((without.measurements.len(), without.spent.brotli_ns), (Metric::ALL.len() - 1, None));
        assert!(measure(b"", None, Brotli::Skip).is_err());
    }
}
