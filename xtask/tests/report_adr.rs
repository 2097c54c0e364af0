//! `cargo xtask report adr`, whole: a policy and hand-written baselines in, a record and its picture out.
#![cfg(unix)]

mod fake;

use fake::{Fake, POLICY, Ran};

const ADR: &str = r#"
[adr.heap]
slug = "which-heap"
title = "Which heap"
question = "Which heap does the program ship?"
current = "lol"
[adr.heap.option.talc]
summary = "Small and quick."
[adr.heap.option.lol]
summary = "Smaller and slow."
[adr.heap.option.leak]
summary = "Never frees."
excluded = "for one-shot use only"
[[adr.heap.criterion]]
name = "bytes"
unit = "bytes"
baseline = "size.json"
rows = "app/wasm32-wasip1/release/{option}"
metric = "raw_bytes"
weight = 400
[[adr.heap.criterion]]
name = "work"
unit = "instructions"
baseline = "heap.json"
rows = "*/{option}"
metric = "fuel_count"
weight = 600
[[adr.heap.criterion]]
name = "memory"
unit = "bytes"
baseline = "heap.json"
rows = "*/{option}"
metric = "peak_bytes"
weight = 1
spread-ppm = 2000
"#;

const RECORD: &str = "docs/adr/0004-which-heap.md";
const PICTURE: &str = "docs/adr/0004-which-heap.svg";

