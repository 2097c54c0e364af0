//! A page with something of everything: each gate, what passes, fails and is not applicable, both builds of a file, and a past.

// Each test binary uses its own part of this.
#![allow(dead_code)]

use runner_protocol::Engine;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use xtask::{
    analysis::{
        code_map::{Build, CodeMap},
        symbols::{SymbolSize, SymbolTable},
        trend::{Point, Series, Trend},
    },
    data::{
        baseline::Baselines,
        ci::{CI_SCHEMA, CiReport, GateRun, GateState},
        comment::GateName,
        pgo::health::Health,
        policy::Policy,
        verdict::Outcome,
    },
    report::html::{Page, render},
};

/// The subject's one variant.
pub const VARIANT: &str = "app/wasm32-wasip1/release/default";

const POLICY: &str = r#"
schema = 1
allocator.leak = { note = "never frees" }
budget = [{ variants = "app/*", max = { raw_bytes = 2000 } }]
[[subject]]
package = "app"
floor = "base"
matrix = [{ targets = ["wasm32-wasip1"], profiles = ["release"], allocators = ["default", "leak"] }]
"#;

/// Where words of the page come from: what they would be, and what they are.
pub type Words<'a> = &'a mut dyn FnMut(&str) -> String;

/// The page with plain words.
pub fn plain() -> String {
    page(&mut |word| word.to_string())
}

/// The page with the words that `word` gives for those of the fixture: for all that comes from outside and is not held to a form.
pub fn page(word: Words) -> String {
    let gates = BTreeMap::from([
        (GateName::Size, ended(1, GateRun::Size(of(size(word))))),
        (GateName::Run, ended(1, GateRun::Run(of(grid(word))))),
        (GateName::Alloc, ended(0, GateRun::Alloc(of(alloc(word))))),
        (GateName::Pgo, ended(0, GateRun::Pgo(of(pgo(word))))),
    ]);
    let report = CiReport { schema: CI_SCHEMA, outcome: Outcome::Fail, exit_code: 1, gates };
    let policy = Policy::parse(POLICY).unwrap();
    let baselines = baselines();
    let (maps, trend) = ([map(word)], trend(word));
    let baseline = baselines.optimizers.get("binaryen-132");
    render(&Page { report: &report, policy: &policy, baseline, maps: &maps, trend: Some(&trend) })
}

/// A page on which nothing ended.
pub fn without_runs(word: Words) -> String {
    let gates = BTreeMap::from([
        (GateName::Size, GateState::LeftOut { reason: word("no saved run") }),
        (GateName::Run, GateState::Broke { exit_code: 3, error: word("no engine") }),
    ]);
    let report = CiReport { schema: CI_SCHEMA, outcome: Outcome::Fail, exit_code: 3, gates };
    render(&Page { report: &report, policy: &Policy::parse(POLICY).unwrap(), baseline: None, maps: &[], trend: None })
}

/// As much as a repository comes to: 120 scenarios on all engines, 200 commits, and these symbols before and, all of them a little larger, after.
pub fn large(tables: &[SymbolTable]) -> String {
    let cells: serde_json::Map<String, Value> =
        Engine::ALL.iter().map(|engine| (engine.to_string(), json!({ "state": "pass" }))).collect();
    let rows: Vec<Value> =
        (0..120).map(|index| json!({ "scenario": format!("faults.number-{index}"), "cells": cells })).collect();
    let mut run = grid(&mut |word| word.to_string());
    run["rows"] = json!(rows);
    let size = GateState::LeftOut { reason: "not measured".into() };
    let gates = BTreeMap::from([(GateName::Size, size), (GateName::Run, ended(1, GateRun::Run(of(run))))]);
    let report = CiReport { schema: CI_SCHEMA, outcome: Outcome::Fail, exit_code: 1, gates };
    let maps = tables.iter().map(|table| {
        let total: u64 = table.values().map(|size| size.bytes).sum();
        let grown = table
            .iter()
            .map(|(name, size)| (name.clone(), SymbolSize { bytes: size.bytes + 1 + size.bytes / 9, ..*size }))
            .collect();
        CodeMap {
            variant: VARIANT.parse().unwrap(),
            before: Some(Build { file_bytes: total + 9_000, symbols: table.clone() }),
            after: Some(Build { file_bytes: total * 2, symbols: grown }),
            notes: Vec::new(),
            sections: Vec::new(),
        }
    });
    let point = |index: u64| Point {
        short: "0123456".into(),
        date: "2026-11-21".into(),
        subject: "A change that has a subject of about seventy letters, as many have".into(),
        values: vec![Some(100_000 + index * 37 % 9_000); 5],
    };
    let series = Series { of: VARIANT.into(), metric: "raw_bytes".into() };
    let trend = Trend { series: vec![series; 5], points: (0..200).map(point).collect(), ..Trend::default() };
    let maps: Vec<CodeMap> = maps.collect();
    render(&Page { report: &report, policy: &Policy::parse(POLICY).unwrap(), baseline: None, maps: &maps, trend: Some(&trend) })
}

