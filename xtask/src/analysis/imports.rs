//! What an artifact imports and exports, and the text of the golden lists.

use std::collections::BTreeSet;
use wasmparser::{Parser, Payload};

/// The imports of the outermost module or component, sorted, each once: `wasi:cli/stdout@0.2.6`, or
/// `wasi_snapshot_preview1.fd_write` for a core module.
///
/// # Errors
/// The parser's, with the offset.
pub fn imports(wasm: &[u8]) -> Result<Vec<String>, String> {
    let mut names = BTreeSet::new();
    let mut nested = 0_usize;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(|error| error.to_string())? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => nested += 1,
            Payload::End(_) => nested = nested.saturating_sub(1),
            Payload::ImportSection(section) if nested == 0 => {
                for import in section.into_imports() {
                    let import = import.map_err(|error| error.to_string())?;
                    names.insert(format!("{}.{}", import.module, import.name));
                }
            }
            Payload::ComponentImportSection(section) if nested == 0 => {
                for import in section {
                    names.insert(import.map_err(|error| error.to_string())?.name.full_name().into_owned());
                }
            }
            _ => {}
        }
    }
    Ok(names.into_iter().collect())
}

/// The exports of the outermost module or component, sorted: `wasi:cli/run@0.2.6`, or `_start` for a core module.
///
/// # Errors
/// The parser's, with the offset.
pub fn exports(wasm: &[u8]) -> Result<Vec<String>, String> {
    let mut names = BTreeSet::new();
    let mut nested = 0_usize;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(|error| error.to_string())? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => nested += 1,
            Payload::End(_) => nested = nested.saturating_sub(1),
            Payload::ExportSection(section) if nested == 0 => {
                for export in section {
                    names.insert(export.map_err(|error| error.to_string())?.name.to_string());
                }
            }
            Payload::ComponentExportSection(section) if nested == 0 => {
                for export in section {
                    names.insert(export.map_err(|error| error.to_string())?.name.full_name().into_owned());
                }
            }
            _ => {}
        }
    }
    Ok(names.into_iter().collect())
}

/// Reads a golden list: a name a line; empty lines and lines that start with `#` are skipped.
pub fn parse_golden(text: &str) -> BTreeSet<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(Into::into).collect()
}

/// The text of a golden list whose first line says what `head` says.
pub fn render_golden(head: &str, names: &BTreeSet<String>) -> String {
    let mut text = format!("# {head}\n");
    for name in names {
        text.push_str(name);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_outermost_imports_count() {
        let component = wat::parse_str(
            r#"(component
                (import "wasi:cli/stdout@0.2.6" (instance))
                (core module (import "a" "b" (func)) (import "a" "c" (memory 1))))"#,
        )
        .unwrap();
        assert_eq!(imports(&component).unwrap(), ["wasi:cli/stdout@0.2.6"]);
        let module =
            wat::parse_str(r#"(module (import "m" "b" (func)) (import "m" "a" (func)) (import "m" "b" (func)))"#).unwrap();
        assert_eq!(imports(&module).unwrap(), ["m.a", "m.b"]);
        assert!(imports(&module[..9]).is_err());
    }

    #[test]
    fn only_the_outermost_exports_count() {
        let component = wat::parse_str(
            r#"(component
                (import "a:b/c@1.0.0" (instance $c))
                (core module (func (export "inner")))
                (export "d:e/f@1.0.0" (instance $c)))"#,
        )
        .unwrap();
        assert_eq!(exports(&component).unwrap(), ["d:e/f@1.0.0"]);
        let module = wat::parse_str(r#"(module (func (export "b")) (memory (export "a") 1))"#).unwrap();
        assert_eq!(exports(&module).unwrap(), ["a", "b"]);
        assert!(exports(&module[..9]).is_err());
    }

    #[test]
    fn golden_lists_round_trip() {
        let names: BTreeSet<String> = ["b".to_string(), "a:c/d@1".to_string()].into();
        assert_eq!(parse_golden(&render_golden("Head.", &names)), names);
    }
}
