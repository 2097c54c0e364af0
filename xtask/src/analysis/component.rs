//! From an optimized core module to the file that is shipped: encode, strip, validate. Bytes in, bytes out.

use super::{
    features::{Feature, validator_features},
    strip::{Keep, strip},
};
use wasmparser::Validator;
use wit_component::ComponentEncoder;

/// What is shipped for a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The core module itself: wasm32-wasip1 and wasm32-unknown-unknown.
    CoreModule,
    /// A component: wasm32-wasip2 and later.
    Component,
}

impl Kind {
    /// What is shipped for the target triple.
    pub fn of_target(target: &str) -> Kind {
        if target == "wasm32-wasip1" || !target.starts_with("wasm32-wasip") { Kind::CoreModule } else { Kind::Component }
    }
}

/// Encodes a core module whose `component-type` custom sections are still there.
///
/// # Errors
/// One line: there are no such sections, or what the encoder says.
pub fn encode(core: &[u8]) -> Result<Vec<u8>, String> {
    if strip(core, Keep::ComponentTypes)? == strip(core, Keep::Nothing)? {
        return Err("the core module has no `component-type` custom sections to make a component from: it was not built for \
                    wasm32-wasip2, or something stripped them"
            .into());
    }
    let encoded = ComponentEncoder::default().module(core).and_then(|encoder| encoder.encode());
    encoded.map_err(|error| format!("{error:#}"))
}

/// Validates a module or a component with exactly the features of its core module.
///
/// # Errors
/// The validator's, with the offset.
pub fn validate(wasm: &[u8], features: &[Feature], kind: Kind) -> Result<(), String> {
    let allowed = validator_features(features, kind == Kind::Component);
    Validator::new_with_features(allowed).validate_all(wasm).map(drop).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets() {
        assert_eq!(Kind::of_target("wasm32-wasip1"), Kind::CoreModule);
        assert_eq!(Kind::of_target("wasm32-unknown-unknown"), Kind::CoreModule);
        assert_eq!(Kind::of_target("wasm32-wasip2"), Kind::Component);
    }

    #[test]
    fn a_module_without_component_types_is_refused_with_the_cause() {
        let module = wat::parse_str("(module)").unwrap();
        assert!(encode(&module).unwrap_err().contains("component-type"));
    }

    #[test]
    fn validation_is_held_to_the_features() {
        let module = wat::parse_str("(module (func (result i32 i32) i32.const 1 i32.const 2))").unwrap();
        assert!(validate(&module, &[], Kind::CoreModule).unwrap_err().contains("multi-value"));
    }
}
