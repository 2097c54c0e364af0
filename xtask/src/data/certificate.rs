//! That a shipped file was executed, and by what: a size is worth nothing if the file does not run.

use super::{matrix::Cell, scenario::Scenario};
use runner_protocol::Engine;
use serde::{Deserialize, Serialize};

/// What ran a shipped file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// The engine.
    pub engine: Engine,
    /// Its name and version.
    pub version: String,
    /// The SHA-256 of what was loaded.
    pub sha256: String,
    /// The scenarios that it passed.
    pub scenarios: Vec<String>,
}

/// The engine that certifies files for `target`: the one that compiles them itself for components, the interpreter for preview 1.
pub fn engine_for(target: &str) -> Engine {
    match target {
        "wasm32-wasip2" => Engine::WasmtimeJit,
        _ => Engine::WamrInterpreter,
    }
}

/// What a file has to do where the policy names no scenarios: run to its end with exit code 0 and nothing granted, or, as a library, be instantiated.
///
/// # Errors
/// The subject's name cannot stand in a scenario, which a policy that was read cannot have.
pub fn least(cell: &Cell, is_library: bool) -> Result<Vec<Scenario>, String> {
    let (id, step) = if is_library { ("instantiates", "instantiate = true") } else { ("ends", "arguments = []") };
    let artifact = toml::Value::from(cell.variant.subject.as_str());
    let text = format!(
        "summary = \"The least that a file has to do.\"\nartifact = {artifact}\nnot-applicable.native = \"only shipped files are certified\"\n\
         [[step]]\n{step}\n"
    );
    Scenario::parse(id, &text)
}