fn ended(exit_code: u8, run: GateRun) -> GateState {
    GateState::Ended { exit_code, run: Box::new(run) }
}

fn of<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn toolchain() -> Value {
    json!({ "rustc": "rustc 1", "optimizer": "Binaryen 132", "encoder": "e", "gzip": "g", "brotli": "b", "dirty": false, "host": "h", "optimizer_origin": "npm" })
}

fn baselines() -> Baselines {
    let entry = |value: u64| json!({ "value": value, "best": 1 });
    let variants = json!({ VARIANT: { "raw_bytes": entry(1_000), "gzip_bytes": entry(500), "brotli_bytes": entry(400) } });
    let text =
        json!({ "schema": 1, "optimizers": { "binaryen-132": { "provenance": toolchain(), "variants": variants } } }).to_string();
    Baselines::parse(&text).unwrap()
}

fn size(word: Words) -> Value {
    let leak = "app/wasm32-wasip1/release/leak";
    let mut provenance = toolchain();
    provenance["rustc"] = json!(word("rustc 1.95"));
    provenance["commit"] = json!(word("c0ffee"));
    json!({
        "schema": 1, "command": "size", "provenance": provenance,
        "artifacts": [{ "variant": VARIANT, "path": "p/app.wasm", "sha256": word("abc"), "raw_bytes": 1_100 }],
        "measurements": [
            { "variant": VARIANT, "metric": "raw_bytes", "value": 1_100 },
            { "variant": VARIANT, "metric": "gzip_bytes", "value": 500 },
            { "variant": VARIANT, "metric": "brotli_bytes", "value": 400 },
        ],
        "imports": {}, "failures": { leak: word("does not build") }, "floors": {},
        "goals": [{ "variants": word("app/*"), "selected_count": 1, "measured_count": 1, "best": VARIANT,
            "metrics": { "raw_bytes": { "goal": 900, "value": 1_100, "above": 200 } } }],
        "verdict": { "outcome": "fail", "recorded": "nothing", "not_selected_count": 0, "findings": [
            { "variant": VARIANT, "kind": "worse", "metric": "raw_bytes", "old": 1_000, "new": 1_100 },
            { "variant": VARIANT, "kind": "import_added", "import": word("wasi:sockets/tcp") },
            { "variant": leak, "kind": "failed", "reason": word("does not build") },
        ] },
    })
}

fn provenance(word: Words) -> Value {
    json!({ "tools": { word("wasmtime"): word("48.0.8") }, "commit": word("c0ffee"), "dirty": true, "host": word("x86_64-linux") })
}

fn grid(word: Words) -> Value {
    let fail = json!({ "state": "fail", "reasons": [{ "said": word("it said something else"), "detail": format!("- {}\n+ {}", word("a"), word("b")) }] });
    let absent = json!({ "state": "not_applicable", "reason": word("no instances") });
    let pass = json!({ "state": "pass" });
    let (message, hello) = (word("message"), word("hello"));
    json!({
        "schema": 1, "command": "run", "provenance": provenance(word),
        "artifacts": [{ "variant": word("fixture"), "path": word("p"), "sha256": word("abc"), "raw_bytes": 1 }],
        "rows": [
            { "scenario": message, "cells": { "native": pass, "wasmtime-jit": fail } },
            { "scenario": hello, "cells": { "native": absent, "wasmtime-jit": pass } },
        ],
        "measurements": [{ "row": format!("{message}/wasmtime-jit"), "metric": "fuel_count", "value": 7_000 }],
        "timings": [{ "engine": "wasmtime-jit", "phase": "start", "agent_median_ns": 61_000_000, "floor_median_ns": 20_000_000,
            "ratio": { "low_ppm": 2_900_000, "median_ppm": 3_000_000, "high_ppm": 3_100_000, "pair_count": 9 }, "sample_count": 9 }],
        "verdict": { "outcome": "fail", "recorded": "nothing", "not_selected_count": 0, "findings": [
            { "row": word("message/native"), "kind": "failed", "reason": word("it said something else") },
        ] },
    })
}

