//! What a policy may say of profiles, and what it may not.

use super::*;

const TEXT: &str = r#"
schema = 1
[run]
scenarios = "scenarios"
[pgo.tool]
package = "tool"
train = ["start", { arguments = ["--all", "a b"], stdin = "in.json", stdin-repeat = 3 }]
held-out = [{ name = "other", script = "$PROGRAM x" }]
[[pgo.tool.control]]
arguments = ["--help"]
"#;

#[test]
fn a_whole_one_is_read() {
    let policy = Policy::parse(TEXT).unwrap();
    let tool = &policy.pgo["tool"];
    assert_eq!((tool.bin(), tool.artifact(), tool.train.len()), ("tool", "tool", 2));
    assert_eq!(tool.train.iter().map(Work::name).collect::<Vec<_>>(), ["start", "all-a-b"]);
    assert_eq!(tool.control[0].name(), "help");
    assert_eq!((tool.ship, tool.quick()), (None, vec![Build::Reference, Build::Pgo]));
    assert!(!tool.compared().contains(&Build::Shipped));
}

#[test]
fn what_is_released_has_settings_of_its_own() {
    let ship = "package = \"tool\"\nship = { lto = \"thin\", panic = \"abort\", unwind-tables = false, musl = true }";
    let policy = Policy::parse(&TEXT.replace("package = \"tool\"", ship)).unwrap();
    let tool = &policy.pgo["tool"];
    assert_eq!(tool.quick(), [Build::Reference, Build::Pgo, Build::Shipped]);
    let wanted = "opt-level 3, thin LTO, panic = abort, no unwind tables, static with musl, with a profile of its own";
    assert_eq!(tool.summary(Build::Shipped), wanted);
    let [own, writes] = [Build::Shipped, Build::ShippedInstrumented].map(|build| tool.settings(build));
    // A profile fits what was built with the same settings alone.
    assert_eq!((own.profile, Settings { profile: own.profile, ..writes }), (Profile::Own, own));
}

#[test]
fn what_does_not_fit_is_refused() {
    let cases = [
        ("held-out = [{ name = \"other\", script = \"$PROGRAM x\" }]", "held-out = []", "at least one workload each"),
        ("name = \"other\", script", "name = \"o/\", script", "`o/` is no name"),
        ("script = \"$PROGRAM x\" }", "script = \"x\", arguments = [\"y\"] }", "the script gives those itself"),
        ("script = \"$PROGRAM x\" }", "argument = [\"y\"] }", "unknown field `argument`"),
        ("script = \"$PROGRAM x\" }", "stdin-repeat = 2 }", "without `stdin`"),
        ("script = \"$PROGRAM x\" }", "files = { \"../a\" = \"b\" } }", "inside the folder"),
        ("held-out = [{", "held-out = [\"start\", {", "`start` is trained on too"),
        ("train = [\"start\",", "train = [\"start\", \"start\",", "stands there twice"),
        ("[run]\nscenarios = \"scenarios\"", "", "says where they are"),
        ("package = \"tool\"", "package = \"tool\"\nship = { unwind-tables = false }", "needs `panic = \"abort\"`"),
        ("package = \"tool\"", "package = \"tool\"\nship = { opt-level = \"4\" }", "unknown variant `4`"),
        ("[pgo.tool]", "[pgo.\"a b\"]", "a subject's name"),
        ("train = [\"start\",", "train = [7,", "the name of a scenario, or a table"),
    ];
    for (old, new, want) in cases {
        let text = TEXT.replacen(old, new, 1);
        let text = if new.starts_with("[pgo.\"") { text.replace("pgo.tool.control", "pgo.\"a b\".control") } else { text };
        assert_ne!(text, TEXT, "{old}");
        let error = Policy::parse(&text).unwrap_err();
        assert!(error.contains(want), "{error} should contain {want}");
    }
}

#[test]
fn the_policy_of_another_program_is_read() {
    let policy = Policy::parse(include_str!("../../../tests/data/pgo-other/policy.toml")).unwrap();
    let jaq = &policy.pgo["jaq"];
    assert_eq!((jaq.train.len(), jaq.held_out.len(), jaq.control.len()), (7, 6, 1));
}

#[test]
fn the_release_profile_of_the_workspace_is_that_of_what_is_released() {
    let manifest: toml::Table = include_str!("../../../../Cargo.toml").parse().unwrap();
    let profile = &manifest["profile"]["release-native"];
    let policy = Policy::parse(include_str!("../../../../baselines/policy.toml")).unwrap();
    let settings = policy.pgo["agent"].settings(Build::Shipped);
    let said = |key: &str| profile[key].as_str().map_or_else(|| profile[key].to_string(), ToString::to_string);
    assert_eq!([said("opt-level"), said("lto"), said("panic")], [settings.opt_level, settings.lto, settings.panic.unwrap()]);
    assert_eq!((said("inherits"), said("codegen-units")), ("release".into(), "1".into()));
}
