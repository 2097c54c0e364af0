//! What `cargo xtask size` shows and holds besides the numbers: forbidden symbols, goals, the cost of features, libraries.
#![cfg(unix)]

mod fake;

use fake::{Fake, POLICY, VARIANT, module};

const BASELINE: &str = "baselines/size.json";

/// A workspace whose subject has `keys` in the policy besides the usual ones.
fn with(keys: &str, tables: &str) -> Fake {
    let fake = Fake::new();
    fake.write("baselines/policy.toml", &(POLICY.replace("forbidden-imports", &format!("{keys}\nforbidden-imports")) + tables));
    fake
}

#[test]
fn a_forbidden_symbol_fails_and_cannot_be_accepted() {
    let fake = with("forbidden-symbols = [\"ureq::*\", \"app::w*\"]", "");
    for arguments in [&[][..], &["--check"], &["--accept", "why not"]] {
        let ran = fake.size(arguments).expect(
            1,
            &[
                "FAIL: 1 variant with a forbidden symbol",
                VARIANT,
                "ships 502 bytes of app::work",
                "by `app::w*`",
                "no flag passes",
            ],
        );
        assert!(!ran.stdout.contains("base/wasm32-wasip1/release/default: ships"), "the floor is not the subject");
    }
    assert_eq!(fake.read(BASELINE), "");
    let json = fake.size(&["--json"]).expect(1, &[]).stdout;
    let run: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(run["forbidden_symbols"][VARIANT]["hits"][0]["symbol"], "app::work");
    assert_eq!(run["verdict"]["findings"][0]["kind"], "forbidden_symbol");
    assert_eq!(run["verdict"]["findings"][0]["bytes"], 502);
}

#[test]
fn a_check_that_found_nothing_says_what_it_looked_at() {
    let said = "Forbidden symbols: none found (patterns: 2, twins: 1, names looked at, linked and shipped: 2).";
    with("forbidden-symbols = [\"ureq::*\", \"std::net::*\"]", "").size(&[]).expect(0, &[said]);
    // The pattern holds for other variants only, which the policy does not have.
    with("forbidden-symbols = [{ symbols = [\"app::*\"], variants = \"*wasip2*\" }]", "").size(&[]).expect(2, &["select none"]);
    let ran = Fake::new().size(&[]).expect(0, &[]);
    assert!(!ran.stdout.contains("Forbidden symbols"), "nothing is said of a check that the policy does not ask for");
}

#[test]
fn a_program_without_names_does_not_pass_as_one_without_forbidden_symbols() {
    let fake = with("forbidden-symbols = [\"app::*\"]", "");
    let mut stripped = module(500, "fd_write");
    let at = stripped.windows(4).position(|bytes| bytes == b"name").unwrap();
    stripped[at] = b'N';
    fake.links("app", &stripped);
    fake.size(&[]).expect(4, &["has no names"]);
}

#[test]
fn goals_are_shown_and_never_judged() {
    let goal = "[[goal]]\nvariants = \"app/*\"\nraw_bytes = 400\ngzip_bytes = 5_000\n";
    let ran = with("", goal).size(&["--json"]).expect(0, &[]);
    let run: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let standing = &run["goals"][0];
    assert_eq!(standing["best"], VARIANT);
    let raw = run["artifacts"][0]["raw_bytes"].as_i64().unwrap();
    assert_eq!(standing["metrics"]["raw_bytes"]["above"].as_i64().unwrap(), raw - 400);
    let gzip = standing["metrics"]["gzip_bytes"]["value"].as_i64().unwrap();
    let line = format!("Goal app/*: best is {VARIANT}: raw_bytes {raw}, {} above 400, gzip_bytes {gzip}, ", raw - 400);
    with("", goal).size(&[]).expect(0, &[&line, "below 5,000."]);
    with("", goal).size(&["--only", "base/*"]).expect(0, &["Goal app/*: none of 1 variants was measured."]);
}

/// A subject with three features that are on, of which `chat` enables `http`.
fn featured(keys: &str) -> Fake {
    let fake = with(keys, "");
    let manifest = fake.read("app/Cargo.toml")
        + "[features]\ndefault = [\"chat\", \"http\", \"json\"]\nchat = [\"http\"]\nhttp = []\njson = []\n";
    fake.write("app/Cargo.toml", &manifest);
    fake.links("app", &module(1000, "fd_write"));
    fake.links("app-http,json", &module(900, "fd_write"));
    fake.links("app-json", &module(400, "fd_write"));
    fake.links("app-chat,http", &module(1000, "fd_write"));
    fake.links("app-", &module(300, "fd_write"));
    fake
}

