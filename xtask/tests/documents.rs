//! What the documents say that can be checked: links, the map, the exit codes, the JSON forms.

mod document;

use document::{blocks, documents, read, root};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};
use xtask::data::{
    alloc::AllocRun,
    baseline::Baselines,
    ci::{CiReport, Shard},
    comment::Comment,
    exit::Exit,
    grid::GridRun,
    pgo::PgoRun,
    rows::RowsBaseline,
    run::SizeRun,
};

#[test]
fn every_relative_link_leads_somewhere() {
    let mut count = 0;
    for path in documents() {
        let text = fs::read_to_string(&path).unwrap();
        for target in links(&text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let to = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(to.exists(), "{}: `{target}` leads to no file", path.display());
            if !anchor.is_empty() {
                let known = anchors(&fs::read_to_string(&to).unwrap());
                assert!(known.contains(anchor), "{}: `{target}` leads to no heading of {known:?}", path.display());
            }
            count += 1;
        }
    }
    assert!(count > 50, "only {count} links were looked at");
}

/// What stands in `](...)`, outside of code.
fn links(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        is_code ^= line.trim_start().starts_with("```");
        if !is_code {
            // Every second piece between backticks is code.
            for prose in line.split('`').step_by(2) {
                found.extend(prose.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0)));
            }
        }
    }
    found
}

/// The anchors of the headings, as the forge makes them: lower case, blanks as hyphens, without punctuation; a second one of a name has `-1`.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut is_code = false;
    for line in text.lines() {
        is_code ^= line.trim_start().starts_with("```");
        if is_code || !line.starts_with('#') {
            continue;
        }
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
        let again = (1..).map(|n| format!("{anchor}-{n}"));
        let free = [anchor.clone()].into_iter().chain(again).find(|name| !anchors.contains(name)).unwrap();
        anchors.insert(free);
    }
    anchors
}

#[test]
fn links_and_anchors_are_found_where_they_are() {
    assert_eq!(links("[a](b.md) `[c](d)` [`e`](f#g)\n```\n[h](i)\n```"), ["b.md", "f#g"]);
    let found = anchors("# One `two`: three\n## A\n```\n# no\n```\n## A\n");
    assert_eq!(found, ["one-two-three", "a", "a-1"].map(String::from).into());
}

#[test]
fn the_map_names_every_document() {
    let map = read("docs/README.md");
    for path in documents() {
        let Ok(name) = path.strip_prefix(root().join("docs")) else { continue };
        let name = name.to_string_lossy().replace('\\', "/");
        // The decisions have a line together.
        if name != "README.md" && !name.starts_with("adr/") {
            assert!(map.contains(&format!("]({name})")), "docs/README.md does not name {name}");
        }
    }
}

#[test]
fn the_exit_codes_are_those_of_the_tool() {
    let text = read("docs/reference/exit-codes.md");
    for exit in [Exit::Pass, Exit::Verdict, Exit::Usage, Exit::Tool, Exit::Invalid] {
        assert!(text.contains(&format!("\n| {} | `{exit:?}` |", exit as u8)), "{exit:?} is not in its row");
    }
    assert!(!text.contains("\n| 5 |"));
}

/// Each example of `schemas.md` is read by the type that the tool reads it with, and written back the same: no field is missing, doubled or made up.
#[test]
fn the_examples_of_the_schemas_are_what_the_tool_writes() {
    let text = read("docs/reference/schemas.md");
    let mut seen = BTreeSet::new();
    for block in blocks(&text).iter().filter(|block| block.language == "json") {
        let name =
            block.note.strip_prefix("example: ").unwrap_or_else(|| panic!("line {}: no `<!-- example: NAME -->`", block.line));
        let written = match name {
            "size" => again::<SizeRun>(&block.text),
            "run" => again::<GridRun>(&block.text),
            "alloc" => again::<AllocRun>(&block.text),
            "pgo" => again::<PgoRun>(&block.text),
            "size.json" => again::<Baselines>(&block.text),
            "rows" => again::<RowsBaseline>(&block.text),
            "report" => again::<CiReport>(&block.text),
            "shard" => again::<Shard>(&block.text),
            "comment" => again::<Comment>(&block.text),
            other => panic!("line {}: no form is called {other}", block.line),
        };
        let wanted: Value = serde_json::from_str(&block.text).unwrap();
        assert_eq!(written.unwrap_or_else(|error| panic!("{name}: {error}")), wanted, "{name}");
        seen.insert(name.to_string());
    }
    let all = ["alloc", "comment", "pgo", "report", "rows", "run", "shard", "size", "size.json"];
    assert_eq!(seen, all.map(String::from).into(), "every form has its example");
}

#[test]
fn every_field_of_the_examples_is_explained() {
    let all = ["schemas", "comment", "policy"].map(|name| read(&format!("docs/reference/{name}.md")));
    let prose: String = all.iter().flat_map(|text| text.split("```").step_by(2)).collect();
    let words: BTreeSet<&str> = prose.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
    let mut fields = BTreeSet::new();
    for block in blocks(&all[0]).iter().filter(|block| block.language == "json") {
        fields_of(&serde_json::from_str(&block.text).unwrap(), &mut fields);
    }
    assert!(fields.len() > 100, "{fields:?}");
    let unexplained: Vec<&String> = fields.iter().filter(|field| !words.contains(field.as_str())).collect();
    assert!(unexplained.is_empty(), "{unexplained:?} are in an example and not in the text");
}

/// The keys that are fields: not variants, rows, tools with blanks, engines.
fn fields_of(value: &Value, fields: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                if name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
                    fields.insert(name.clone());
                }
                fields_of(inner, fields);
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| fields_of(inner, fields)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn again<T: Serialize + DeserializeOwned>(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_str::<T>(text)?)
}

#[test]
fn the_benchmarks_are_those_of_the_baselines() {
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["report", "bench", "--check"])
        .env_remove("XTASK_POLICY")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}");
}
