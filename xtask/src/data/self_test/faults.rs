//! The faults, one row each.

use super::{AGENT, Ask, Caught, Change, Edit, FLOOR, Fault, RUN, Raise, SIZE, Stage, Tool, Wanted};

/// Every fault that is injected, in the order in which they are.
pub const FAULTS: &[Fault] = &[
    lengthened("the artifact is 1 byte longer", 1),
    lengthened("the artifact is 100 bytes longer", 100),
    lengthened("the artifact is 10,000 bytes longer", 10_000),
    Fault {
        edits: &[Edit::MetricGone { variant: AGENT, metric: "gzip_bytes" }],
        caught: found(1, Wanted { kind: "metric_not_in_baseline", metric: "gzip_bytes", ..OF_AGENT }),
        ..size("the baseline lacks a metric")
    },
    Fault {
        tool: Tool::RunnerSays(&[("\"fuel_count\": *[0-9]*,*", "")]),
        caught: found(1, Wanted { kind: "not_measured", metric: "fuel_count", ..OF_START }),
        ..run("the engine counts nothing any more")
    },
    Fault {
        edits: &[
            Edit::Policy { key: &["subject", "0", "floor"], to: Change::Gone },
            Edit::Policy { key: &["run", "artifact", "floor"], to: Change::Gone },
        ],
        caught: found(1, Wanted { kind: "variant_not_in_policy", row: FLOOR, ..OF_AGENT }),
        ..size("the policy lacks a variant")
    },
    Fault {
        edits: &[Edit::VariantGone(AGENT)],
        caught: found(1, Wanted { kind: "variant_not_in_baseline", ..OF_AGENT }),
        ..size("the baseline lacks a variant")
    },
    Fault {
        edits: &[Edit::Gone(SIZE)],
        caught: found(1, Wanted { kind: "baseline_gone", ..OF_AGENT }),
        ..size("the baseline is deleted")
    },
    Fault {
        edits: &[Edit::OtherTool { file: SIZE, tool: "rustc", version: "rustc 1.0.0 (self-test)" }],
        caught: found(1, Wanted { kind: "incomparable", metric: "raw_bytes", words: "rustc", ..OF_AGENT }),
        ..size("the sizes are of another compiler")
    },
    Fault {
        edits: &[Edit::OtherTool { file: SIZE, tool: "optimizer", version: "Binaryen 1 (self-test)" }],
        caught: found(1, Wanted { kind: "incomparable", metric: "raw_bytes", words: "Binaryen 1 (self-test)", ..OF_AGENT }),
        ..size("the sizes are of another optimizer")
    },
    Fault {
        edits: &[Edit::OtherTool { file: RUN, tool: "wasmtime", version: "1.0.0" }],
        caught: found(1, Wanted { kind: "incomparable", metric: "fuel_count", words: "wasmtime", ..OF_START }),
        ..run("the counts are of another engine")
    },
    Fault {
        tool: Tool::OptimizerVersion(1),
        ask: Ask::SizeNative,
        caught: Caught::Error { exit: 3, words: &["wasm-opt version 1 (self-test)", "not the pinned version"] },
        ..size("the optimizer on PATH has another version")
    },
    Fault {
        tool: Tool::RunnerSays(&[("\"\\([a-z]*_ns\\)\": *[0-9]*", "\"\\1\":0")]),
        ask: Ask::RunTimed,
        caught: Caught::Error { exit: 4, words: &["took 0 ns: nothing was timed"] },
        ..run("no time passes")
    },
    Fault {
        tool: Tool::RunnerSays(&[("\"instance_count\": *[0-9]*", "\"instance_count\":0")]),
        caught: found(4, Wanted { kind: "failed", words: "ran no instance", ..OF_START }),
        ..run("nothing was run: no sample at all")
    },
    Fault {
        tool: Tool::RunnerSays(&[("\"fuel_count\": *[0-9]*", "\"fuel_count\":0")]),
        caught: found(4, Wanted { kind: "failed", words: "counted no fuel", ..OF_START }),
        ..run("the engine counts zero fuel")
    },
    Fault {
        tool: Tool::RunnerSays(&[("\"sha256\": *\"[0-9a-f]*\"", "\"sha256\":\"0000\"")]),
        caught: found(4, Wanted { kind: "failed", words: "ran 0000, not", ..OF_START }),
        ..run("the runner lies about what it ran")
    },
    Fault {
        tool: Tool::RunnerSays(&[("\"sha256\": *\"[0-9a-f]*\"", "\"sha256\":\"0000\"")]),
        caught: found(4, Wanted { kind: "failed", words: "ran 0000, not", ..OF_AGENT }),
        ..size("the runner lies about what it certified")
    },
    Fault {
        tool: Tool::RunnerMeetsFlippedByte,
        caught: found(4, Wanted { kind: "failed", words: "is not the one that was asked for", ..OF_AGENT }),
        ..size("a byte is flipped before certification")
    },
    Fault {
        tool: Tool::RunnerMeetsFlippedByte,
        caught: found(1, Wanted { kind: "failed", words: "is not the one that was asked for", ..OF_START }),
        ..run("a byte is flipped before the run")
    },
    Fault {
        edits: &[Edit::Unsorted(SIZE)],
        caught: refused(&["is not what this tool writes there"]),
        ..size("the sizes are not sorted")
    },
    Fault {
        edits: &[Edit::Unsorted(RUN)],
        caught: refused(&["is not what this tool writes there"]),
        ..run("the counts are not sorted")
    },
    Fault { edits: &[Edit::Truncated(SIZE)], caught: refused(&["cannot be used", "EOF"]), ..size("the sizes end in the middle") },
    Fault { edits: &[Edit::Truncated(RUN)], caught: refused(&["cannot be used", "EOF"]), ..run("the counts end in the middle") },
    Fault {
        edits: &[Edit::Raised { file: SIZE, row: AGENT, metric: "raw_bytes", by: 100, what: Raise::Value }],
        caught: refused(&["raised by hand", AGENT, "no accepted step reaches it"]),
        ..size("a size is raised by hand")
    },
    Fault {
        edits: &[Edit::Raised { file: SIZE, row: AGENT, metric: "raw_bytes", by: 100, what: Raise::ValueAndBest }],
        caught: refused(&["raised by hand since commit", AGENT, "no accepted step is new"]),
        ..size("a size is raised by hand with its best")
    },
    Fault {
        edits: &[Edit::Raised { file: SIZE, row: AGENT, metric: "raw_bytes", by: 100, what: Raise::ValueAndBest }],
        stage: Stage::Committed,
        caught: refused(&["raised by hand since commit", AGENT, "no accepted step is new"]),
        ..size("a size is raised by hand in a commit")
    },
    Fault {
        edits: &[Edit::Raised { file: RUN, row: "start/wasmtime-jit", metric: "fuel_count", by: 1, what: Raise::ValueAndBest }],
        caught: refused(&["raised by hand since commit", "start/wasmtime-jit", "no accepted step is new"]),
        ..run("a count is raised by hand with its best")
    },
    Fault {
        edits: &[Edit::Policy { key: &["budget", "0", "max", "raw_bytes"], to: Change::Plus(1_000) }],
        caught: refused(&["allows more than commit", "the budget of", "became"]),
        ..size("a budget is raised without a reason")
    },
    Fault {
        edits: &[Edit::Policy { key: &["budget", "0", "max", "raw_bytes"], to: Change::Plus(1_000) }],
        stage: Stage::Committed,
        caught: refused(&["allows more than commit", "the budget of", "became"]),
        ..size("a budget is raised in a commit, without a reason")
    },
    Fault {
        edits: &[Edit::Policy { key: &["budget"], to: Change::Gone }],
        caught: refused(&["allows more than commit", "the budget of", "is gone"]),
        ..size("a budget is taken out")
    },
    Fault {
        edits: &[Edit::Policy { key: &["limit"], to: Change::Gone }],
        caught: refused(&["allows more than commit", "the limit of", "is gone"]),
        ..size("a limit is taken out")
    },
    Fault {
        edits: &[Edit::Policy { key: &["metric", "raw_bytes", "tolerance"], to: Change::Number(10_000) }],
        caught: refused(&["allows more than commit", "the tolerance of raw_bytes, 0, became 10000"]),
        ..size("a tolerance is widened without a reason")
    },
    Fault {
        edits: &[Edit::Gone("xtask/scenarios/help.toml")],
        caught: found(1, Wanted { kind: "row_gone", row: "help/wasmtime-jit", ..OF_START }),
        ..run("a scenario is deleted")
    },
    Fault {
        edits: &[Edit::Replaced {
            file: "xtask/scenarios/help.toml",
            from: "artifact = ",
            to: "not-applicable.wasmtime-jit = \"not today\"\nartifact = ",
        }],
        caught: found(1, Wanted { kind: "row_gone", row: "help/wasmtime-jit", ..OF_START }),
        ..run("a scenario is left out on an engine")
    },
];

