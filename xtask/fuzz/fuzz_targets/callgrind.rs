//! Any text at all: it is a file of callgrind, and then its functions add up to its total, or is refused in one line.
#![no_main]

use xtask::analysis::callgrind::{Profile, diff, merge, parse};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for text in [text.to_string(), summed(&text)] {
        match parse(&text) {
            Ok(profile) => {
                assert_eq!(profile.functions.values().sum::<u64>(), profile.total);
                assert!(profile.total > 0 && profile.functions.values().all(|count| *count > 0));
                assert_eq!(merge(&[Profile::default(), profile.clone()]), profile);
                let deltas = diff(&Profile::default(), &profile, usize::MAX);
                assert_eq!(deltas.iter().map(|delta| delta.after_count).sum::<u64>(), profile.total);
            }
            Err(why) => assert!(!why.contains('\n'), "{why}"),
        }
    }
});

/// `text` behind a header, and with the totals that it needs: the sum is never found by chance, but the message says it.
fn summed(text: &str) -> String {
    let text = format!("events: Ir\n{text}\n");
    let wrong = parse(&format!("{text}totals: 18446744073709551615")).err().unwrap_or_default();
    let sum = wrong.rsplit_once("the counts add up to ").and_then(|(_, rest)| rest.split_once(':'));
    format!("{text}totals: {}", sum.map_or("0", |(sum, _)| sum))
}
