//! A compiler for C code in builds for musl: the machine's own, else Zig's, which brings musl's headers for every processor and is a wheel on PyPI.

use super::Place;
use crate::shell::{
    optimizer::heavy_target,
    process, store,
    wheels::{self, Wanted},
    workspace::Workspace,
};
use anyhow::Result;
use std::{
    env,
    path::{Path, PathBuf},
};

/// The wheel, and its version.
const WHEEL: (&str, &str) = ("ziglang", "0.17.1");

const WANTED: Wanted = Wanted {
    by: "C code for musl",
    cost: "100 MB to fetch, 440 MB in the target folder, once",
    cure: "install musl-gcc (Debian: musl-tools), or name a compiler for musl in TARGET_CC",
};

/// Packages that compile C.
const COMPILE_C: [&str; 2] = ["name = \"cc\"", "name = \"cmake\""];

/// The variable to set so that the C code of `place` compiles for `triple`, which is one with musl; nothing where there is none, or the machine has a
/// compiler for it.
///
/// # Errors
/// Exit 3: one is needed, and Zig's cannot be had.
pub fn compiler(place: &Place, triple: &str) -> Result<Option<(String, String)>> {
    if !compiles_c(&place.workspace)? || own(&place.tools.host, triple).is_some() {
        return Ok(None);
    }
    let environment = wheels::install(&heavy_target(&place.workspace.scratch()), &[WHEEL], &WANTED)?;
    let zig = wheels::packages(&environment).map(|folder| folder.join("ziglang/zig")).find(|path| path.is_file());
    let Some(zig) = zig else {
        anyhow::bail!("the wheel {} has no compiler in {}: remove that folder and run again", WHEEL.0, environment.display());
    };
    let script = place.workspace.scratch().join("pgo").join(format!("cc-{triple}"));
    store::write(&script, wrapper(&zig, &environment.join("zig-cache"), triple).as_bytes())?;
    #[cfg(unix)]
    fs_err::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(Some((format!("CC_{}", triple.replace('-', "_")), script.display().to_string())))
}

/// What compiles the C code of a workspace for `triple`, with its version; counts of one compiler's code say nothing of another's.
///
/// # Errors
/// The lock file cannot be read.
pub fn version(workspace: &Workspace, host: &str, triple: &str) -> Result<String> {
    if !compiles_c(workspace)? {
        return Ok("none".into());
    }
    let Some(own) = own(host, triple) else { return Ok(format!("{} {}", WHEEL.0, WHEEL.1)) };
    let first = process::first_line(workspace.shell()?.cmd(&own).arg("--version"));
    Ok(first.unwrap_or_else(|_| own.display().to_string()))
}

fn compiles_c(workspace: &Workspace) -> Result<bool> {
    let lock = store::read_text(&workspace.root.join("Cargo.lock"))?.unwrap_or_default();
    Ok(COMPILE_C.iter().any(|name| lock.lines().any(|line| line == *name)))
}

/// The linker for another processor's `triple`: the one that rustc brings, since what it links with lies beside the target's standard library. This
/// processor's is linked as everything else here.
pub fn linker(host: &str, triple: &str) -> Option<&'static str> {
    (processor(host) != processor(triple)).then_some("rust-lld")
}

/// The machine's compiler, where the crate `cc` finds one. That for this processor compiles for no other.
fn own(host: &str, triple: &str) -> Option<PathBuf> {
    let is_ours = processor(host) == processor(triple);
    let set = [format!("CC_{triple}"), format!("CC_{}", triple.replace('-', "_")), "TARGET_CC".into()]
        .into_iter()
        .chain(is_ours.then(|| "CC".into()))
        .find_map(|name| env::var_os(name).filter(|value| !value.is_empty()))
        .map(PathBuf::from);
    let musl_gcc = || if is_ours { process::find("musl-gcc") } else { None };
    set.or_else(musl_gcc).or_else(|| process::find(&format!("{}-linux-musl-gcc", processor(triple))))
}

fn processor(triple: &str) -> &str {
    triple.split('-').next().unwrap_or_default()
}

/// A script that stands for the compiler: Zig has its own words for targets and does not take those that the crate `cc` says.
fn wrapper(zig: &Path, cache: &Path, triple: &str) -> String {
    let quoted = |path: &Path| format!("'{}'", path.display().to_string().replace('\'', r"'\''"));
    format!(
        "#!/bin/sh\nfor word do\n    shift\n    case \"$word\" in --target=*) ;; *) set -- \"$@\" \"$word\" ;; esac\ndone\n\
         export ZIG_GLOBAL_CACHE_DIR={} ZIG_LOCAL_CACHE_DIR={}\nexec {} cc -target {} \"$@\"\n",
        quoted(cache),
        quoted(cache),
        quoted(zig),
        triple.replace("-unknown-", "-")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_processor_has_another_linker() {
        assert_eq!(linker("x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl"), None);
        assert_eq!(linker("x86_64-unknown-linux-gnu", "aarch64-unknown-linux-musl"), Some("rust-lld"));
    }

    #[test]
    fn the_script_drops_the_target_of_others_and_quotes_paths() {
        let text = wrapper(Path::new("/a b/zig"), Path::new("/it's"), "aarch64-unknown-linux-musl");
        assert!(text.contains("exec '/a b/zig' cc -target aarch64-linux-musl \"$@\"\n"), "{text}");
        assert!(text.contains(r"ZIG_GLOBAL_CACHE_DIR='/it'\''s'") && text.contains("--target=*) ;;"), "{text}");
    }
}
