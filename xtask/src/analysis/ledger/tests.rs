//! Ledgers of small files. Generated and mangled files: `xtask/tests/ledger_*.rs`.

use super::*;

fn of(text: &str) -> Ledger {
    ledger(&wat::parse_str(text).unwrap(), None).unwrap()
}

fn bytes(ledger: &Ledger, path: &str) -> u64 {
    ledger.rows.iter().find(|row| row.path == path).unwrap_or_else(|| panic!("no {path} in {ledger:#?}")).bytes
}

const NAMED: &str = r#"(module
    (memory 1)
    (func $_ZN5agent4main17h0123456789abcdefE i32.const 1 drop)
    (func $_ZN5agent4main17hfedcba9876543210E i32.const 1 drop)
    (func $malloc)
    (data $.rodata "hello"))"#;

/// The same without its custom sections.
fn stripped(module: &[u8]) -> Vec<u8> {
    let mut stripped = wasm_encoder::Module::new();
    for payload in wasmparser::Parser::new(0).parse_all(module) {
        if let Some((id, range)) = payload.unwrap().as_section().filter(|(id, _)| *id != 0) {
            let data = &module[range.start as usize..range.end as usize];
            stripped.section(&wasm_encoder::RawSection { id, data });
        }
    }
    stripped.finish()
}

#[test]
fn a_module_with_names_is_its_own_twin() {
    let ledger = of(NAMED);
    assert_eq!(ledger.attribution, Attribution::Own);
    assert_eq!(bytes(&ledger, "main/code/agent/agent::main"), 10);
    assert_eq!(bytes(&ledger, "main/code/[c]/malloc"), 2);
    assert_eq!(bytes(&ledger, "main/data/.rodata"), 5);
    assert_eq!(bytes(&ledger, "main/framing/header"), 8);
    assert!(bytes(&ledger, "main/custom/name") > 0);
    let crates: Vec<_> = ledger.crates().into_iter().map(|row| (row.path, row.bytes, row.count)).collect();
    assert_eq!(crates, [("agent".to_owned(), 10, 2), ("[c]".to_owned(), 2, 1)]);
    let functions: Vec<_> = ledger.functions().map(Row::function).collect();
    assert_eq!(functions, ["malloc", "agent::main"]);
}

#[test]
fn a_twin_lends_its_names() {
    let twin = wat::parse_str(NAMED).unwrap();
    let shipped = stripped(&twin);
    let ledger_of_shipped = ledger(&shipped, Some(&twin)).unwrap();
    assert_eq!(ledger_of_shipped.attribution, Attribution::Twin);
    assert_eq!(bytes(&ledger_of_shipped, "main/code/agent/agent::main"), 10);
    assert_eq!(bytes(&ledger_of_shipped, "main/data/.rodata"), 5);
    assert_eq!(ledger_of_shipped.total_bytes, shipped.len() as u64);
}

#[test]
fn without_a_fitting_twin_there_is_a_reason_and_one_row_for_all_code() {
    let twin = wat::parse_str(NAMED).unwrap();
    let shipped = stripped(&twin);
    let other = wat::parse_str("(module (func $f))").unwrap();
    let same_length = wat::parse_str(NAMED.replace("i32.const 1", "i32.const 2")).unwrap();
    for (twin, words) in [
        (None, "there is no twin"),
        (Some(&other[..]), "bytes of code and not"),
        (Some(&same_length[..]), "another build"),
        (Some(b"\0asm"), "cannot be read"),
        (Some(&shipped[..]), "nor its twin"),
    ] {
        let ledger = ledger(&shipped, twin).unwrap();
        let Attribution::Unavailable { reason } = &ledger.attribution else { panic!("{ledger:?}") };
        assert!(reason.contains(words), "{reason}");
        assert_eq!(bytes(&ledger, "main/code"), 12);
        assert_eq!(ledger.crates(), []);
    }
}

#[test]
fn a_twin_with_other_imports_is_not_used() {
    let shipped = wat::parse_str("(module (type (func)) (func) (func))").unwrap();
    let twin = wat::parse_str(r#"(module (import "a" "b" (func $i)) (func $f) (func $g))"#).unwrap();
    let ledger = ledger(&shipped, Some(&twin)).unwrap();
    assert!(matches!(&ledger.attribution, Attribution::Unavailable { reason } if reason.contains("number of functions")));
}

#[test]
fn a_twin_with_other_data_lends_the_names_of_functions_only() {
    let twin = wat::parse_str(NAMED).unwrap();
    let shipped = stripped(&wat::parse_str(NAMED.replace("hello", "world")).unwrap());
    let ledger = ledger(&shipped, Some(&twin)).unwrap();
    assert_eq!(bytes(&ledger, "main/data/segment[0]"), 5);
    assert_eq!(bytes(&ledger, "main/code/[c]/malloc"), 2);
}

#[test]
fn a_component_is_divided_by_role_and_section() {
    let ledger = of(r#"(component
        (core module $shim (table (export "$imports") 1 funcref) (func))
        (core module $main (func $f i32.const 1 drop) (memory 1) (data "12345"))
        (core module $fixup (import "" "$imports" (table 1 funcref)))
        (core module $tiny)
        (component (core module (func $g)) (type string))
        (type (func)) (type string)
        (core instance (instantiate $main))
        (@custom "a/b" "x"))"#);
    let paths: Vec<_> = ledger.rows.iter().map(|row| row.path.as_str()).collect();
    for path in [
        "main/code/[c]/f",
        "main/data/segment[0]",
        "shim/code",
        "fixup/import",
        "module[3]/framing/header",
        "component/core instance",
        "component/custom/a/b",
        "component[0]/type",
        "component[0]/main/code",
    ] {
        assert!(paths.contains(&path), "no {path} in {paths:#?}");
    }
    let types = ledger.rows.iter().find(|row| row.path == "component/type").unwrap();
    assert_eq!(types.count, 2);

    let summary = ledger.summary();
    let paths: Vec<_> = summary.iter().map(|row| row.path.as_str()).collect();
    for path in ["shim", "fixup", "module[3]", "main/code", "main/framing", "component/type", "component[0]/main/code"] {
        assert!(paths.contains(&path), "no {path} in {paths:#?}");
    }
    assert_eq!(summary.iter().map(|row| row.bytes).sum::<u64>(), ledger.total_bytes);
    assert!(summary.is_sorted_by_key(|row| std::cmp::Reverse(row.bytes)));
}

#[test]
fn paths_are_unique_and_sorted_whatever_the_names_are() {
    let ledger = of(r#"(module (func $core::fmt::pad) (func $"core::fmt::pad.1") (@custom "x" "1") (@custom "x" "2"))"#);
    assert!(ledger.rows.is_sorted_by(|a, b| a.path < b.path));
    let twice = ledger.rows.iter().find(|row| row.path == "main/custom/x").unwrap();
    assert_eq!((twice.bytes, twice.count), (6, 2));
    assert_eq!(ledger.rows.iter().find(|row| row.path.ends_with("core::fmt::pad")).unwrap().count, 2);
}

#[test]
fn the_json_has_the_fields_that_scripts_read() {
    let json = serde_json::to_value(of("(module (func $f))")).unwrap();
    assert_eq!(json["encoding"], "core_module");
    assert_eq!(json["attribution"]["from"], "own");
    let row = json["rows"].as_array().unwrap().iter().find(|row| row["crate"] == "[c]").unwrap().clone();
    assert_eq!(row, serde_json::json!({"path": "main/code/[c]/f", "kind": "code", "bytes": 2, "count": 1, "crate": "[c]"}));
}
