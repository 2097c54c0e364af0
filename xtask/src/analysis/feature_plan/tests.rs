//! Plans for small feature tables.

use super::*;

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

/// `table` is lines of `feature: enabled enabled`.
fn planned(table: &str, on: &[&str], kept: &[&str], parts: &[&str]) -> Result<Vec<String>, String> {
    let line = |line: &str| {
        let (name, enabled) = line.split_once(':').unwrap();
        (name.trim().to_string(), enabled.split_whitespace().map(String::from).collect())
    };
    let table: FeatureTable = table.lines().filter(|text| !text.trim().is_empty()).map(line).collect();
    let (on, kept, parts) = (strings(on), strings(kept), strings(parts));
    let plan = plan(&Asked { table: &table, on: &on, kept: &kept, parts: &parts }, &[])?;
    Ok(plan.iter().map(said).collect())
}

fn said(comparison: &Comparison) -> String {
    let part = match &comparison.difference {
        Difference::Part { feature, apart_from } if apart_from.is_empty() => feature.clone(),
        Difference::Part { feature, apart_from } => format!("{feature} (apart from {})", apart_from.join(", ")),
        Difference::AllParts => "all".into(),
        Difference::Extra { .. } => panic!("it takes nothing away"),
    };
    let features = |build: &Build| match build {
        Build::Whole => "whole".to_string(),
        Build::Only(features) => features.join(" "),
        Build::And(_) => panic!("it adds something"),
    };
    match &comparison.builds {
        Builds::Two { with, without } if *with == Build::Whole => format!("{part}: {}", features(without)),
        Builds::Two { with, without } => format!("{part}: {} of {}", features(without), features(with)),
        Builds::Held { by } => format!("{part}: held by {by}"),
    }
}

#[test]
fn each_part_is_left_out_alone_and_the_allocator_stays() {
    let table = "default: http tools\nhttp: dep:ureq\ntools:\ntalc: alloc/talc\nunused:";
    assert_eq!(planned(table, &["default"], &["talc"], &[]).unwrap(), ["http: talc tools", "tools: http talc", "all: talc"]);
    // The same by name: only what is asked for, and the rest of `default` stays.
    assert_eq!(planned(table, &["default"], &["talc"], &["tools"]).unwrap(), ["tools: http talc", "all: http talc"]);
}

#[test]
fn what_enables_a_part_is_in_neither_build_and_is_named() {
    let table = "default: chat json\nchat: http\nhttp: dep:x\njson:\nfull: chat json";
    assert_eq!(
        planned(table, &["default", "full"], &[], &["http", "json"]).unwrap(),
        ["http (apart from chat, full): json of http json", "json (apart from full): chat http of chat http json", "all: "],
        "without http there is neither chat nor full, and what full enabled besides stays"
    );
}

#[test]
fn parts_that_enable_each_other_are_one() {
    let table = "default: a b c\na: b\nb: a\nc: b";
    assert_eq!(
        planned(table, &["default"], &[], &["a", "b", "c"]).unwrap(),
        ["a (apart from c):  of a b", "b (apart from c):  of a b", "c: a b", "all: "]
    );
}

#[test]
fn a_part_that_the_allocator_enables_cannot_be_left_out() {
    let table = "default: heap json\nheap:\njson:\ntalc: heap";
    assert_eq!(
        planned(table, &["default"], &["talc"], &[]).unwrap(),
        ["heap (apart from talc): held by talc", "json: heap talc", "all: heap talc"]
    );
}

#[test]
fn features_of_dependencies_stay_on() {
    let table = "default: json net/fast\njson:\nnet: dep:net\nextra:";
    assert_eq!(
        planned(table, &["default", "extra", "alloc/talc"], &[], &["json", "extra"]).unwrap(),
        ["json: extra net net/fast alloc/talc", "extra: json net net/fast alloc/talc", "all: net net/fast alloc/talc"],
        "`net/fast` turns on the optional dependency net"
    );
}

#[test]
fn without_features_there_is_nothing_to_plan() {
    assert_eq!(planned("default:\ntalc:", &["default"], &["talc"], &[]).unwrap(), Vec::<String>::new());
}

#[test]
fn what_cannot_be_costed_is_told() {
    let error = planned("default: a\na:\nb:", &["default"], &[], &["b"]).unwrap_err();
    assert!(error.contains("`b` is not on"), "{error}");
    let error = planned("default: a dep:x\na:", &["default"], &[], &[]).unwrap_err();
    assert!(error.contains("`dep:x`, which no command line can"), "{error}");
}
