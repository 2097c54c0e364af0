//! The guests that scenarios need besides the agent: small hostile programs, built when first needed.

use crate::{
    data::exit::Failure,
    shell::{process, store, target, workspace, workspace::Workspace},
};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The package of the guests that are written in Rust.
const PACKAGE: &str = "hostile";

/// The built guests of one workspace.
#[derive(Clone, Debug)]
pub struct Fixtures {
    folder: PathBuf,
}

impl Fixtures {
    /// Fixtures below `scratch`; nothing is built yet.
    pub fn new(scratch: &Path) -> Fixtures {
        Fixtures { folder: scratch.join("fixtures") }
    }

    /// The wasm file of the fixture `name` for `target`: from the text `xtask/fixtures/wat/NAME.KIND.wat`, KIND being `component` for wasm32-wasip2 and
    /// `module` for wasm32-wasip1, or else the binary NAME of the package.
    ///
    /// # Errors
    /// It does not compile, or there is none of that name.
    pub fn file(&self, workspace: &Workspace, name: &str, triple: &str) -> Result<PathBuf> {
        let kind = if triple == "wasm32-wasip2" { "component" } else { "module" };
        let text = workspace::home().join("xtask/fixtures/wat").join(format!("{name}.{kind}.wat"));
        if text.is_file() { self.assembled(name, &text, triple) } else { self.compiled(workspace, name, triple) }
    }

    fn compiled(&self, workspace: &Workspace, name: &str, triple: &str) -> Result<PathBuf> {
        target::ensure(workspace, &[triple])?;
        let shell = process::shell(&workspace::home())?;
        let cmd = shell.cmd("cargo").args(["build", "--locked", "--release", "--package", PACKAGE, "--target", triple]);
        let output = process::output(cmd.arg("--target-dir").arg(&self.folder))?;
        if !output.status.success() {
            return Err(anyhow::anyhow!(process::tail(&output.stderr))).with_context(|| {
                Failure::tool(format!("cannot build xtask/fixtures for {triple}: it needs the crate registry"))
            });
        }
        let file = self.folder.join(triple).join("release").join(format!("{name}.wasm"));
        match file.is_file() {
            true => Ok(file),
            false => Err(Failure::usage(format!(
                "there is no artifact `{name}`: the policy's [run.artifact] has none for {triple}, and neither has xtask/fixtures; check the scenario's `artifact`"
            ))
            .into()),
        }
    }

    fn assembled(&self, name: &str, source: &Path, triple: &str) -> Result<PathBuf> {
        let text = fs_err::read_to_string(source)?;
        let wasm =
            wat::parse_str(&text).with_context(|| Failure::usage(format!("{} is no WebAssembly text", source.display())))?;
        let path = self.folder.join(triple).join(format!("{name}.wasm"));
        store::write_if_changed(&path, &wasm)?;
        Ok(path)
    }
}
