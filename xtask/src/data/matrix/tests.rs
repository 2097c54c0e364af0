//! The policy's rules, each by a file that breaks it.

use super::*;
use crate::data::forbidden::patterns_for;

const POLICY: &str = r#"
schema = 1
optimizer = { binaryen = 132 }
allocator.talc = { features = ["talc"] }
limit = [{ variants = "agent/*", max = { raw_bytes = 300000 } }]
budget = [{ variants = "agent/*/talc", max = { raw_bytes = 100000 } }]
goal = [{ variants = "agent/*wasip2*", raw_bytes = 90000 }]

[[subject]]
package = "agent"
floor = "floor"
features = ["net"]
parts = ["net"]
parts-variant = "agent/wasm32-wasip1/release-wasm/talc"
forbidden-symbols = ["std::net::*", { symbols = ["ureq::*"], variants = "*wasip1*" }]

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
        ("\"ureq::*\"", "", "empty pattern or list"),
        ("\"std::net::*\", ", "\"\", ", "empty pattern or list"),
        ("variants = \"*wasip1*\"", "variants = \"floor/*\"", "select none of its variants"),
        ("variants = \"*wasip1*\"", "variant = \"*\"", "forbidden-symbols takes patterns, and tables"),
        ("parts-variant = \"agent/wasm32-wasip1", "parts-variant = \"floor/wasm32-wasip1", "none of its variants"),
        ("parts = [\"net\"]", "parts = [\"net\", \"net\"]", "twice"),
        ("features = [\"net\"]", "bin = \"a\"\nlib = true", "names both `bin` and `lib`"),
        ("optimizer =", "profile.tiny = {}\noptimizer =", "profile.tiny is in no matrix"),
        ("optimizer =", "profile.release-wasm = { toolchain = \"nightly\" }\noptimizer =", "changes by the day"),
        ("optimizer =", "profile.release-wasm = { build-std = [\"std\"] }\noptimizer =", "needs a nightly"),
        ("agent/*wasip2*", "floor/*", "selects no subject"),
        (", raw_bytes = 90000", "", "has no metric"),
        (", raw_bytes = 90000", ", raw_byte = 90000", "raw_byte"),
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
fn a_library_has_no_program_for_its_floor() {
    let text = POLICY.replace("floor = \"floor\"", "lib = true").replace("parts = [\"net\"]", "");
    assert!(Policy::parse(&text).unwrap().cells().iter().all(|cell| cell.part == Part::Subject { floor: None }));
}

#[test]
fn a_profile_of_the_policy_is_a_variant_of_its_own_and_its_floor_is_built_alike() {
    let profile = "profile.tiny = { cargo-profile = \"release-wasm\", rustflags = [\"-Cdebuginfo=0\"] }\noptimizer =";
    let text = POLICY.replace("optimizer =", profile).replace("[\"release-wasm\"]", "[\"release-wasm\", \"tiny\"]");
    let cells = Policy::parse(&text).unwrap().cells();
    let tiny: Vec<&Cell> = cells.iter().filter(|cell| cell.variant.profile == "tiny").collect();
    let packages: BTreeSet<&str> = tiny.iter().map(|cell| cell.subject.package.as_str()).collect();
    assert_eq!((tiny.len(), packages), (8, BTreeSet::from(["agent", "floor"])));
    assert!(tiny.iter().all(|cell| cell.cargo_profile() == "release-wasm" && cell.profile.rustflags == ["-Cdebuginfo=0"]));
    let usual = cells.iter().find(|cell| cell.variant.profile == "release-wasm").unwrap();
    assert_eq!((usual.cargo_profile(), usual.profile.rustflags.len()), ("release-wasm", 0));
}

#[test]
fn forbidden_symbols_hold_where_they_say_and_not_in_the_floor() {
    let cells = Policy::parse(POLICY).unwrap().cells();
    let of = |id: &str| {
        let cell = cells.iter().find(|cell| cell.variant.to_string() == id).unwrap();
        patterns_for(&cell.subject.forbidden_symbols, id)
    };
    assert_eq!(of("agent/wasm32-wasip2/release-wasm/talc"), ["std::net::*"]);
    assert_eq!(of("agent/wasm32-wasip1/release-wasm/talc"), ["std::net::*", "ureq::*"]);
    assert!(of("floor/wasm32-wasip2/release-wasm/talc").is_empty());
}

#[test]
fn edit_distances() {
    for (a, b, want) in [("talc", "talc", 0), ("tlac", "talc", 2), ("", "abc", 3), ("lol", "leak", 3), ("dlmaloc", "dlmalloc", 1)]
    {
        assert_eq!(edit_distance(a, b), want, "{a} {b}");
    }
}
