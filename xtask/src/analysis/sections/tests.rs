//! What the walk promises: each byte once, an error instead of a panic, and the facts.

use super::*;

fn spans(bytes: &[u8]) -> (Vec<Span<'_>>, Vec<Container>) {
    let mut spans = Vec::new();
    let containers = walk(bytes, |span| spans.push(span)).expect("parses");
    (spans, containers)
}

fn assert_tiles(bytes: &[u8]) {
    let (spans, containers) = spans(bytes);
    let mut end = 0;
    for span in &spans {
        assert_eq!(span.range.start, end, "{span:?}");
        end = span.range.end;
        let container = &containers[span.container];
        assert!(container.range.start <= span.range.start && span.range.end <= container.range.end, "{span:?}");
    }
    assert_eq!(end, bytes.len());
}

#[test]
fn the_spans_of_a_module_tile_it() {
    let bytes = wat::parse_str(
        r#"(module (import "a" "f" (func)) (import "a" "m" (memory 3)) (memory 2) (table (export "$imports") 1 funcref)
            (func) (func i32.const 1 drop) (data "hello") (data (i32.const 8) "there") (@custom "mine" "xyz"))"#,
    )
    .unwrap();
    assert_tiles(&bytes);
    let (spans, containers) = spans(&bytes);
    let facts = &containers[0].facts;
    assert_eq!((facts.imported_functions, facts.functions), (1, 2));
    assert_eq!((facts.memory_bytes, facts.imported_memory_bytes), (2 << 16, 3 << 16));
    assert!(facts.exports_import_table && !facts.imports_import_table);
    let bytes_of = |wanted: Part| spans.iter().filter(|s| s.part == wanted).map(Span::bytes).sum::<u64>();
    assert_eq!(bytes_of(Part::Header), 8);
    assert_eq!(bytes_of(Part::Segment(0)), 5);
    assert_eq!(bytes_of(Part::Body(0)), 2);
    assert_eq!(bytes_of(Part::Body(1)), 5);
    assert_eq!(bytes_of(Part::Custom("mine")), "mine".len() as u64 + 1 + 3);
}

#[test]
fn nested_modules_and_components_are_walked_in_order() {
    let bytes =
        wat::parse_str("(component (core module) (component (core module (memory 1)) (core module)) (core module))").unwrap();
    assert_tiles(&bytes);
    let (_, containers) = spans(&bytes);
    let shape: Vec<_> = containers.iter().map(|c| (c.parent, c.ordinal, c.encoding)).collect();
    use Encoding::{Component, CoreModule};
    assert_eq!(
        shape,
        [
            (None, 0, Component),
            (Some(0), 0, CoreModule),
            (Some(0), 0, Component),
            (Some(2), 0, CoreModule),
            (Some(2), 1, CoreModule),
            (Some(0), 1, CoreModule),
        ]
    );
}

#[test]
fn custom_page_sizes_count_in_bytes() {
    let bytes = wat::parse_str("(module (memory 70000 (pagesize 1)))").unwrap();
    assert_eq!(spans(&bytes).1[0].facts.memory_bytes, 70_000);
}

#[test]
fn every_truncation_is_an_error_or_tiles() {
    let bytes = wat::parse_str(r#"(component (core module (func) (memory 1) (data "abc")) (component) (type string))"#).unwrap();
    let mut refused = 0;
    for end in 0..bytes.len() {
        match walk(&bytes[..end], |_| {}) {
            Ok(_) => assert_tiles(&bytes[..end]),
            Err(error) => {
                assert!(error.offset <= end as u64, "{error}");
                refused += 1;
            }
        }
    }
    assert!(refused > bytes.len() / 2, "{refused} of {}", bytes.len());
}

#[test]
fn nesting_beyond_the_limit_is_an_error_and_not_a_stack_overflow() {
    let nest = |levels: usize| {
        let mut bytes = wasm_encoder::Component::new().finish();
        for _ in 1..levels {
            let mut outer = wasm_encoder::Component::new();
            outer.section(&wasm_encoder::RawSection { id: 4, data: &bytes });
            bytes = outer.finish();
        }
        bytes
    };
    assert_tiles(&nest(MAX_DEPTH));
    for levels in [MAX_DEPTH + 1, 5_000] {
        let error = walk(&nest(levels), |_| {}).unwrap_err();
        assert!(error.reason.contains("256 levels"), "{error}");
    }
}

#[test]
fn too_many_siblings_are_an_error() {
    let module = wasm_encoder::Module::new().finish();
    let mut component = wasm_encoder::Component::new();
    for _ in 0..MAX_CONTAINERS {
        component.section(&wasm_encoder::RawSection { id: 1, data: &module });
    }
    let error = walk(&component.finish(), |_| {}).unwrap_err();
    assert!(error.reason.contains("10000 nested"), "{error}");
}

#[test]
fn a_count_made_up_by_the_file_is_refused() {
    // A type section of five bytes that claims 4,294,967,295 types.
    let bytes = b"\0asm\x01\0\0\0\x01\x05\xff\xff\xff\xff\x0f";
    let error = walk(bytes, |_| {}).unwrap_err();
    assert!(error.reason.contains("4294967295 entries"), "{error}");
}