/// A fault of what `size` looks at, of which nothing is said yet.
const fn size(name: &'static str) -> Fault {
    Fault { name, edits: &[], stage: Stage::WorkTree, tool: Tool::Usual, ask: Ask::Size, caught: refused(&[]) }
}

/// The same of what `run` looks at.
const fn run(name: &'static str) -> Fault {
    Fault { ask: Ask::Run, ..size(name) }
}

const fn lengthened(name: &'static str, bytes: u64) -> Fault {
    let finding = Wanted { kind: "worse", metric: "raw_bytes", delta: Some(bytes as i64), ..OF_AGENT };
    Fault {
        tool: Tool::OptimizerLengthens(bytes),
        caught: Caught::Finding { exit: 1, finding, beside: &["worse", "over_budget", "over_limit"] },
        ..size(name)
    }
}

/// One kind of findings and no other.
const fn found(exit: i32, finding: Wanted) -> Caught {
    Caught::Finding { exit, finding, beside: &[] }
}

const fn refused(words: &'static [&'static str]) -> Caught {
    Caught::Error { exit: 2, words }
}

const OF_AGENT: Wanted = Wanted { kind: "", row: AGENT, metric: "", delta: None, words: "" };
const OF_START: Wanted = Wanted { kind: "", row: "start/wasmtime-jit", metric: "", delta: None, words: "" };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_does_something_and_wants_something_said() {
        for fault in FAULTS {
            assert!(!fault.edits.is_empty() || !matches!(fault.tool, Tool::Usual), "{}", fault.name);
            match fault.caught {
                Caught::Finding { exit, finding, .. } => {
                    assert!(exit != 0 && !finding.kind.is_empty() && !finding.row.is_empty(), "{}", fault.name);
                }
                Caught::Error { exit, words } => assert!(exit != 0 && !words.is_empty(), "{}", fault.name),
            }
        }
    }
}
