//! Neutral changes: what is changed, and what is left alone.

use super::*;

const TEXT: &str = "//! A file.\n\n/// First.\nfn first(size: usize) -> usize {\n    let rest = size + 1;\n    rest * 2\n}\n\n#[cfg(test)]\nfn never() {}\n\n\
impl Thing {\n    /// One.\n    fn one(&self) -> u8 { 1 }\n    fn two(&self) -> u8 { let name = 2; format!(\"{name}\"); name }\n}\n\n/// Last, ü.\nfn last() {}\n";

fn all(kind: Kind) -> Vec<Change> {
    let mut changes: Vec<Change> = (0..60).filter_map(|seed| change(TEXT, "", kind, &mut seed.clone()).unwrap()).collect();
    changes.dedup();
    changes
}

fn words(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    words.sort_unstable();
    words
}

#[test]
fn items_change_places_whole_and_with_what_is_said_of_them() {
    let changes = all(Kind::Reordered);
    assert!(changes.iter().any(|change| change.said == "`first` and `last` changed places"), "{changes:?}");
    assert!(changes.iter().any(|change| change.said == "`one` and `two` changed places"));
    for change in changes {
        assert_ne!(change.text, TEXT);
        assert_eq!(words(&change.text), words(TEXT), "nothing is lost or added");
        assert!(!change.said.contains("never"), "a cfg stays where it is");
        assert!(change.text.contains("/// First.\nfn first") && change.text.contains("/// Last, ü.\nfn last"));
        syn::parse_file(&change.text).unwrap();
    }
}

#[test]
fn only_a_local_that_is_nothing_else_is_renamed() {
    let changes = all(Kind::Renamed);
    assert!(changes.iter().any(|change| change.said.starts_with("`size` of `first`")));
    assert!(changes.iter().any(|change| change.said.starts_with("`rest` of `first`")));
    for change in changes {
        assert!(!change.said.starts_with("`name`"), "it stands in a macro: {}", change.said);
        assert_ne!(change.text, TEXT);
        syn::parse_file(&change.text).unwrap();
    }
}

#[test]
fn fields_methods_and_functions_of_a_name_keep_it() {
    for body in [
        "let size = 1; Thing { size }",
        "let Thing { size } = thing(); size",
        "let size = x.size; size",
        "let size = size(1); size",
        "let size = 1; println!(\"{}\", size)",
        "let size = 1; size()",
        "let x: size = 1; let size = x; size",
    ] {
        let text = format!("fn f() {{ {body} }}\n");
        for seed in 0..20 {
            let change = change(&text, "", Kind::Renamed, &mut seed.clone()).unwrap();
            assert!(change.as_ref().is_none_or(|change| !change.said.starts_with("`size`")), "{body}: {change:?}");
        }
    }
}

#[test]
fn only_a_function_that_its_file_alone_knows_is_renamed() {
    let text = "pub fn all() { own(1); let f = kept; println!(\"{}\", kept()) }\nfn own(size: u8) {}\nfn kept() {}\nfn shared() {}\n#[test]\nfn tests() {}\n";
    for seed in 0..20 {
        let Some(changed) = change(text, "super::shared()", Kind::RenamedFunction, &mut seed.clone()).unwrap() else { continue };
        assert!(changed.said.starts_with("the function `own` is"), "{}", changed.said);
        let other = changed.said.split('`').nth(3).unwrap();
        assert_eq!(changed.text, text.replace("own(", &format!("{other}(")));
    }
    assert!(change(text, "", Kind::RenamedFunction, &mut 1).unwrap().is_some());
}

#[test]
fn a_comment_stands_on_a_line_of_its_own() {
    for change in all(Kind::Commented) {
        let added: Vec<&str> = change.text.lines().filter(|line| !TEXT.lines().any(|old| old == *line)).collect();
        assert_eq!(added.len(), 1);
        assert!(added[0].trim_start().starts_with("// A comment"));
    }
}

#[test]
fn the_same_seed_makes_the_same_change_and_no_place_is_no_change() {
    for kind in Kind::ALL {
        assert_eq!(change(TEXT, "", kind, &mut 7).unwrap(), change(TEXT, "", kind, &mut 7).unwrap());
        assert_eq!(change("//! Nothing.\n", "", kind, &mut 7).unwrap(), None);
        assert!(change("fn {", "", kind, &mut 7).is_err());
    }
    let macros = "macro_rules! m { () => {} }\nfn a() {}\nfn b() {}\n";
    assert_eq!(change(macros, "", Kind::Reordered, &mut 7).unwrap(), None);
}

/// Every change of this very file's neighbours parses; whether they compile is what the self-test itself sees.
#[test]
fn real_source_stays_source() {
    let text = include_str!("../neutral.rs");
    for seed in 0..40 {
        for kind in Kind::ALL {
            let changed = change(text, "", kind, &mut seed.clone()).unwrap();
            syn::parse_file(&changed.expect("there is a place for each").text).unwrap();
        }
    }
}
