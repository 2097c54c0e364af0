//! The page of `report html` as markup: whole, the same twice, and nothing that comes from outside breaks out of its place.

mod html_fixture;

use html_fixture::{large, page, plain, without_runs};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, path::Path};
use xtask::analysis::symbols::parse;

/// A tag of a page with the names of its attributes, and their values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
    /// Whether it ends in a slash.
    is_closed: bool,
}

/// The tags of a page, as strictly as it is written: what cannot be read is a failure.
fn tags(page: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = rest.find('>').expect("a tag ends");
        let inside = &rest[..end];
        rest = &rest[end + 1..];
        let (name, mut left) = inside.split_once(' ').unwrap_or((inside, ""));
        let mut attributes = Vec::new();
        while let Some((key, after)) = left.split_once("=\"") {
            let (value, after) = after.split_once('"').unwrap_or_else(|| panic!("an open quote in <{inside}>"));
            attributes.push((key.trim().to_string(), value.to_string()));
            left = after;
        }
        assert!(["", "/", "hidden", "html"].contains(&left.trim()), "<{inside}>");
        if ["style", "script"].contains(&name) {
            rest = &rest[rest.find(&format!("</{name}>")).expect("it is closed")..];
        }
        let is_closed = left.trim() == "/";
        tags.push(Tag { name: name.to_string(), attributes, is_closed });
    }
    tags
}

fn value<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Tags and names of attributes, sorted: what may not depend on words.
fn shape(page: &str) -> Vec<(String, Vec<String>)> {
    // A column of long words has a class more than one of short ones.
    let names = |tag: &Tag| tag.attributes.iter().map(|(name, _)| name.clone()).filter(|name| name != "class").collect();
    let mut shape: Vec<_> = tags(page).iter().map(|tag| (tag.name.clone(), names(tag))).collect();
    shape.sort();
    shape
}

fn inside<'a>(page: &'a str, open: &str, close: &str) -> &'a str {
    page.split_once(open).and_then(|(_, rest)| rest.split_once(close)).expect("it is there").0
}

#[test]
fn every_part_says_what_there_is() {
    let page = plain();
    for words in [
        "Fail: 2 gates fail, 1 gate holds, 1 gate not judged",
        "Exit code 1: a verdict fails.",
        "exit code 1",
        "raw_bytes is worse: 1,000 -&gt; 1,100 (+100)",
        "▲ +100",
        "1 cell fails",
        "it said something else",
        "no instances",
        "refused",
        "▼ 10.00 % fewer",
        "no llvm-bolt",
        "0.900",
        "app::url::parse: 150 bytes",
        "This clone is shallow",
        "Older commits are left out",
        "2 baselines of the past",
        "x86_64-linux",
    ] {
        assert!(page.contains(words), "no {words}");
    }
    assert_eq!(page.matches("class=\"treemap\"").count(), 3, "before, after and the change");
    let page = without_runs(&mut |word| word.to_string());
    for words in ["Fail: 1 gate came to no verdict, 1 gate not judged", "no saved run", "no engine", "There is no git repository"]
    {
        assert!(page.contains(words), "no {words}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(plain(), plain());
}

#[test]
fn nothing_is_loaded_and_only_what_is_hashed_runs() {
    for page in [plain(), without_runs(&mut |word| word.to_string())] {
        for tag in tags(&page) {
            assert!(!["img", "link", "iframe", "object", "base", "form", "image"].contains(&tag.name.as_str()), "{tag:?}");
            for (name, value) in &tag.attributes {
                assert!(!name.starts_with("on") && name != "style" && name != "src", "{tag:?}");
                assert!(name != "href" || value.starts_with('#'), "{tag:?}");
            }
        }
        let policy = inside(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
        assert!(policy.contains("default-src &#39;none&#39;") && !policy.contains("unsafe"), "{policy}");
        for (open, close) in [("<style>", "</style>"), ("<script>", "</script>")] {
            assert_eq!(page.matches(open).count(), 1);
            let hash = Sha256::digest(inside(&page, open, close).as_bytes());
            // Base64 of a test: the policy has the same bytes in the same order.
            let found = policy.split("sha256-").skip(1).any(|one| decoded(one.split('&').next().unwrap()) == hash.as_slice());
            assert!(found, "{open} is not hashed");
        }
    }
}

#[test]
fn the_page_of_this_repository_stays_below_a_megabyte() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../baselines/symbols/binaryen-132");
    let table = |variant: &str| {
        let path = folder.join(variant).join("shipped.tsv");
        parse(&std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).unwrap()
    };
    let tables = ["agent/wasm32-wasip2/release-wasm/dlmalloc", "agent-reactor/wasm32-wasip2/release-wasm/default"].map(table);
    let page = large(&tables);
    assert_eq!(page.matches("class=\"treemap\"").count(), 6);
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
}

/// Base64 with padding, by the book (RFC 4648).
fn decoded(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits: Vec<u32> = text
        .bytes()
        .filter(|byte| *byte != b'=')
        .map(|byte| DIGITS.iter().position(|digit| *digit == byte).unwrap() as u32)
        .collect();
    let bits = digits.iter().flat_map(|digit| (0..6).rev().map(move |bit| digit >> bit & 1)).collect::<Vec<u32>>();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit) as u8).collect()
}

