//! The target features that a core module declares, for the optimizer and for the validator: one table serves both.
//!
//! The `target_features` custom section is defined by the tool conventions (Linking.md, "Target Features Section"): a
//! vector of a prefix byte (`+` used, `-` disallowed) and a name.

use wasmparser::{BinaryReader, Parser, Payload, WasmFeatures};

/// A feature that a module uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Its name in the `target_features` section.
    pub name: &'static str,
    /// Its name on wasm-opt's command line, after `--enable-`.
    pub wasm_opt: &'static str,
    /// The first Binaryen that knows it by its own name; before, it was part of `part_of`.
    binaryen_since: u32,
    part_of: Option<&'static str>,
    validator: WasmFeatures,
}

const fn feature(name: &'static str, wasm_opt: &'static str, validator: WasmFeatures) -> Feature {
    Feature { name, wasm_opt, binaryen_since: 0, part_of: None, validator }
}

const FEATURES: &[Feature] = &[
    feature("atomics", "threads", WasmFeatures::THREADS),
    feature("bulk-memory", "bulk-memory", WasmFeatures::BULK_MEMORY),
    Feature {
        binaryen_since: 120,
        part_of: Some("bulk-memory"),
        ..feature("bulk-memory-opt", "bulk-memory-opt", WasmFeatures::BULK_MEMORY_OPT)
    },
    Feature {
        binaryen_since: 121,
        part_of: Some("reference-types"),
        ..feature("call-indirect-overlong", "call-indirect-overlong", WasmFeatures::CALL_INDIRECT_OVERLONG)
    },
    feature("exception-handling", "exception-handling", WasmFeatures::EXCEPTIONS.union(WasmFeatures::LEGACY_EXCEPTIONS)),
    feature("extended-const", "extended-const", WasmFeatures::EXTENDED_CONST),
    feature("memory64", "memory64", WasmFeatures::MEMORY64),
    feature("multimemory", "multimemory", WasmFeatures::MULTI_MEMORY),
    feature("multivalue", "multivalue", WasmFeatures::MULTI_VALUE),
    feature("mutable-globals", "mutable-globals", WasmFeatures::MUTABLE_GLOBAL),
    feature("nontrapping-fptoint", "nontrapping-float-to-int", WasmFeatures::SATURATING_FLOAT_TO_INT),
    feature("reference-types", "reference-types", WasmFeatures::REFERENCE_TYPES),
    feature("relaxed-simd", "relaxed-simd", WasmFeatures::RELAXED_SIMD),
    feature("sign-ext", "sign-ext", WasmFeatures::SIGN_EXTENSION),
    feature("simd128", "simd", WasmFeatures::SIMD),
    feature("tail-call", "tail-call", WasmFeatures::TAIL_CALL),
];

/// The features that a core module declares to use, in the module's order.
///
/// # Errors
/// One line: not a module, no `target_features` section, or a feature that this tool does not know.
pub fn target_features(module: &[u8]) -> Result<Vec<Feature>, String> {
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::CustomSection(section) = payload.map_err(|error| error.to_string())?
            && section.name() == "target_features"
        {
            return read(BinaryReader::new(section.data(), section.data_offset()));
        }
    }
    Err("the module has no `target_features` section, so nothing says what the optimizer may use: build it with rustc or clang \
         and without stripping custom sections"
        .into())
}

fn read(mut reader: BinaryReader<'_>) -> Result<Vec<Feature>, String> {
    let mut features = Vec::new();
    let broken = |error: wasmparser::Error| format!("the `target_features` section is malformed: {error}");
    for _ in 0..reader.read_var_u32().map_err(broken)? {
        let prefix = reader.read_u8().map_err(broken)?;
        let name = reader.read_string().map_err(broken)?;
        if prefix == b'-' {
            continue;
        }
        let known = FEATURES.iter().find(|feature| feature.name == name);
        features
            .push(*known.ok_or_else(|| format!("the module uses the target feature `{name}`, which this tool does not know"))?);
    }
    Ok(features)
}

/// wasm-opt's flags for exactly `features`: everything off, then one flag a feature.
///
/// # Errors
/// A feature that this version of Binaryen does not have.
pub fn wasm_opt_flags(features: &[Feature], binaryen: u32) -> Result<Vec<String>, String> {
    let mut flags = vec!["--mvp-features".to_string()];
    for feature in features {
        if binaryen >= feature.binaryen_since {
            flags.push(format!("--enable-{}", feature.wasm_opt));
        } else if !features.iter().any(|other| Some(other.name) == feature.part_of) {
            return Err(format!("Binaryen {binaryen} does not know the target feature `{}`", feature.name));
        }
    }
    Ok(flags)
}

/// What the validator has to allow for a module with `features`; the component model on top where `component`.
pub fn validator_features(features: &[Feature], component: bool) -> WasmFeatures {
    // The shim and fixup modules that the encoder adds put functions into a table from another module, which is MVP.
    let base = if component { WasmFeatures::MVP.union(WasmFeatures::COMPONENT_MODEL) } else { WasmFeatures::MVP };
    features.iter().fold(base, |all, feature| all.union(feature.validator))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{CustomSection, Module};

    fn module(section: &[u8]) -> Vec<u8> {
        let mut module = Module::new();
        module.section(&CustomSection { name: "target_features".into(), data: section.into() });
        module.finish()
    }

    #[test]
    fn features_become_flags_and_nothing_else_is_enabled() {
        let module = module(b"\x03+\x0bbulk-memory+\x0fbulk-memory-opt-\x07atomics");
        let features = target_features(&module).unwrap();
        assert_eq!(
            wasm_opt_flags(&features, 132).unwrap(),
            ["--mvp-features", "--enable-bulk-memory", "--enable-bulk-memory-opt"]
        );
        assert_eq!(wasm_opt_flags(&features, 116).unwrap(), ["--mvp-features", "--enable-bulk-memory"]);
        assert!(wasm_opt_flags(&features[1..], 116).is_err());
        assert!(validator_features(&features, false).contains(WasmFeatures::BULK_MEMORY));
        assert!(!validator_features(&features, false).contains(WasmFeatures::SIMD));
    }

    #[test]
    fn missing_unknown_and_malformed_are_told_apart() {
        assert!(target_features(&Module::new().finish()).unwrap_err().contains("no `target_features`"));
        assert!(target_features(&module(b"\x01+\x03abc")).unwrap_err().contains("`abc`"));
        assert!(target_features(&module(b"\x05+\x03ab")).unwrap_err().contains("malformed"));
        assert!(target_features(b"no wasm").is_err());
    }
}