fn alloc(word: Words) -> Value {
    let (name, workload) = (word("talc"), word("day"));
    let counts = json!({ "op_count": 1_000, "failed_count": 0, "peak_live_bytes": 9, "live_bytes": 1, "memory_bytes": 131_072,
        "base_bytes": 65_536, "limit_bytes": 1_000_000, "left_bytes": 5, "fuel_count": 150 });
    json!({
        "schema": 1, "command": "alloc", "provenance": provenance(word), "artifacts": [],
        "allocators": [{ "name": name, "note": word("small"), "is_one_shot": false, "subject": { "raw_bytes": 9, "code_bytes": 5 },
            "certificates": { "wasmtime-jit": { "passed": [word("grows")], "refused": { "check": word("aligns"), "reason": word("it did not") } } } }],
        "controls": [{ "name": word("control-empty"), "wanted": "grows", "wanted_reason": "null", "certificate": { "passed": [] } }],
        "workloads": [{ "name": workload, "about": word("hours"), "op_count": 1_000, "peak_live_bytes": 9, "sha256": "00" }],
        "replays": [{ "workload": workload, "allocator": name, "engine": "wasmtime-jit", "counts": counts }],
        "measurements": [], "timings": [], "budget": {},
        "verdict": { "outcome": "not_judged", "recorded": "nothing", "not_selected_count": 0, "findings": [] },
    })
}

fn pgo(word: Words) -> Value {
    let figures = |count: u64| {
        json!({ "measured": { "held_out_instruction_count": count, "raw_bytes": 9_000, "gzip_bytes": 5_000, "brotli_bytes": 4_000,
        "section_bytes": { ".text": 10 }, "build_ns": 1, "built_from_nothing": true } })
    };
    let build = |build: &str, summary: String, state: Value| json!({ "build": build, "summary": summary, "state": state });
    json!({
        "schema": 1, "command": "pgo", "provenance": provenance(word), "artifacts": [], "measurements": [],
        "subjects": [{
            "subject": word("app"), "counter": "callgrind", "noise_ppm": 10, "itself": {}, "health": Health::default(), "shipped_health": null,
            "builds": [
                build("reference", word("as it is"), figures(1_000_000)),
                build("pgo", word("with the profile"), figures(900_000)),
                build("opt-z", word("small"), figures(1_900_000)),
                build("pgo-bolt", word("laid out anew"), json!({ "not_applicable": { "reason": word("no llvm-bolt") } })),
                build("opt-s", word("small"), json!({ "failed": { "reason": word("does not build") } })),
            ],
            "functions": [], "regressions": {}, "wasm": word("no profiles there"), "notes": [word("one flag was left out")],
        }],
        "verdict": { "outcome": "pass", "recorded": "nothing", "not_selected_count": 0, "findings": [] },
    })
}

fn map(word: Words) -> CodeMap {
    let mut table = |sizes: [u64; 5]| {
        let symbols = ["run", "setup", "<T as core::fmt::Debug>::fmt", "url::parse", "gone"];
        let mut table = SymbolTable::new();
        for (symbol, bytes) in symbols.into_iter().zip(sizes).filter(|(_, bytes)| *bytes > 0) {
            table.insert(format!("app::{}", word(symbol)), SymbolSize { bytes, count: 1 });
        }
        table.insert("data .rodata".into(), SymbolSize { bytes: 100, count: 1 });
        table.insert("framing".into(), SymbolSize { bytes: 20, count: 9 });
        table
    };
    let before = Build { file_bytes: 1_000, symbols: table([400, 200, 100, 50, 60]) };
    // Words that are asked for twice are the same, so the same symbols meet.
    let after = Build { file_bytes: 1_100, symbols: table([500, 150, 100, 150, 0]) };
    CodeMap {
        variant: VARIANT.parse().unwrap(),
        before: Some(before),
        after: Some(after),
        notes: vec![word("a note")],
        sections: vec![(word("main/code"), 900), (word("main/data"), 100)],
    }
}

fn trend(word: Words) -> Trend {
    let mut point = |short: &str, value: Option<u64>| Point {
        short: word(short),
        date: "2026-11-21".into(),
        subject: word("one change"),
        values: vec![value],
    };
    Trend {
        points: vec![point("aaaaaaa", Some(1_000)), point("bbbbbbb", None), point("ccccccc", Some(1_100))],
        series: vec![Series { of: VARIANT.into(), metric: "raw_bytes".into() }],
        is_shallow: true,
        is_cut: true,
        unreadable_count: 2,
    }
}
