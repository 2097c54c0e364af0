//! The two providers over the wire: the native binary against a mock on loopback, and the exchange against a host in memory.

#![cfg(all(feature = "host", feature = "streaming", feature = "openai", feature = "anthropic", feature = "tools"))]

mod wire {
    mod chunking;
    mod common;
    mod context;
    mod errors;
    mod faults;
    mod limits;
    mod memory;
    mod quirks;
    mod reasoning;
    mod requests;
    mod retries;
    mod same;
    mod stops;
    mod waits;
}
