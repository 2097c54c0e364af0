//! Tests of what a policy may say of a decision.

use crate::data::policy::Policy;

const HEAD: &str = "schema = 1\n[[subject]]\npackage = \"app\"\nmatrix = [{ targets = [\"wasm32-wasip2\"], profiles = [\"p\"], allocators = [\"default\"] }]\n";
const ADR: &str = "[adr.a]\nslug = \"an-adr\"\ntitle = \"T\"\nquestion = \"Q?\"\ncurrent = \"x\"
[adr.a.option.x]\nsummary = \"X\"\n[adr.a.option.y]\nsummary = \"Y\"
[[adr.a.criterion]]\nname = \"c\"\nunit = \"bytes\"\nbaseline = \"run.json\"\nrows = \"*/{option}\"\nmetric = \"m\"\nweight = 2\n";

#[test]
fn a_decision_is_read() {
    let policy = Policy::parse(&format!("{HEAD}{ADR}")).unwrap();
    let adr = &policy.adr["a"];
    assert_eq!(adr.option.keys().collect::<Vec<_>>(), ["x", "y"]);
    assert_eq!((adr.criterion[0].weight, adr.criterion[0].spread_ppm), (2, 0));
}

#[test]
fn what_decides_nothing_is_refused_with_the_cure() {
    let second = ADR.replace("adr.a", "adr.b");
    let criterion = ADR.split_once("[[").unwrap().1;
    let cases = [
        (ADR.replace("an-adr", "../adr"), "slug `../adr` is part of a file's name"),
        (ADR.replace("an-adr", ""), "slug `` is part"),
        (ADR.replace("weight = 2", "weight = 0"), "criterion `c`: weight = 0"),
        (ADR.replace("weight = 2", "weight = 2000000"), "weight = 2000000"),
        (ADR.replace("weight = 2", "weight = 2\nspread-ppm = 1000000"), "spread-ppm"),
        (ADR.replace("{option}", "x"), "write {option}"),
        (ADR.replace("run.json", "../run.json"), "no file of the baselines' folder"),
        (ADR.replace("summary = \"Y\"", "summary = \"Y\"\nexcluded = \"never\""), "fewer than two options"),
        (ADR.replace("current = \"x\"", "current = \"z\""), "they are x, y"),
        (ADR.split_once("[[").unwrap().0.to_string(), "no criteria"),
        (format!("{ADR}[[{criterion}"), "stands twice"),
        (format!("{ADR}{second}"), "have one slug"),
        (ADR.replace("\"Y\"", "\"<!-- /measured -->\""), "a comment in it"),
        (ADR.replace("title = \"T\"", "title = \"T\\nU\""), "more than one line"),
        (ADR.replace("unit", "units"), "unknown field"),
    ];
    for (text, want) in cases {
        let error = Policy::parse(&format!("{HEAD}{text}")).unwrap_err();
        assert!(error.contains(want), "{error} should contain {want}");
    }
}
