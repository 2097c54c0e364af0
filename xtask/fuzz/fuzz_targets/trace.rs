//! Any bytes at all: they are an allocation trace or a log of allocations, or are refused; what is read is written again the same.
#![no_main]

use alloc_bench::trace::{
    Trace,
    log::{bytes_of_lines, from_log},
};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for file in [bytes.to_vec(), sealed(bytes)] {
        if let Ok(trace) = Trace::parse(&file) {
            // The numbers in front may have been written longer than they have to be, so the bytes are compared once they were written here.
            let written = trace.render();
            assert_eq!(Trace::parse(&written).map(|trace| trace.render()), Ok(written.clone()));
            assert_eq!(Trace::parse(&written), Ok(trace));
        }
    }
    let mut logs = vec![bytes.to_vec()];
    logs.extend(bytes_of_lines(&String::from_utf8_lossy(bytes)));
    logs.extend(headed(bytes));
    for log in logs {
        if let Ok(trace) = from_log("fuzz", &log) {
            assert_eq!(Trace::parse(&trace.render()), Ok(trace));
        }
    }
});

/// `bytes` as a file behind its first five bytes, with the checksum that it needs: that is never found by chance.
fn sealed(bytes: &[u8]) -> Vec<u8> {
    let mut file = [b"ATRC\x01", bytes].concat();
    let checksum = file.iter().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    file.extend(checksum.to_le_bytes());
    file
}

/// `bytes` as the records of a log: a header is seldom found by chance.
fn headed(bytes: &[u8]) -> Option<Vec<u8>> {
    let record_count = u32::try_from(bytes.len() / 12).ok()?;
    let mut log = b"ALOG".to_vec();
    for short in [1_u16, 304, 12, 21, 4, 0] {
        log.extend(short.to_le_bytes());
    }
    log.extend(304_u64.to_le_bytes());
    log.extend(record_count.to_le_bytes());
    log.resize(304, 0);
    log.extend(bytes.chunks_exact(12).flatten());
    Some(log)
}
