//! The engines, and the builds of the runner that have them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What runs an artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// The agent's own binary on this machine: the reference.
    Native,
    /// Wasmtime: compiled by Cranelift when loaded.
    WasmtimeJit,
    /// Wasmtime: compiled by Winch, the baseline compiler, when loaded.
    WasmtimeWinch,
    /// Wasmtime: compiled by Cranelift ahead of time, run by a build without a compiler.
    WasmtimeAot,
    /// Wasmtime: compiled ahead of time for Pulley, its portable interpreter, run by a build without a compiler.
    WasmtimePulley,
    /// WAMR: the fast interpreter.
    WamrInterpreter,
    /// WAMR: compiled ahead of time by its LLVM compiler, run by a build without one.
    WamrAot,
}

/// A build of the runner: each has only the engines that it is for, so that its memory is theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Build {
    /// Wasmtime with its compilers. It also compiles ahead of time.
    Jit,
    /// Wasmtime without a compiler.
    Precompiled,
    /// WAMR's fast interpreter.
    Wamr,
    /// WAMR's runtime for what its compiler made.
    WamrAot,
}

impl Engine {
    /// All of them, in the order they are printed.
    pub const ALL: [Engine; 7] = [
        Engine::Native,
        Engine::WasmtimeJit,
        Engine::WasmtimeWinch,
        Engine::WasmtimeAot,
        Engine::WasmtimePulley,
        Engine::WamrInterpreter,
        Engine::WamrAot,
    ];

    /// The build that runs it; none for the reference.
    pub fn build(self) -> Option<Build> {
        match self {
            Engine::Native => None,
            Engine::WasmtimeJit | Engine::WasmtimeWinch => Some(Build::Jit),
            Engine::WasmtimeAot | Engine::WasmtimePulley => Some(Build::Precompiled),
            Engine::WamrInterpreter => Some(Build::Wamr),
            Engine::WamrAot => Some(Build::WamrAot),
        }
    }

    /// The target whose artifact it takes; none for the reference.
    pub fn target(self) -> Option<&'static str> {
        match self {
            Engine::Native => None,
            Engine::WasmtimeJit | Engine::WasmtimeWinch | Engine::WasmtimeAot | Engine::WasmtimePulley => Some("wasm32-wasip2"),
            Engine::WamrInterpreter | Engine::WamrAot => Some("wasm32-wasip1"),
        }
    }

    /// Whether the artifact is compiled into a file of its own before it is run.
    pub fn is_precompiled(self) -> bool {
        matches!(self, Engine::WasmtimeAot | Engine::WasmtimePulley | Engine::WamrAot)
    }

    /// Whether it counts fuel.
    pub fn counts_fuel(self) -> bool {
        self.target() == Some("wasm32-wasip2")
    }

    /// The name in JSON, on the command line and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Native => "native",
            Engine::WasmtimeJit => "wasmtime-jit",
            Engine::WasmtimeWinch => "wasmtime-winch",
            Engine::WasmtimeAot => "wasmtime-aot",
            Engine::WasmtimePulley => "wasmtime-pulley",
            Engine::WamrInterpreter => "wamr-interpreter",
            Engine::WamrAot => "wamr-aot",
        }
    }
}

impl Build {
    /// The name of the binary, and of the cargo feature that it needs.
    pub fn binary(self) -> &'static str {
        match self {
            Build::Jit => "runner-jit",
            Build::Precompiled => "runner-precompiled",
            Build::Wamr => "runner-wamr",
            Build::WamrAot => "runner-wamr-aot",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl std::str::FromStr for Engine {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let names = || Engine::ALL.map(Engine::name).join(", ");
        Engine::ALL
            .into_iter()
            .find(|engine| engine.name() == name)
            .ok_or_else(|| format!("`{name}` is no engine: one of {}", names()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_the_command_line_use_one_name() {
        for engine in Engine::ALL {
            assert_eq!(serde_json::to_value(engine).unwrap(), engine.name());
            assert_eq!(engine.name().parse(), Ok(engine));
        }
        assert!("wasmtime".parse::<Engine>().unwrap_err().contains("wasmtime-jit"));
    }
}
