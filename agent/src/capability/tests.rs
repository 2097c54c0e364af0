//! Patterns of every kind against what they should and should not cover. The cases from the field are in `tests/security.rs`.

use alloc::string::ToString;

use proptest::prelude::*;

use super::path::WorkPath;
use super::*;
use crate::json;

fn covers_path(pattern: &str, path: &str) -> bool {
    path::check(pattern).expect(pattern);
    path::matches(pattern, &WorkPath::new(path).expect(path))
}

fn covers_url(pattern: &str, url: &str) -> bool {
    host::check(pattern).expect(pattern);
    host::matches(pattern, &Url::parse(url).expect(url))
}

fn covers_command(pattern: &[&str], argv: &[&str]) -> bool {
    let own = |words: &[&str]| words.iter().map(|word| word.to_string()).collect::<Vec<String>>();
    command::matches(&own(pattern), &own(argv))
}

#[test]
fn path_patterns() {
    for (pattern, path) in [
        ("**", "a"),
        ("**", "a/b/c"),
        ("**", "."),
        ("a", "./a/"),
        ("a/*", "a/b"),
        ("*.md", "x.md"),
        ("**/*.md", "x.md"),
        ("**/*.md", "a/b/x.md"),
        ("a/**/b", "a/b"),
        ("a/**/b", "a/x/b/y/b"),
        ("a/**/b/*", "a/b/b/c"),
        (".env", ".env"),
        ("**/.env", "a/.env"),
        ("keys/server.pem", "keys/server.pem"),
        ("a*c*e", "abcde"),
    ] {
        assert!(covers_path(pattern, path), "{pattern} {path}");
    }
    for (pattern, path) in [
        ("a", "b"),
        ("a", "a/b"),
        ("a/*", "a"),
        ("a/*", "a/b/c"),
        ("*.md", "a/x.md"),
        ("a/**/b", "a/c"),
        ("**", ".env"),
        ("**", ".git/config"),
        ("**", "a/.ssh/b"),
        ("*", ".a"),
        ("**", "id_rsa"),
        ("**", "a/Server.PEM"),
        (".env", ".env.local"),
        ("a*c", "abcd"),
        ("ab*ba", "aba"),
    ] {
        assert!(!covers_path(pattern, path), "{pattern} {path}");
    }
}

