//! Any bytes at all: `measure` either answers, and then its ledger adds up, or refuses.
#![no_main]

use xtask::analysis::ledger::ledger;
use xtask::analysis::sizes::{Brotli, sizes};
use xtask::analysis::symbols::{parse, render, symbol_table};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let refused = sizes(bytes, Brotli::Skip).err();
    match ledger(bytes, Some(bytes)) {
        Ok(ledger) => {
            assert_eq!(refused, None);
            assert_eq!(ledger.rows.iter().map(|row| row.bytes).sum::<u64>(), bytes.len() as u64);
            assert_eq!(ledger.summary().iter().map(|row| row.bytes).sum::<u64>(), bytes.len() as u64);
        }
        Err(error) => assert_eq!(refused, Some(error)),
    }
    if let Ok(table) = symbol_table(bytes) {
        assert_eq!(parse(&render(&table)), Ok(table));
    }
});
