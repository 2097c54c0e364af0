//! Removes custom sections from a module or a component, nested ones too. Everything else keeps its bytes.

use wasm_encoder::{ComponentSectionId, Encode};
use wasmparser::{Parser, Payload};

/// Which custom sections stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// None: what is shipped.
    Nothing,
    /// Those that the encoder turns into the component: names that start with `component-type`.
    ComponentTypes,
    /// What the optimizer and the attribution need besides: function names and target features. Debug info goes: with names
    /// kept the optimizer would otherwise spend itself on preserving DWARF.
    NamesAndFeatures,
}

impl Keep {
    fn keeps(self, name: &str) -> bool {
        match self {
            Keep::Nothing => false,
            Keep::ComponentTypes => name.starts_with("component-type"),
            Keep::NamesAndFeatures => name.starts_with("component-type") || matches!(name, "name" | "target_features"),
        }
    }
}

/// Components deeper than this are refused; real ones nest once or twice.
const DEPTH_MAX: usize = 100;

/// The same module or component with only the custom sections that `keep` names.
///
/// # Errors
/// The parser's, with the offset; nesting deeper than 100.
pub fn strip(wasm: &[u8], keep: Keep) -> Result<Vec<u8>, String> {
    strip_at(wasm, keep, 0)
}

fn strip_at(wasm: &[u8], keep: Keep, depth: usize) -> Result<Vec<u8>, String> {
    if depth > DEPTH_MAX {
        return Err(format!("components nest deeper than {DEPTH_MAX}"));
    }
    let mut out = Vec::with_capacity(wasm.len());
    let mut nested = 0_usize;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.map_err(|error| error.to_string())?;
        match &payload {
            Payload::Version { range, .. } if nested == 0 => out.extend(slice(wasm, range)?),
            Payload::ModuleSection { unchecked_range: range, .. } | Payload::ComponentSection { unchecked_range: range, .. } => {
                if nested == 0 {
                    let id = match payload {
                        Payload::ModuleSection { .. } => ComponentSectionId::CoreModule,
                        _ => ComponentSectionId::Component,
                    };
                    section(id as u8, &strip_at(slice(wasm, range)?, keep, depth + 1)?, &mut out);
                }
                nested += 1;
            }
            Payload::End(_) => nested = nested.saturating_sub(1),
            Payload::CustomSection(custom) if nested == 0 && !keep.keeps(custom.name()) => {}
            other if nested == 0 => {
                if let Some((id, range)) = other.as_section() {
                    section(id, slice(wasm, &range)?, &mut out);
                }
            }
            _ => {}
        }
    }
    Ok(out)
}

fn section(id: u8, data: &[u8], out: &mut Vec<u8>) {
    out.push(id);
    data.encode(out);
}

/// The parser calls some ranges unchecked: a section may claim to end past the end of the file.
fn slice<'a>(wasm: &'a [u8], range: &std::ops::Range<u64>) -> Result<&'a [u8], String> {
    let found = wasm.get(range.start as usize..range.end as usize);
    found.ok_or_else(|| format!("unexpected end of file: a section claims to reach offset {} of {}", range.end, wasm.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custom_names(wasm: &[u8]) -> Vec<String> {
        let customs = Parser::new(0).parse_all(wasm).filter_map(|payload| match payload.unwrap() {
            Payload::CustomSection(section) => Some(section.name().to_string()),
            _ => None,
        });
        customs.collect()
    }

    const MODULE: &str = r#"(module (@custom "component-type:x" "ct") (@custom ".debug_info" "d") (@custom "producers" "\00")
        (@custom "target_features" "\00") (memory 1) (func $f (export "f") nop) (data (i32.const 0) "abc"))"#;

    #[test]
    fn each_level_keeps_what_it_says() {
        let wasm = wat::parse_str(MODULE).unwrap();
        assert_eq!(custom_names(&strip(&wasm, Keep::Nothing).unwrap()), [""; 0]);
        assert_eq!(custom_names(&strip(&wasm, Keep::ComponentTypes).unwrap()), ["component-type:x"]);
        let mut kept = custom_names(&strip(&wasm, Keep::NamesAndFeatures).unwrap());
        kept.sort();
        assert_eq!(kept, ["component-type:x", "name", "target_features"]);
    }

    #[test]
    fn nested_modules_and_components_are_stripped_too_and_stay_valid() {
        let text = format!(
            r#"(component (core module {m}) (component (core module {m}) (component (@custom "deep" "x"))) (@custom "top" "y"))"#,
            m = MODULE.trim_start_matches("(module").trim_end_matches(')').to_string() + ")"
        );
        let text = text.replace("(core module ", "(core module\n").replace("))) (component", ")) (component");
        let wasm = wat::parse_str(&text).unwrap_or_else(|error| panic!("{text}\n{error}"));
        let stripped = strip(&wasm, Keep::Nothing).unwrap();
        assert!(!custom_names(&wasm).is_empty());
        assert_eq!(custom_names(&stripped), [""; 0]);
        wasmparser::Validator::new().validate_all(&stripped).unwrap();
        assert_eq!(strip(&stripped, Keep::Nothing).unwrap(), stripped);
    }

    #[test]
    fn truncations_never_panic() {
        let wasm = wat::parse_str(MODULE).unwrap();
        for len in 0..wasm.len() {
            let _ = strip(&wasm[..len], Keep::Nothing);
        }
    }
}