#[test]
fn headings_are_in_order_and_what_is_referred_to_is_there() {
    for page in [plain(), without_runs(&mut |word| word.to_string())] {
        let tags = tags(&page);
        let level = |tag: &Tag| tag.name.strip_prefix('h').and_then(|level| level.parse::<u32>().ok());
        let levels: Vec<u32> = tags.iter().filter_map(level).collect();
        assert_eq!((levels[0], levels.iter().filter(|level| **level == 1).count()), (1, 1));
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
        let ids: Vec<&str> = tags.iter().filter_map(|tag| value(tag, "id")).collect();
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(known.len(), ids.len(), "an id stands twice");
        let targets = tags.iter().filter_map(|tag| value(tag, "href").and_then(|link| link.strip_prefix('#')));
        for target in targets.chain(tags.iter().filter_map(|tag| value(tag, "aria-labelledby"))) {
            assert!(known.contains(target), "{target} is not there");
        }
        let count = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
        assert_eq!((count("table"), count("main"), count("nav")), (count("caption"), 1, 1));
        assert!(tags.iter().filter(|tag| tag.name == "th").all(|tag| value(tag, "scope").is_some()));
        let pictures = tags.iter().filter(|tag| tag.name == "svg");
        assert!(pictures.into_iter().all(|tag| value(tag, "role") == Some("img") || value(tag, "aria-hidden") == Some("true")));
        for name in ["lang=\"en\"", "name=\"viewport\"", "class=\"skip\" href=\"#main\""] {
            assert!(page.contains(name));
        }
    }
}

#[test]
fn every_element_is_closed_where_it_was_opened() {
    let mut open: Vec<String> = Vec::new();
    for tag in tags(&plain()) {
        match tag.name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop().as_deref(), Some(name)),
            None if ["!DOCTYPE", "meta"].contains(&tag.name.as_str()) => {}
            None if tag.is_closed => {}
            None => open.push(tag.name),
        }
    }
    assert_eq!(open, Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_word_changes_the_shape_of_the_page(words in prop::collection::vec("\\PC{0,24}|[<>&\"'/=\\-! a-z\u{0}\u{202e}\n]{0,24}|</script><script>x</script>|\" onload=\"x", 1..12)) {
        // Each word of the fixture is another one, the same each time, and begins alike: what is grouped and sorted by words stays so.
        let hostile = |word: &str| format!("w{}{}", word.len(), words[word.len() % words.len()]);
        let tame = |word: &str| format!("w{}{}", word.len(), "x".repeat(words[word.len() % words.len()].chars().count()));
        prop_assert_eq!(shape(&page(&mut |word| hostile(word))), shape(&page(&mut |word| tame(word))));
        prop_assert_eq!(shape(&without_runs(&mut |word| hostile(word))), shape(&without_runs(&mut |word| tame(word))));
    }
}