/// A baseline of rows, each with its fuel and its peak.
fn rows(rows: &[(&str, u64, u64)]) -> String {
    let entry = |value: u64| format!("{{\"value\": {value}, \"best\": {value}}}");
    let row = |(row, fuel, peak): &(&str, u64, u64)| {
        format!("\"{row}\": {{\"fuel_count\": {}, \"peak_bytes\": {}}}", entry(*fuel), entry(*peak))
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    written(&format!("{{\"schema\": 1, \"provenance\": {{\"wasmtime\": \"48.0.8\"}}, \"rows\": {{{}}}}}", rows.join(", ")))
}

/// The same numbers in the form that the tool writes, which is the only one that it takes.
fn written(text: &str) -> String {
    xtask::data::baseline_file::BaselineFile::parse(text.as_bytes()).unwrap().render()
}

const ROWS: [(&str, u64, u64); 6] = [
    ("json/talc", 1_000, 65_536),
    ("json/lol", 1_300, 65_536),
    ("json/leak", 700, 650_000),
    ("sort/talc", 2_000, 131_072),
    ("sort/lol", 2_100, 131_072),
    ("sort/leak", 1_500, 900_000),
];

fn fake() -> Fake {
    let fake = Fake::new();
    let variant = |name: &str, value: u64| {
        format!("\"app/wasm32-wasip1/release/{name}\": {{\"raw_bytes\": {{\"value\": {value}, \"best\": {value}}}}}")
    };
    let variants = [variant("talc", 31_500), variant("lol", 27_000), variant("leak", 26_000)].join(", ");
    let provenance = "\"rustc\": \"rustc 1\", \"optimizer\": \"Binaryen 132\", \"encoder\": \"e\", \"gzip\": \"g\", \"brotli\": \"b\", \"commit\": \"c0ffee\", \"dirty\": false, \"host\": \"h\", \"optimizer_origin\": \"npm\"";
    let sizes = format!(
        "{{\"schema\": 1, \"optimizers\": {{\"binaryen-132\": {{\"provenance\": {{{provenance}}}, \"variants\": {{{variants}}}}}}}}}"
    );
    fake.write("baselines/size.json", &written(&sizes));
    fake.write("baselines/heap.json", &rows(&ROWS));
    fake.write("baselines/policy.toml", &format!("{POLICY}{ADR}"));
    fake.write("docs/adr/0003-another.md", "# 3. Another\n");
    fake
}

fn report(fake: &Fake, arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["report", "adr"].iter().chain(arguments).copied().collect();
    Ran::from(fake.command(&all).output().unwrap())
}

/// The outcome with these weights for bytes and work, and none to speak of for memory.
fn winner(fake: &Fake, bytes: u64, work: u64) -> serde_json::Value {
    let adr = ADR.replace("weight = 400", &format!("weight = {bytes}")).replace("weight = 600", &format!("weight = {work}"));
    let adr = adr.rsplit_once("[[adr.heap.criterion]]").unwrap().0;
    fake.write("baselines/policy.toml", &format!("{POLICY}{adr}"));
    let json: serde_json::Value = serde_json::from_str(&report(fake, &["heap", "--json"]).expect(0, &[]).stdout).unwrap();
    json
}

#[test]
fn a_record_is_written_once_and_then_stays() {
    let fake = fake();
    let ran = report(&fake, &["heap"])
        .expect(0, &["talc wins with", "next is lol", "What is shipped now differs: lol", "Wrote docs/adr/0004-which-heap.md"]);
    assert!(ran.stdout.contains("random weightings"), "{}", ran.stdout);
    let (text, picture) = (fake.read(RECORD), fake.read(PICTURE));
    for words in [
        "# 4. Which heap",
        "Which heap does the program ship?",
        "| `sort` | 1,500 | 2,100 | 2,000 |",
        "![Which heap](0004-which-heap.svg)",
        "48.0.8",
        "Binaryen 132",
        "for one-shot use only",
    ] {
        assert!(text.contains(words), "no {words} in {text}");
    }
    assert!(!text.contains("c0ffee") && picture.starts_with("<svg"));
    report(&fake, &["heap"]).expect(0, &["Unchanged: docs/adr/0004-which-heap.md"]);
    report(&fake, &["heap", "--check"]).expect(0, &["current"]);
    assert_eq!((fake.read(RECORD), fake.read(PICTURE)), (text, picture));
    insta::assert_snapshot!(ran.stdout, @r"
    talc wins with 0.942913; next is lol with 0.916566.
    What is shipped now differs: lol.
    It wins 49.5 % of 10,000 random weightings.
      bytes (40.0 %): another wins up from 49.4 %: lol
      work (59.9 %): another wins down from 50.5 %: lol
      memory (0.1 %): another wins up from 100.0 %: lol
    Wrote docs/adr/0004-which-heap.md
    Wrote docs/adr/0004-which-heap.svg
    ");
}

#[test]
fn what_a_person_writes_stays_and_what_is_old_is_found() {
    let fake = fake();
    report(&fake, &["heap", "--check"]).expect(1, &["is not current: run cargo xtask report adr heap"]);
    assert_eq!(fake.read(RECORD), "", "a check writes nothing");
    report(&fake, &["heap"]).expect(0, &[]);
    let own = fake.read(RECORD).replace("Status: proposed", "Status: accepted, by *us*  ");
    fake.write(RECORD, &own);
    report(&fake, &["heap", "--check"]).expect(0, &[]);
    let mut changed = ROWS;
    changed[1].1 = 1_900;
    fake.write("baselines/heap.json", &rows(&changed));
    report(&fake, &["heap", "--check"]).expect(1, &["0004-which-heap.md is not current", "0004-which-heap.svg is not current"]);
    report(&fake, &["heap"]).expect(0, &["Wrote"]);
    assert!(fake.read(RECORD).contains("Status: accepted, by *us*  \n") && fake.read(RECORD).contains("1,900"));
    let broken = own.replacen("<!-- /measured -->", "", 1);
    fake.write(RECORD, &broken);
    report(&fake, &["heap"]).expect(2, &["docs/adr/0004-which-heap.md, line", "opens while `question`"]);
    assert_eq!(fake.read(RECORD), broken);
}

#[test]
fn a_weight_past_the_flip_point_changes_the_outcome_and_one_short_of_it_does_not() {
    let fake = fake();
    let decision = winner(&fake, 400, 600);
    assert_eq!(decision["winner"], "talc");
    let flip = decision["flips"][0]["above"]["share_permille"].as_u64().unwrap();
    assert_eq!(decision["flips"][0]["above"]["winner"], "lol");
    assert_eq!(winner(&fake, flip, 1_000 - flip)["winner"], "lol");
    assert_eq!(winner(&fake, flip - 1, 1_001 - flip)["winner"], "talc");
}

#[test]
fn what_is_missing_is_named() {
    let fake = fake();
    report(&fake, &["hep"]).expect(2, &["no [adr.hep]: it has heap"]);
    fake.write("baselines/heap.json", &rows(&ROWS[..4]));
    report(&fake, &["heap"]).expect(2, &["criterion `work`", "heap.json has no row `sort/lol`", "measure it"]);
    let without_leak: Vec<_> = ROWS.into_iter().filter(|row| row.0 != "sort/leak").collect();
    fake.write("baselines/heap.json", &rows(&without_leak));
    report(&fake, &["heap"]).expect(0, &["talc wins"]);
    assert!(fake.read(RECORD).contains("| `sort` | - | 2,100 | 2,000 |"), "an excluded option may lack a case");
    fake.write("baselines/policy.toml", &format!("{POLICY}{}", ADR.replace("\"fuel_count\"", "\"fuel\"")));
    report(&fake, &["heap"]).expect(2, &["has no metric `fuel`: it has fuel_count, peak_bytes"]);
    fake.write("baselines/policy.toml", &format!("{POLICY}{}", ADR.replace("heap.json", "none.json")));
    report(&fake, &["heap"]).expect(2, &["there is no ", "none.json"]);
    fake.write("baselines/policy.toml", &format!("{POLICY}{}", ADR.replace("weight = 600", "weight = 0")));
    report(&fake, &["heap"]).expect(2, &["[adr.heap]: criterion `work`: weight = 0"]);
}
