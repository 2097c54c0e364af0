//! Modules and files with a fault in them: longer by so many bytes, or with a byte flipped.

use wasm_encoder::{CodeSection, Module, RawSection};
use wasmparser::{FunctionBody, Parser, Payload};

/// An instruction that does nothing.
const NOP: u8 = 0x01;

/// The module with `nop`s at the start of one function, longer by exactly `bytes`. What it does stays the same, and so does everything else in it.
///
/// # Errors
/// It is no module with a code section; no function of it can be made longer by just that: each has the length of its body before it, which may get longer too.
pub fn lengthen(module: &[u8], bytes: u64) -> Result<Vec<u8>, String> {
    if rebuilt(module, None)?.len() != module.len() {
        return Err("the module's lengths are not in their shortest form".into());
    }
    let wanted = module.len() + usize::try_from(bytes).map_err(|error| error.to_string())?;
    for function in (0..function_count(module)?).rev() {
        // A length before the body, of the section and of the body, has at most five bytes.
        for more in (0..=10).filter_map(|grown| (wanted - module.len()).checked_sub(grown)) {
            let longer = rebuilt(module, Some((function, more)))?;
            if longer.len() == wanted {
                return Ok(longer);
            }
        }
    }
    Err(format!("no function can be made longer by just {bytes} bytes"))
}

/// The file with the byte in its middle flipped.
pub fn flip(bytes: &[u8]) -> Vec<u8> {
    let mut flipped = bytes.to_vec();
    let middle = flipped.len() / 2;
    if let Some(byte) = flipped.get_mut(middle) {
        *byte ^= 0xff;
    }
    flipped
}

fn function_count(module: &[u8]) -> Result<usize, String> {
    let mut count = 0;
    for payload in Parser::new(0).parse_all(module) {
        count += usize::from(matches!(payload.map_err(|error| error.to_string())?, Payload::CodeSectionEntry(_)));
    }
    Ok(count)
}

/// The module, section by section, with so many `nop`s in one function.
fn rebuilt(module: &[u8], nops: Option<(usize, usize)>) -> Result<Vec<u8>, String> {
    let (mut out, mut code, mut left) = (Module::new(), CodeSection::new(), 0_u32);
    let mut index = 0;
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(|error| error.to_string())? {
            Payload::CodeSectionStart { count, .. } => left = count,
            Payload::CodeSectionEntry(body) => {
                let more = nops.filter(|(function, _)| *function == index).map_or(0, |(_, more)| more);
                code.raw(&with_nops(module, &body, more)?);
                (index, left) = (index + 1, left - 1);
                if left == 0 {
                    out.section(&code);
                }
            }
            other => {
                if let Some((id, range)) = other.as_section() {
                    let data =
                        module.get(range.start as usize..range.end as usize).ok_or("a section ends past the file's end")?;
                    out.section(&RawSection { id, data });
                }
            }
        }
    }
    Ok(out.finish())
}

fn with_nops(module: &[u8], body: &FunctionBody, count: usize) -> Result<Vec<u8>, String> {
    let range = body.range();
    let operators = body.get_operators_reader().map_err(|error| error.to_string())?;
    let start = operators.original_position();
    let of = |from, to| module.get(from as usize..to as usize).ok_or("a function ends past the file's end");
    Ok([of(range.start, start)?, &vec![NOP; count], of(start, range.end)?].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(body_bytes: usize) -> Vec<u8> {
        let nops = "nop ".repeat(body_bytes);
        let text = format!(
            r#"(module (@custom "component-type:x" "ct") (memory 1)
                (func $f (export "f") (param i32) (result i32) (local i64) {nops} local.get 0)
                (func $g (local i32 i32) nop) (data (i32.const 0) "abc"))"#
        );
        wat::parse_str(text).unwrap()
    }

    #[test]
    fn it_is_longer_by_exactly_that_and_valid() {
        for body in [0, 118, 119, 120, 121, 122, 123, 124, 5_000] {
            let module = module(body);
            for bytes in [1, 2, 100, 127, 128, 10_000] {
                let longer = lengthen(&module, bytes).unwrap_or_else(|error| panic!("{body} {bytes}: {error}"));
                assert_eq!(longer.len() as u64, module.len() as u64 + bytes);
                wasmparser::Validator::new().validate_all(&longer).unwrap();
            }
        }
    }

    #[test]
    fn what_has_no_code_or_is_no_module_is_refused() {
        assert!(lengthen(&wat::parse_str("(module)").unwrap(), 1).is_err());
        assert!(lengthen(b"not wasm", 1).is_err());
        assert!(lengthen(b"", 1).is_err());
    }

    #[test]
    fn one_byte_is_flipped() {
        let flipped = flip(b"abc");
        assert_eq!((flipped[0], flipped[1] ^ 0xff, flipped[2]), (b'a', b'b', b'c'));
        assert_eq!(flip(b""), b"");
    }
}
