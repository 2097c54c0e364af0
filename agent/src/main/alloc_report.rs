//! What a build with `alloc-tracing` shows at the end. Nothing here allocates, except what the host does to write.

use core::fmt;

use alloc::string::String;
use alloc::vec::Vec;

use agent::cli::alloc_trace;
use agent::effects::Host;
use agent::failure::Failure;
use agent::host::PlatformHost;

/// Longer than the counters can be: 37 numbers of at most 20 digits, and their names.
const LINE_BYTES: usize = 2048;

/// One line of text, and so one write. What does not fit is left out.
struct Line {
    bytes: [u8; LINE_BYTES],
    len: usize,
}

impl Line {
    fn new(start: &str) -> Line {
        let mut line = Line { bytes: [0; LINE_BYTES], len: 0 };
        line.push(start.as_bytes());
        line
    }

    fn push(&mut self, more: &[u8]) {
        let end = self.len + more.len();
        if let Some(place) = self.bytes.get_mut(self.len..end) {
            place.copy_from_slice(more);
            self.len = end;
        }
    }

    fn show(&mut self, host: &mut PlatformHost) {
        self.push(b"\n");
        host.prompt(self.bytes.get(..self.len).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default());
    }
}

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}

/// Runs as `super::run` does, and shows afterwards what was asked for.
pub(crate) fn run(mut arguments: Result<Vec<String>, Failure>) -> u8 {
    let wanted = arguments.as_mut().map(alloc_trace::take).unwrap_or_default();
    let exit = super::run(arguments);
    // What follows is the tool's and not the program's.
    let _paused = agent_allocator::pause();
    let mut host = PlatformHost::default();
    if wanted.stats {
        let mut line = Line::new("");
        // A line takes all that is written to it.
        let _ = agent_allocator::stats().write_json(&mut line);
        line.show(&mut host);
    }
    if wanted.log {
        agent_allocator::log(&mut |piece| {
            let digit = |value: u8| *b"0123456789abcdef".get(usize::from(value & 15)).unwrap_or(&b'0');
            let mut line = Line::new("alloc-log: ");
            for &byte in piece {
                line.push(&[digit(byte >> 4), digit(byte)]);
            }
            line.show(&mut host);
        });
    }
    exit
}
