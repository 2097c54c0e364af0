//! Forged files.

use super::*;
use proptest::prelude::*;

const TEXT: &str = r#"{"schema":1,"pull_request":7,"head":"1111111111111111111111111111111111111111","gates":[{"name":"size","outcome":"fail","exit":1,
"recorded":"nothing","not_selected_count":0,"remedy":"accept","counts":[{"kind":"worse","row_count":1}],
"found":[{"kind":"worse","row":"a/b/c/d","metric":"raw_bytes"}],
"changed":[{"name":"a/b/c/d","worst":"worse","values":[{"metric":"raw_bytes","old":1,"new":2,"left":5}]}],"changed_count":1,
"unchanged":[],"unchanged_count":0,"tools":[],"growths":[],"growth_count":0,"accepted":[]}]}"#;

#[test]
fn a_file_is_read_and_written_the_same() {
    let comment = Comment::parse(TEXT.as_bytes()).unwrap();
    assert_eq!((comment.pull_request, comment.exit(), comment.is_quiet()), (Some(7), 1, false));
    let written = serde_json::to_vec(&comment).unwrap();
    assert_eq!(Comment::parse(&written).unwrap(), comment);
}

#[test]
fn what_is_forged_is_refused_and_not_repeated() {
    let many = format!("\"unchanged\":[{}]", vec![r#"{"name":"n","values":[]}"#; LIST_MAX + 1].join(","));
    let script = "<script>alert(1)</script>";
    let cases = [
        ("\"schema\":1", "\"schema\":2", "it has schema 2"),
        ("\"schema\":1", "\"schema\":\"1\"", "invalid type"),
        ("\"pull_request\":7", "\"pull_request\":0", "no pull request 0"),
        ("\"pull_request\":7", "\"pull_request\":-7", "invalid value"),
        ("\"pull_request\":7", "\"pull_request\":7.5", "invalid type"),
        ("\"exit\":1", "\"exit\":5", "above 4"),
        ("\"exit\":1", &format!("\"{script}\":1,\"exit\":1"), "unknown field"),
        ("\"kind\":\"worse\",\"row\"", &format!("\"kind\":\"{script}\",\"row\""), "unknown variant"),
        ("\"row\":\"a/b/c/d\"", "\"row\":\"a\\nb\"", "a name has a control character"),
        ("\"row\":\"a/b/c/d\"", "\"row\":\"##[stop-commands]\"", "a name has a command"),
        ("\"metric\":\"raw_bytes\"}]", "\"metric\":\"<b>\"}]", "a metric is"),
        ("\"head\":\"1111", "\"head\":\"zzzz", "a commit is"),
        ("\"unchanged\":[]", &many, "more than 500"),
        ("\"exit\":1", "\"exit\":1,\"exit\":0", "duplicate field"),
        ("\"tools\":[],", "", "missing field `tools`"),
    ];
    for (old, new, want) in cases {
        assert!(TEXT.contains(old), "{old}");
        let error = Comment::parse(TEXT.replacen(old, new, 1).as_bytes()).unwrap_err();
        assert!(error.contains(want) && !error.contains("script"), "{error} should contain {want}");
    }
    assert!(Comment::parse(&vec![b' '; COMMENT_BYTES_MAX as usize + 1]).unwrap_err().contains("larger than"));
    assert!(Comment::parse("[".repeat(100_000).as_bytes()).is_err());
    let twice = TEXT.replace("\"gates\":[", "\"missing\":[\"size\"],\"gates\":[");
    assert!(Comment::parse(twice.as_bytes()).unwrap_err().contains("there and missing"));
    let twice = TEXT.replace("\"gates\":[", "\"left_out\":[{\"gate\":\"size\",\"reason\":\"r\"}],\"gates\":[");
    assert!(Comment::parse(twice.as_bytes()).unwrap_err().contains("there and left out"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_fall(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0..TEXT.len()) {
        let _ = Comment::parse(&bytes);
        let _ = Comment::parse(&[&TEXT.as_bytes()[..at], &bytes[..]].concat());
    }
}
