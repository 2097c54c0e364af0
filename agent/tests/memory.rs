//! The memory: through the tool loop and the command, on a disk that is full, cut off or damaged, with two processes, and with a provider's vectors.

#![cfg(feature = "memory-flat")]

mod common;

mod memory {
    mod command;
    mod disk;
    #[cfg(feature = "memory-hnsw")]
    mod graph;
    mod limits;
    #[cfg(feature = "openai")]
    mod provider;
    #[cfg(all(feature = "openai", feature = "host"))]
    mod session;

    use super::common::memory::Memory as Host;
    use agent::failure::Failure;
    use agent::{cli, program};

    /// The file of the memory that is used when none is named.
    pub const FILE: &str = "default.memory";

    /// Runs the command line `agent memory ...` and gives what it showed.
    pub fn run(host: &mut Host, args: &[&str]) -> Result<String, Failure> {
        host.shown.clear();
        let words = ["memory"].iter().chain(args).map(ToString::to_string);
        let options = cli::parse(words)?;
        program::run(options, "agent 0", host).map(|()| host.shown.clone())
    }

    /// The line on standard error of a run that fails.
    #[track_caller]
    pub fn refused(host: &mut Host, args: &[&str], texts: &[&str]) {
        let failure = run(host, args).expect_err("refused");
        assert!(failure.text.rsplit_once(": ").is_some_and(|(_, cure)| !cure.is_empty()), "{}", failure.text);
        for text in texts {
            assert!(failure.text.contains(text), "{:?} has no {text:?}", failure.text);
        }
    }
}
