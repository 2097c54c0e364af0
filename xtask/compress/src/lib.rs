//! Compressed lengths. A crate of its own because brotli's encoder is generic: it is compiled where it is called, and has to be optimized there, which would
//! take all of xtask minutes.

use std::io::{self, Write};

/// The level of [`gzip_bytes`], the highest.
pub const GZIP_LEVEL: u32 = 9;
/// The quality of [`brotli_bytes`], the highest.
pub const BROTLI_QUALITY: i32 = 11;
/// The base-2 logarithm of the window of [`brotli_bytes`].
pub const BROTLI_WINDOW: i32 = 22;

/// Length of `bytes` as one gzip member without a file name.
///
/// By `miniz_oxide`, whose output does not depend on the processor, so that the number repeats anywhere. It differs from
/// the `gzip` program's by some bytes in either direction.
pub fn gzip_bytes(bytes: &[u8]) -> u64 {
    let mut encoder = flate2::write::GzEncoder::new(Counter::default(), flate2::Compression::new(GZIP_LEVEL));
    let counter = encoder.write_all(bytes).and_then(|()| encoder.finish());
    counter.expect("counting has no way to fail").bytes
}

/// Length of `bytes` as a brotli stream.
///
/// The encoder is told the length beforehand, as the `brotli` program does for a file; that lets it choose better and
/// changes the result by a few bytes.
pub fn brotli_bytes(bytes: &[u8]) -> u64 {
    let params = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut counter = Counter::default();
    let mut rest = bytes;
    brotli::BrotliCompress(&mut rest, &mut counter, &params).expect("counting has no way to fail");
    counter.bytes
}

/// Counts what is written to it.
#[derive(Default)]
struct Counter {
    bytes: u64,
}

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text that neither repeats nor is random: the numbers and their squares.
    fn sample() -> Vec<u8> {
        (0u64..4_000).flat_map(|n| format!("{n}:{};", n * n).into_bytes()).collect()
    }

    #[test]
    fn the_encoders_are_the_ones_of_the_labels() {
        // Another backend (zlib-rs, zlib-ng) or version gives other lengths: a change here makes baselines incomparable.
        assert_eq!((sample().len(), gzip_bytes(&sample()), brotli_bytes(&sample())), (50_264, 23_758, 19_959));
        assert_eq!((gzip_bytes(b""), brotli_bytes(b"")), (20, 1));
    }
}
