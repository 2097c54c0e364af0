//! Tables of small modules, and the text form.

use super::*;
use proptest::prelude::*;

const NAMED: &str = r#"(module
    (import "env" "f" (func $imported))
    (memory 1)
    (func $_ZN5agent4main17h0123456789abcdefE i32.const 1 drop)
    (func $_ZN5agent4main17hfedcba9876543210E i32.const 1 drop)
    (func $malloc)
    (func)
    (data $.rodata "hello") (data "unnamed"))"#;

#[test]
fn equal_names_are_summed_and_everything_adds_up() {
    let module = wat::parse_str(NAMED).unwrap();
    let table = symbol_table(&module).unwrap();
    let size = |name: &str| table[name];
    assert_eq!(size("agent::main"), SymbolSize { bytes: 10, count: 2 });
    assert_eq!(size("malloc"), SymbolSize { bytes: 2, count: 1 });
    assert_eq!(size("[unnamed]"), SymbolSize { bytes: 2, count: 1 });
    assert_eq!(size("data .rodata"), SymbolSize { bytes: 5, count: 1 });
    assert_eq!(size("data segment[1]"), SymbolSize { bytes: 7, count: 1 });
    assert_eq!(size("section memory").count, 1);

    let mut customs = 0;
    walk(&module, |span| {
        if let Part::Custom(_) = span.part {
            customs += span.bytes();
        }
    })
    .unwrap();
    assert!(customs > 0);
    assert_eq!(table.values().map(|size| size.bytes).sum::<u64>(), module.len() as u64 - customs);
}

#[test]
fn a_component_is_read_by_its_main_module() {
    let component = wat::parse_str("(component (core module (func $a) (func $b)) (core module (func $c)))").unwrap();
    let table = symbol_table(&component).unwrap();
    assert!(table.contains_key("a") && table.contains_key("b") && !table.contains_key("c"));
}

#[test]
fn without_names_there_is_a_reason() {
    let table = |text: &str| symbol_table(&wat::parse_str(text).unwrap());
    assert_eq!(table("(module (func))"), Err(Unattributed::NoNames));
    assert_eq!(table("(component)"), Err(Unattributed::NoModule));
    assert!(matches!(symbol_table(b"text"), Err(Unattributed::Malformed(_))));

    let mut module = wasm_encoder::Module::new();
    module.section(&wasm_encoder::CustomSection { name: "name".into(), data: (&[1, 9, 9][..]).into() });
    assert!(matches!(symbol_table(&module.finish()), Err(Unattributed::BadNames(_))));
}

#[test]
fn the_core_with_names_is_the_file_itself_or_its_twin() {
    let named = wat::parse_str("(module (func $f))").unwrap();
    let bare = wat::parse_str("(module (func))").unwrap();
    let inside = wat::parse_str("(component (core module (func $f)))").unwrap();
    assert_eq!(named_core(&named, Some(&bare)), Ok(&named[..]));
    assert_eq!(named_core(&bare, Some(&named)), Ok(&named[..]));
    assert_eq!(named_core(&bare, Some(&inside)).map(|core| &core[..4]), Ok(&b"\0asm"[..]));
    assert_eq!(named_core(&inside, None).and_then(symbol_table).map(|table| table["f"].bytes), Ok(2));
    assert_eq!(named_core(&bare, Some(&bare)), Err(Unattributed::TwinUnnamed));
    assert_eq!(named_core(&bare, None), Err(Unattributed::NoTwin));
    let other = wat::parse_str("(module (func $f nop))").unwrap();
    assert_eq!(named_core(&bare, Some(&other)), Err(Unattributed::OtherCode { bytes: 4, twin_bytes: 5 }));
}

#[test]
fn groups_are_crates_or_stand_in_brackets() {
    let table = symbol_table(&wat::parse_str(NAMED).unwrap()).unwrap();
    let groups = by_group(&table);
    assert_eq!(groups["agent"], SymbolSize { bytes: 10, count: 2 });
    assert_eq!(groups["[data]"], SymbolSize { bytes: 12, count: 2 });
    let names: Vec<_> = groups.keys().map(String::as_str).collect();
    assert_eq!(names, ["[c]", "[data]", "[sections]", "[unnamed]", "agent"]);
    let sum = |table: &SymbolTable| table.values().map(|size| size.bytes).sum::<u64>();
    assert_eq!(sum(&groups), sum(&table));
}

#[test]
fn the_text_is_one_line_a_symbol() {
    let table: SymbolTable = [
        ("agent::main".to_owned(), SymbolSize { bytes: 1234, count: 1 }),
        ("a\tb\n\\".to_owned(), SymbolSize { bytes: 5, count: 2 }),
    ]
    .into();
    let text = render(&table);
    assert_eq!(text, "5\t2\ta\\u{9}b\\u{a}\\\\\n1234\t1\tagent::main\n");
    assert_eq!(parse(&text), Ok(table));
}

#[test]
fn a_wrong_line_is_named() {
    for (text, words) in [
        ("1\t1\ta\nx\t1\tb\n", "line 2: the size is not"),
        ("1\t-1\ta\n", "line 1: the count is not"),
        ("1\t1\n", "line 1: there is no name"),
        ("1\t1\ta\n1\t1\ta\n", "line 2: the name stands there twice"),
        ("1\t1\t\\q\n", "line 1: the name has an unknown escape"),
        ("\n", "line 1: the size is not"),
    ] {
        let error = parse(text).unwrap_err();
        assert!(error.starts_with(words), "{text:?}: {error}");
    }
}

proptest! {
    #[test]
    fn any_table_survives_its_text(names in proptest::collection::btree_map(any::<String>(), (any::<u64>(), any::<u64>()), 0..20)) {
        let table: SymbolTable = names.into_iter().map(|(name, (bytes, count))| (name, SymbolSize { bytes, count })).collect();
        let text = render(&table);
        prop_assert_eq!(text.lines().count(), table.len());
        prop_assert_eq!(parse(&text), Ok(table));
    }

    #[test]
    fn any_name_is_normalised_once_and_for_all(name in "(_ZN|_R|byn\\$)?[a-zA-Z0-9_$.<>: ]{0,60}") {
        // No panic, an owner, and control characters gone once escaped.
        let normal = function_name(Some(&name));
        let _ = group_of(&normal);
        prop_assert!(!escape(&normal).chars().any(char::is_control));
    }
}
