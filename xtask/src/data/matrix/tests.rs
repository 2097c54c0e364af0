//! The policy's rules, each by a file that breaks it.

use super::*;

const POLICY: &str = r#"
schema = 1
optimizer = { binaryen = 132 }
allocator.talc = { features = ["talc"] }
limit = [{ variants = "agent/*", max = { raw_bytes = 300000 } }]
budget = [{ variants = "agent/*/talc", max = { raw_bytes = 100000 } }]

[[subject]]
package = "agent"
floor = "floor"
features = ["net"]

[[subject.matrix]]
targets = ["wasm32-wasip2", "wasm32-wasip1"]
profiles = ["release-wasm"]
allocators = ["default", "talc"]
"#;

fn error_of(from: &str, to: &str) -> String {
    assert!(POLICY.contains(from), "{from}");
    Policy::parse(&POLICY.replacen(from, to, 1)).unwrap_err()
}

#[test]
fn cells_are_the_product_then_each_floor_once() {
    let cells = Policy::parse(POLICY).unwrap().cells();
    let ids: Vec<String> = cells.iter().map(|cell| format!("{} [{}]", cell.variant, cell.features.join(","))).collect();
    assert_eq!(
        ids,
        [
            "agent/wasm32-wasip2/release-wasm/default [net]",
            "agent/wasm32-wasip2/release-wasm/talc [net,talc]",
            "agent/wasm32-wasip1/release-wasm/default [net]",
            "agent/wasm32-wasip1/release-wasm/talc [net,talc]",
            "floor/wasm32-wasip2/release-wasm/default []",
            "floor/wasm32-wasip2/release-wasm/talc [talc]",
            "floor/wasm32-wasip1/release-wasm/default []",
            "floor/wasm32-wasip1/release-wasm/talc [talc]",
        ]
    );
}

#[test]
fn without_a_floor_package_the_default_allocator_gets_the_built_in_one() {
    let policy = Policy::parse(&POLICY.replace("floor = \"floor\"\n", "")).unwrap();
    let floors: Vec<String> =
        policy.cells().iter().filter(|c| c.part == Part::BuiltInFloor).map(|c| c.variant.to_string()).collect();
    assert_eq!(floors, ["hello-world/wasm32-wasip2/release-wasm/default", "hello-world/wasm32-wasip1/release-wasm/default"]);
}

#[test]
fn broken_policies_are_refused_with_the_cure() {
    let cases = [
        ("schema = 1", "schema = 2", "reads schema 1"),
        ("schema = 1", "", "is missing"),
        ("floor = \"floor\"", "flor = \"floor\"", "unknown field `flor`"),
        ("\"default\", \"talc\"", "\"default\", \"tlac\"", "did you mean `talc`?"),
        ("\"default\", \"talc\"", "\"jemalloc\"", "known are talc, default"),
        ("\"default\", \"talc\"", "", "is empty"),
        ("\"default\", \"talc\"", "\"talc\", \"talc\"", "stands twice"),
        ("\"wasm32-wasip2\", ", "\"x86_64-unknown-linux-gnu\", ", "no wasm target"),
        ("\"agent\"", "\"../agent\"", "cannot be part of"),
        ("raw_bytes = 300000", "raw_byte = 300000", "raw_byte"),
        ("raw_bytes = 300000", "raw_bytes = 99999", "above its limit"),
        ("agent/*/talc", "agent/*/lol", "selects no variant"),
        ("raw_bytes = 300000", "raw_bytes = -1", "invalid value"),
        ("binaryen = 132", "binaryen = \"132\"", "invalid type"),
    ];
    for (from, to, want) in cases {
        let error = error_of(from, to);
        assert!(error.contains(want), "{to}: `{error}` should contain `{want}`");
    }
}

#[test]
fn a_policy_without_subjects_is_an_empty_matrix() {
    assert!(Policy::parse("schema = 1\nsubject = []").unwrap_err().contains("matrix is empty"));
}

#[test]
fn caps_take_the_tightest() {
    let policy = Policy::parse(POLICY).unwrap();
    let id = "agent/wasm32-wasip2/release-wasm/talc";
    assert_eq!(policy.budget(id, Metric::RawBytes), Some(100_000));
    assert_eq!(policy.limit(id, Metric::RawBytes), Some(300_000));
    assert_eq!(policy.budget(id, Metric::GzipBytes), None);
}

#[test]
fn edit_distances() {
    for (a, b, want) in [("talc", "talc", 0), ("tlac", "talc", 2), ("", "abc", 3), ("lol", "leak", 3), ("dlmaloc", "dlmalloc", 1)]
    {
        assert_eq!(edit_distance(a, b), want, "{a} {b}");
    }
}
