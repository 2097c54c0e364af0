//! What the crate that builds WAMR needs on this machine: cmake, make and libclang, from the system or as wheels in a virtual environment of our own.

use crate::{
    data::exit::Failure,
    shell::{
        process,
        wheels::{self, Wanted},
    },
};
use anyhow::{Context, Result};
use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

/// What is installed from PyPI where the system has none: name, version.
const WHEELS: [(&str, &str); 3] = [("cmake", "4.4.4"), ("libclang", "18.1.1"), ("ninja", "1.13.0")];

/// What bindgen tells libclang.
const BINDGEN_ARGUMENTS: &str = "BINDGEN_EXTRA_CLANG_ARGS";

/// The environment in which WAMR and its bindings build; what is missing is installed below `heavy`, without root.
///
/// # Errors
/// There is no C compiler; or cmake, make or libclang is missing, and so is Python or the network.
pub fn environment(heavy: &Path) -> Result<Vec<(String, OsString)>> {
    let shell = process::shell(Path::new("."))?;
    if process::find("cc").is_none() {
        return Err(Failure::tool("there is no C compiler (`cc`) on PATH, which WAMR needs: install gcc or clang").into());
    }
    let has_cmake = process::find("cmake").is_some() && process::first_line(shell.cmd("cmake").arg("--version")).is_ok();
    // What cmake hands the work to.
    let has_make = process::find("make").is_some();
    let has_libclang = is_set("LIBCLANG_PATH") || system_libclang().is_some();
    let mut variables = Vec::new();
    if !is_set(BINDGEN_ARGUMENTS) {
        // Neither the wheel nor Debian's package of the library has the headers that belong to a compiler. Those of the one that is here come
        // last: where libclang has its own, they are the right ones.
        let headers = process::first_line(shell.cmd("cc").arg("-print-file-name=include"))?;
        variables.push((BINDGEN_ARGUMENTS.to_string(), format!("-idirafter {headers}").into()));
    }
    if has_cmake && has_make && has_libclang {
        return Ok(variables);
    }
    let wheels = installed(heavy)?;
    if !has_cmake || !has_make {
        let paths = [vec![wheels.join("bin")], env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect()].concat();
        variables.push(("PATH".to_string(), env::join_paths(paths).context("PATH cannot be put together")?));
    }
    if !has_make {
        variables.push(("CMAKE_GENERATOR".to_string(), "Ninja".into()));
    }
    if !has_libclang {
        variables.push(("LIBCLANG_PATH".to_string(), libclang_folder(&wheels)?.into_os_string()));
    }
    Ok(variables)
}

fn is_set(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// A libclang where the crate that looks for one finds it by itself.
pub fn system_libclang() -> Option<PathBuf> {
    let folders = [
        "/usr/lib",
        "/usr/lib64",
        "/usr/local/lib",
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/opt/homebrew/opt/llvm/lib",
    ];
    let versioned = fs_err::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    let versioned = versioned.filter(|path| path.to_string_lossy().contains("llvm")).map(|path| path.join("lib"));
    folders.into_iter().map(PathBuf::from).chain(versioned).find_map(|folder| library_in(&folder))
}

fn library_in(folder: &Path) -> Option<PathBuf> {
    let is_libclang = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name.starts_with("libclang.") || name.starts_with("libclang-"))
            && !name.starts_with("libclang-cpp")
            && (name.contains(".so") || name.ends_with(".dylib"))
    };
    fs_err::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).find(|path| is_libclang(path))
}

/// The virtual environment with [`WHEELS`], made when first needed.
fn installed(heavy: &Path) -> Result<PathBuf> {
    let folder = wheels::install(
        heavy,
        &WHEELS,
        &Wanted {
            by: "WAMR",
            cost: "seconds, 180 MB in the target folder",
            cure: "install cmake, make and libclang (Debian: cmake make libclang-dev), or Python 3 with venv where PyPI is reachable",
        },
    )?;
    libclang_folder(&folder)?;
    Ok(folder)
}

fn libclang_folder(environment: &Path) -> Result<PathBuf> {
    let found =
        wheels::packages(environment).map(|folder| folder.join("clang/native")).find(|folder| library_in(folder).is_some());
    found.with_context(|| {
        Failure::tool(format!("the wheel libclang has no library in {}: remove that folder and run again", environment.display()))
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_told_from_its_neighbours() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["libclang-cpp.so.14", "libclang.a", "libclangBasic.so"] {
            fs_err::write(path(name), "").unwrap();
        }
        assert_eq!(library_in(folder.path()), None);
        fs_err::write(path("libclang-16.so.16"), "").unwrap();
        assert_eq!(library_in(folder.path()), Some(path("libclang-16.so.16")));
    }
}