#[test]
fn host_patterns() {
    for (pattern, url) in [
        ("https://a.example", "https://a.example/x"),
        ("https://A.Example.", "https://a.example"),
        ("https://a.example:443", "https://a.example"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("https://a.example:*", "https://a.example:1"),
        ("https://*.example", "https://a.b.example"),
        ("https://*:*", "https://a.example:9"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:80", "http://[0:0::1]/"),
    ] {
        assert!(covers_url(pattern, url), "{pattern} {url}");
    }
    for (pattern, url) in [
        ("https://a.example", "http://a.example"),
        ("https://a.example", "https://a.example:8443"),
        ("https://a.example", "https://b.example"),
        ("https://a.example", "https://a.example.evil.example"),
        ("https://*.a.example", "https://a.example"),
        ("https://*.a.example", "https://evila.example"),
        ("https://*.1", "https://127.0.0.1"),
        ("http://127.0.0.1", "http://127.0.0.2"),
        ("http://[::1]", "http://127.0.0.1"),
        ("https://*", "https://a.example:8443"),
    ] {
        assert!(host::check(pattern).is_err() || !covers_url(pattern, url), "{pattern} {url}");
    }
    for wrong in [
        "a.example",
        "*://a.example",
        "https://",
        "https://a.*.example",
        "https://a*.example",
        "https://a.example/x",
        "https://u@a.example",
        "https://a:0",
        "https://a:**",
        "ftp://a",
    ] {
        assert!(host::check(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn command_patterns() {
    assert!(covers_command(&["/bin/ls"], &["/bin/ls"]));
    assert!(covers_command(&["/bin/ls", "*"], &["/bin/ls", "a"]));
    assert!(covers_command(&["/bin/ls", "**"], &["/bin/ls"]));
    assert!(covers_command(&["/bin/ls", "**"], &["/bin/ls", "-l", "a"]));
    assert!(covers_command(&["/bin/ls", "--x=*"], &["/bin/ls", "--x=1"]));
    assert!(covers_command(&["*", "**"], &["/bin/ls", "-l"]));
    assert!(!covers_command(&["/bin/ls"], &["/bin/ls", "a"]));
    assert!(!covers_command(&["/bin/ls", "*"], &["/bin/ls"]));
    assert!(!covers_command(&["/bin/ls", "*"], &["/bin/ls", "-l"]));
    assert!(!covers_command(&["/bin/ls", "a", "**"], &["/bin/ls", "b"]));
    assert!(!covers_command(&["/bin/ls"], &["ls"]));
    assert!(!covers_command(&["/bin/ls"], &[]));
    assert!(!covers_command(&[], &["/bin/ls"]));
}

#[test]
fn effective_is_declared_and_granted() {
    let side = |text: &str| Manifest::decode(json::parse(text).expect("JSON")).expect("a manifest");
    let all = r#"{"read":["**"],"write":["**"],"hosts":["https://*"],"exec":[["*","**"]]}"#;
    let some = r#"{"read":["a/**"],"write":["a/out/**"],"hosts":["https://a.example"],"exec":[["/bin/ls"]]}"#;
    let path = |text: &str| WorkPath::new(text).expect(text);
    for (declared, granted) in [(all, some), (some, all)] {
        let both = Capabilities { declared: side(declared), granted: side(granted) };
        assert!(both.allows_path(Access::Read, &path("a/b")) && !both.allows_path(Access::Read, &path("b")));
        assert!(both.allows_path(Access::Write, &path("a/out/x")) && !both.allows_path(Access::Write, &path("a/b")));
        let url = |text: &str| Url::parse(text).expect(text);
        assert!(both.allows_url(&url("https://a.example")) && !both.allows_url(&url("https://b.example")));
        assert!(both.allows_command(&["/bin/ls".to_string()]) && !both.allows_command(&["/bin/rm".to_string()]));
    }
    let nothing = Capabilities { declared: side(all), granted: Manifest::default() };
    assert!(!nothing.allows_path(Access::Read, &path("a")) && !nothing.allows_some_path(Access::Read));
    let undeclared = Capabilities { declared: Manifest::default(), granted: side(all) };
    assert!(!undeclared.allows_path(Access::Write, &path("a")) && !undeclared.allows_command(&["/bin/ls".to_string()]));
}

proptest! {
    #[test]
    fn a_path_that_is_taken_stays_inside(text in "[a.~/\\\\:$ *-]{0,12}") {
        if let Ok(path) = WorkPath::new(&text) {
            for segment in path.segments() {
                prop_assert!(!segment.is_empty() && segment != "." && segment != ".." && !segment.contains(['/', '\\', ':']));
            }
            // One spelling: reading it again changes nothing.
            prop_assert_eq!(WorkPath::new(&path.text()), Ok(path.clone()));
            prop_assert!(path::matches(&path.text(), &path) || path.text().contains('*') || path.segments().is_empty());
        }
    }

    #[test]
    fn a_glob_is_what_a_slow_reader_says(pattern in "[ab*]{0,8}", text in "[ab]{0,10}") {
        fn slow(pattern: &[u8], text: &[u8]) -> bool {
            match pattern.split_first() {
                None => text.is_empty(),
                Some((b'*', rest)) => (0..=text.len()).any(|at| slow(rest, &text[at..])),
                Some((byte, rest)) => text.first() == Some(byte) && slow(rest, &text[1..]),
            }
        }
        prop_assert_eq!(glob(&pattern, &text), slow(pattern.as_bytes(), text.as_bytes()));
    }

    #[test]
    fn path_patterns_are_what_a_slow_reader_says(pattern in "(a|b|\\*|\\*\\*|a\\*)(/(a|b|\\*|\\*\\*|a\\*)){0,4}", text in "(a|b|ab)(/(a|b|ab|\\.a)){0,5}") {
        fn slow(pattern: &[&str], path: &[String]) -> bool {
            match pattern.split_first() {
                None => path.is_empty(),
                Some((&"**", rest)) => slow(rest, path) || path.split_first().is_some_and(|(name, after)| !name.starts_with('.') && slow(pattern, after)),
                Some((first, rest)) => path.split_first().is_some_and(|(name, after)| {
                    (if first.contains('*') { !name.starts_with('.') && glob(first, name) } else { *first == name }) && slow(rest, after)
                }),
            }
        }
        let path = WorkPath::new(&text).expect("a path");
        let segments: Vec<&str> = pattern.split('/').collect();
        prop_assert_eq!(path::matches(&pattern, &path), slow(&segments, path.segments()), "{} {}", pattern, text);
    }

    #[test]
    fn decoding_never_panics(text in "\\PC{0,40}|\\{\"(read|hosts|exec|private)\":\\[[\\[\\]\"a-z*:/.,0-9-]{0,30}\\]\\}") {
        if let Ok(json) = json::parse(&text) {
            let _ = Manifest::decode(json);
        }
    }
}
