//! Profiles for WebAssembly: which compilers take them, and whether one is here.

use crate::shell::{process, workspace::Workspace};
use anyhow::Result;

/// The flag of WAMR's compiler that writes an instrumented module.
const FLAG: &str = "--enable-llvm-pgo";

/// Why the guest is not trained.
///
/// # Errors
/// A compiler is there and cannot be started.
pub fn not_applicable(workspace: &Workspace) -> Result<String> {
    let Some(path) = process::find("wamrc") else {
        return Ok(format!(
            "no ahead-of-time compiler with {FLAG} is here: put WAMR's wamrc, built with LLVM's profiling runtime, on PATH"
        ));
    };
    let output = process::output(workspace.shell()?.cmd(&path).arg("--help"))?;
    let help = [output.stdout, output.stderr].concat();
    Ok(match String::from_utf8_lossy(&help).contains(FLAG) {
        false => format!("{} does not know {FLAG}", path.display()),
        true => format!(
            "{} knows {FLAG}, and nothing here can take a profile out of the guest: that needs a WAMR built with WASM_ENABLE_STATIC_PGO, and the runner's is not",
            path.display()
        ),
    })
}
