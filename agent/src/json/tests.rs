//! serde_json is the judge: what it takes and what it reads, this takes and reads.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// The same value as serde_json has it, through this reader. Numbers stay as they are written.
fn tree(json: Json<'_>) -> Value {
    if json.is_object() {
        return Value::Object(json.members().map(|(key, value)| (key.text().expect("a name"), tree(value))).collect());
    }
    if json.is_array() {
        return Value::Array(json.items().map(tree).collect());
    }
    match (json.text(), json.truth()) {
        (Some(text), _) => Value::String(text),
        (None, Some(truth)) => Value::Bool(truth),
        (None, None) if json.is_null() => Value::Null,
        // Of a size that serde_json has no number for.
        _ => serde_json::from_str(json.raw()).unwrap_or(Value::Null),
    }
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        ".*".prop_map(Value::String),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::btree_map(".*", inner, 0..6).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn reads_what_serde_json_writes(value in values(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.expect("writes");
        prop_assert_eq!(tree(parse(&text).expect("JSON")), value);
    }

    #[test]
    fn takes_what_serde_json_takes(text in r#"[\[\]{}:,"\\a-fnrtul0-9eE+. -]{0,24}"#) {
        // Two known differences: serde_json refuses numbers too large for f64 and half surrogates.
        let theirs = serde_json::from_str::<Value>(&text);
        let lenient = theirs.as_ref().is_err_and(|error| {
            let error = error.to_string();
            error.contains("out of range") || error.contains("surrogate") || error.contains("hex escape")
        });
        prop_assert_eq!(parse(&text).is_ok(), theirs.is_ok() || (lenient && parse(&text).is_ok()), "{:?}", text);
    }

    #[test]
    fn one_changed_byte_never_panics(value in values(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = serde_json::to_vec(&value).expect("writes");
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(text) = core::str::from_utf8(&bytes) && let Ok(json) = parse(text) {
            tree(json);
        }
    }

    #[test]
    fn serde_json_reads_what_is_quoted(text in "\\PC*|[\\x00-\\x7f]*") {
        let mut out = String::new();
        quote(&mut out, &text);
        prop_assert_eq!(serde_json::from_str::<String>(&out).expect("a string"), text);
    }

    #[test]
    fn numbers_read_back(value in any::<u64>()) {
        let mut out = String::new();
        number(&mut out, value);
        prop_assert_eq!(decimal(&out), Some(value));
        prop_assert_eq!(out, value.to_string());
    }
}

#[test]
fn wrong_texts_are_named_with_their_place() {
    for (text, at, wanted) in [
        ("", 0, "a value"),
        ("nul", 0, "a value"),
        ("[1", 2, "a comma or the closing bracket"),
        ("[1,]", 3, "a value"),
        ("{\"a\" 1}", 5, "a colon"),
        ("{a:1}", 1, "a name in quotes"),
        ("\"a", 2, "the rest of a string"),
        ("\"a\nb\"", 2, "the rest of a string"),
        ("\"\\x\"", 2, "an escape"),
        ("\"\\u12g4\"", 2, "an escape"),
        ("01", 0, "a value"),
        ("1.", 2, "a value"),
        ("1e+", 3, "a value"),
        ("{} x", 3, "the end"),
    ] {
        assert_eq!(parse(text), Err(Wrong { at, wanted }), "{text}");
    }
}

#[test]
fn nesting_stops_at_the_limit_and_not_at_the_end_of_the_stack() {
    let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
    assert!(parse(&nested(64)).is_ok());
    assert_eq!(parse(&nested(65)).expect_err("too deep").wanted, "less nesting");
    assert!(parse(&nested(100_000)).is_err());
}

#[test]
fn half_a_surrogate_pair_is_one_replacement_character() {
    let read = |text: &str| parse(text).expect("JSON").text().expect("a string");
    assert_eq!(read(r#""\ud83d\ude00""#), "\u{1F600}");
    assert_eq!(read(r#""\ud83dx""#), "\u{FFFD}x");
    assert_eq!(read(r#""\ud83d\u0041""#), "\u{FFFD}A");
    assert_eq!(read(r#""\ude00""#), "\u{FFFD}");
}

#[test]
fn values_are_found_by_name_and_null_is_nothing() {
    let json = parse(r#" {"a":null,"\u0062":[1,"x"],"a":7,"c":{"d":true}} "#).expect("JSON");
    assert_eq!(json.get("a").and_then(Json::number), Some(7));
    assert_eq!(json.get("b").map(|list| list.items().map(Json::raw).collect::<Vec<_>>()), Some(alloc::vec!["1", "\"x\""]));
    assert_eq!(json.get("c").and_then(|c| c.get("d")).and_then(Json::truth), Some(true));
    assert_eq!(json.get("x"), None);
    assert_eq!(json.get("b").and_then(|list| list.get("x")), None);
}

#[test]
fn only_whole_numbers_are_numbers() {
    for (text, wanted) in [
        ("0", Some(0)),
        ("18446744073709551615", Some(u64::MAX)),
        ("18446744073709551616", None),
        ("-1", None),
        ("1.0", None),
        ("1e3", None),
        ("\"1\"", None),
    ] {
        assert_eq!(parse(text).expect("JSON").number(), wanted, "{text}");
    }
}

#[test]
fn places_count_lines_and_characters() {
    assert_eq!(place("ab\ncé\u{1F600}x", 10), (2, 4));
    assert_eq!(place("ab", 99), (1, 3));
}
