//! C code in a build with profiles: the crate `cc` hands rustc's profile flags on to clang, whose LLVM is another one. Such code is left as it is.

use crate::{
    data::exit::Failure,
    shell::{process, workspace::Workspace},
};
use anyhow::Result;
use std::{env, path::Path};

/// What the compiler of C code is told, and what is to be said of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CCode {
    /// Variables to set.
    pub variables: Vec<(String, String)>,
    /// The compiler and its version.
    pub compiler: String,
    /// What was done, a line each.
    pub notes: Vec<String>,
}

/// How flags begin that would have C code write or use profiles.
const PROFILE_FLAGS: [&str; 4] = ["-fprofile", "-fcs-profile", "-fcoverage", "--coverage"];

/// What clang takes to leave the flags that it was handed on.
const OFF: &str = "-fno-profile-generate -fno-profile-use";

/// What is to be set for builds for `target`; `named` is a compiler that the build is told to take.
///
/// # Errors
/// The compiler is there and cannot be started.
pub fn environment(workspace: &Workspace, target: &str, named: Option<&str>) -> Result<CCode> {
    let variables: Vec<(String, String)> =
        env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect();
    let value =
        |name: &str| variables.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str());
    let underscored = target.replace('-', "_");
    let program = value(&format!("CC_{target}")).or_else(|| value(&format!("CC_{underscored}"))).or_else(|| value("CC"));
    let first = |words: &str| words.split_whitespace().next().unwrap_or("cc").to_string();
    let program = named.map_or_else(|| first(program.unwrap_or("cc")), ToString::to_string);
    let compiler = match process::find(&program) {
        Some(path) => process::first_line(workspace.shell()?.cmd(path).arg("--version")).unwrap_or_else(|_| "unknown".into()),
        None if Path::new(&program).is_file() => {
            process::first_line(workspace.shell()?.cmd(&program).arg("--version")).unwrap_or_else(|_| "unknown".into())
        }
        None => "none".into(),
    };
    Ok(plan(&variables, &underscored, compiler))
}

fn plan(variables: &[(String, String)], underscored: &str, compiler: String) -> CCode {
    let mut code = CCode { compiler, ..CCode::default() };
    let is_flags = |name: &str| ["CFLAGS", "CXXFLAGS"].iter().any(|flags| name.contains(flags)) && !name.contains("RUSTFLAGS");
    for (name, value) in variables.iter().filter(|(name, _)| is_flags(name)) {
        let is_profile = |flag: &&str| PROFILE_FLAGS.iter().any(|start| flag.starts_with(start));
        let (out, kept): (Vec<&str>, Vec<&str>) = value.split_whitespace().partition(is_profile);
        if !out.is_empty() {
            code.notes
                .push(format!("left {} out of {name}: C code is not profiled, its LLVM would be another one", out.join(" ")));
            code.variables.push((name.clone(), kept.join(" ")));
        }
    }
    if code.compiler.contains("clang") {
        for flags in ["CFLAGS", "CXXFLAGS"] {
            let name = format!("{flags}_{underscored}");
            let set = |all: &[(String, String)]| all.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
            let before = set(&code.variables).or_else(|| set(variables)).unwrap_or_default();
            code.variables.retain(|(key, _)| *key != name);
            code.variables.push((name, format!("{before} {OFF}").trim_start().to_string()));
        }
        code.notes.push(format!("C code is compiled by {}: it was told to write and use no profiles ({OFF})", code.compiler));
    }
    code
}

/// Looks into the libraries that build scripts made: none may have counters of its own.
///
/// # Errors
/// Exit 4, and names the library.
pub fn check(target_dir: &Path) -> Result<()> {
    let mut folders = vec![target_dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "a" || extension == "o") {
                check_file(target_dir, &path)?;
            }
        }
    }
    Ok(())
}

fn check_file(target_dir: &Path, path: &Path) -> Result<()> {
    // Build scripts write into folders called `out`; the other files there are rustc's own.
    let below = path.strip_prefix(target_dir).unwrap_or(path);
    let of_script = below.ancestors().any(|folder| folder.file_name().is_some_and(|name| name == "out"));
    let counters: &[u8] = b"__llvm_prf_cnts";
    if of_script && fs_err::read(path)?.windows(counters.len()).any(|window| window == counters) {
        return Err(Failure::invalid(format!(
            "the C code in {} was instrumented by another LLVM than rustc's: set CC to gcc, or unset what makes its build script pass profile flags",
            path.display()
        ))
        .into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    #[test]
    fn profile_flags_are_left_out_and_said() {
        let code = plan(&set(&[("CFLAGS", "-O2 -fprofile-generate=x"), ("RUSTFLAGS", "-fprofile")]), "x", "cc (GCC) 12".into());
        assert_eq!(code.variables, set(&[("CFLAGS", "-O2")]));
        assert!(code.notes[0].contains("left -fprofile-generate=x out of CFLAGS"), "{:?}", code.notes);
        assert_eq!(plan(&set(&[("CFLAGS", "-O2")]), "x", "cc (GCC) 12".into()).variables, []);
    }

    #[test]
    fn clang_is_told_to_leave_them() {
        let code = plan(&set(&[("CFLAGS_x", "-O2 -fprofile-use=y")]), "x", "clang version 14".into());
        let want = set(&[("CFLAGS_x", &format!("-O2 {OFF}")), ("CXXFLAGS_x", OFF)]);
        assert_eq!(code.variables, want);
    }

    #[test]
    fn instrumented_libraries_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("build/ring-1/out");
        fs_err::create_dir_all(&out).unwrap();
        fs_err::write(folder.path().join("build/rustc.o"), b"__llvm_prf_cnts").unwrap();
        check(folder.path()).unwrap();
        fs_err::write(out.join("libring.a"), b"xx__llvm_prf_cntsxx").unwrap();
        assert!(check(folder.path()).unwrap_err().to_string().contains("libring.a"));
    }
}