#[test]
fn each_feature_is_built_without_and_what_it_adds_is_shown() {
    let fake = featured("");
    let ran = fake.size(&["--features-cost"]).expect(0, &["nothing was judged or recorded", VARIANT, "the first of its matrix"]);
    let row = |name: &str| {
        let line =
            ran.stdout.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or_else(|| panic!("{}", ran.stdout));
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(row("chat").starts_with("chat 980 +100 "), "{}", ran.stdout);
    assert!(row("http").starts_with("http (apart from chat) 480 +500 "), "{}", ran.stdout);
    assert!(row("json").starts_with("json 1,080 0 ") && row("json").ends_with("costs nothing: is it wired?"), "{}", ran.stdout);
    assert!(row("all parts off").starts_with("all parts off 380 +700 "), "{}", ran.stdout);
    assert_eq!(fake.read(BASELINE), "", "it records nothing");
    assert!(!fake.path("baselines/imports").exists() && !fake.path("baselines/symbols").exists());
    let build = fake.log("cargo").iter().filter(|line| line.contains("--no-default-features")).count();
    assert_eq!(build, 4, "three features and none of them, through the same cargo");
}

#[test]
fn the_policy_names_the_parts_and_a_failure_is_a_row() {
    let fake = featured("parts = [\"json\"]");
    let json = fake.size(&["--features-cost", "--json"]).expect(0, &[]).stdout;
    let run: serde_json::Value = serde_json::from_str(&json).unwrap();
    let costs = &run["features_cost"][0];
    assert_eq!((costs["variant"].as_str(), costs["rows"].as_array().unwrap().len()), (Some(VARIANT), 2));
    assert_eq!(costs["rows"][0]["feature"], "json");
    assert_eq!(costs["rows"][0]["adds"]["raw_bytes"], 0);
    assert_eq!(costs["rows"][1]["difference"], "all_parts");
    assert_eq!(run["verdict"]["outcome"], "not_judged");
    std::fs::remove_file(fake.path("linked/app-chat,http.wasm")).unwrap();
    fake.size(&["--features-cost"])
        .expect(4, &["  json                failed", "  json: without it: `app` does not build", "needs another feature"]);
}

#[test]
fn an_extra_is_turned_on_and_compared_with_what_it_builds_on() {
    let fake = featured("extras = [\"graph\", \"flat\", \"voice\"]");
    let manifest = fake.read("app/Cargo.toml") + "flat = []\ngraph = [\"flat\"]\nvoice = []\n";
    fake.write("app/Cargo.toml", &manifest);
    fake.links("app+flat", &module(1200, "fd_write"));
    fake.links("app+graph", &module(1500, "fd_write"));
    let ran = fake.size(&["--features-cost"]).expect(0, &[]);
    let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for row in ["+ graph (over flat) 1,280 +300 ", "+ flat 1,080 +200 ", "+ voice 1,080 0 "] {
        assert!(said.contains(row), "{}", ran.stdout);
    }
    let broken = featured("extras = [\"flat\", \"graph\"]");
    broken.size(&["--features-cost"]).expect(2, &["the extra `flat` is none of the package's features"]);
    featured("extras = [\"json\"]").size(&["--features-cost"]).expect(2, &["the extra `json` is on", "among the parts"]);
    featured("extras = [\"a\", \"a\"]").size(&["--features-cost"]).expect(2, &["name `a` twice"]);
}

#[test]
fn the_cost_of_features_is_no_gate() {
    let fake = featured("");
    fake.size(&["--features-cost", "--check"]).expect(2, &["cannot be used with"]);
    fake.size(&["--features-cost", "--accept", "why"]).expect(2, &["cannot be used with"]);
    fake.size(&["--features-cost", "--only", "base/*"]).expect(2, &["no subject that --only selects"]);
    Fake::new().size(&["--features-cost"]).expect(2, &["no subject has a cargo feature that is on"]);
    featured("parts = [\"jsn\"]").size(&["--features-cost"]).expect(2, &["`jsn` is not on"]);
    assert!(fake.log("cargo").is_empty());
}

/// A package with a binary and a `cdylib`, of which the policy says `keys`.
fn library(keys: &str) -> Fake {
    let fake = with(keys, "");
    fake.write("app/Cargo.toml", &(fake.read("app/Cargo.toml") + "[lib]\ncrate-type = [\"cdylib\", \"rlib\"]\n"));
    fake.write("app/src/lib.rs", "");
    fake
}

#[test]
fn the_policy_says_which_file_of_a_package_is_meant() {
    library("").size(&[]).expect(2, &["`app` builds several wasm files (lib-app, app)", "by `bin`", "`lib = true`"]);
    let fake = library("bin = \"app\"");
    fake.size(&[]).expect(0, &[VARIANT]);
    assert!(fake.log("cargo").iter().any(|line| line.contains("--package app") && line.contains("--bin app")));
    assert!(!fake.path("baselines/exports").exists(), "a program exports its start");
    let fake = library("lib = true");
    fake.size(&[]).expect(0, &[VARIANT]);
    assert!(fake.log("cargo").iter().any(|line| line.contains("--package app") && line.contains("--lib")));
}

#[test]
fn the_exports_of_a_library_are_golden() {
    let fake = library("lib = true");
    fake.size(&[]).expect(0, &["first numbers"]);
    let list = "baselines/exports/binaryen-132/app/wasm32-wasip1.txt";
    assert_eq!(fake.read(list).lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>(), ["_start"]);
    let mut other = module(500, "fd_write");
    let at = other.windows(6).position(|bytes| bytes == b"_start").unwrap();
    other[at..at + 6].copy_from_slice(b"greet_");
    fake.links("app", &other);
    for arguments in [&["--check"][..], &[]] {
        fake.size(arguments).expect(1, &["exports greet_, which its golden list lacks", "does not export _start", "--accept"]);
    }
    fake.size(&["--accept", "renamed"]).expect(0, &["accepted"]);
    fake.size(&["--check"]).expect(0, &["PASS"]);
    std::fs::remove_file(fake.path(list)).unwrap();
    fake.size(&[]).expect(1, &["whose golden export list is gone", "git checkout"]);
}
