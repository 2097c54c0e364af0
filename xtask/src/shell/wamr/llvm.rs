//! LLVM 16, which WAMR's compiler is linked with: from the system, else Debian's packages in a folder of our own.

use crate::{
    data::exit::Failure,
    shell::{console, process, store},
};
use anyhow::{Context, Result};
use std::{
    env,
    path::{Path, PathBuf},
};
use xshell::Shell;

/// The environment variable that names a folder with LLVM 16: `include` and `lib` lie in it.
const PREFIX: &str = "XTASK_LLVM_16_DIR";
/// The version that WAMR's compiler was tried with.
const MAJOR: &str = "16";
/// Where package managers put it.
const PREFIXES: [&str; 4] = ["/usr/lib/llvm-16", "/usr/lib64/llvm16", "/opt/homebrew/opt/llvm@16", "/usr/local/opt/llvm@16"];
/// Debian's packages: the library, and its headers.
const PACKAGES: [&str; 2] = ["libllvm16", "llvm-16-dev"];
/// What is there wherever a C++ compiler is. Two of these in one process would be worse than none.
const BASE: [&str; 4] = ["libc6", "libgcc-s1", "libstdc++6", "libllvm16"];

/// Where LLVM 16 is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Llvm {
    /// The folder of its headers.
    pub headers: PathBuf,
    /// Its library.
    pub library: PathBuf,
    /// Folders with what the library needs, if the system does not have it.
    pub neighbours: Vec<PathBuf>,
}

/// What came of looking for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// It is there.
    Found(Llvm),
    /// It is not, and how to get it.
    Missing(String),
}

/// Finds LLVM 16, or installs it below `heavy`.
///
/// # Errors
/// The folder that the variable names has none; a folder of our own cannot be written.
pub fn find(heavy: &Path) -> Result<Search> {
    if let Some(prefix) = env::var_os(PREFIX).filter(|prefix| !prefix.is_empty()).map(PathBuf::from) {
        let wrong =
            || Failure::tool(format!("{PREFIX} names {}, which has no LLVM {MAJOR}: unset it, or correct it", prefix.display()));
        return Ok(Search::Found(at(&prefix).with_context(wrong)?));
    }
    if let Some(found) = PREFIXES.iter().find_map(|prefix| at(Path::new(prefix))) {
        return Ok(Search::Found(found));
    }
    let folder = heavy.join("llvm-16");
    if let Some(found) = in_packages(&folder) {
        return Ok(Search::Found(found));
    }
    let cure =
        format!("install LLVM {MAJOR} (Debian: {}; Homebrew: llvm@16), or name its folder in {PREFIX}", PACKAGES.join(" "));
    if process::find("apt-get").is_none() || process::find("dpkg-deb").is_none() {
        return Ok(Search::Missing(format!("there is no LLVM {MAJOR}: {cure}")));
    }
    console::log(
        "xtask: downloading LLVM 16 from Debian's packages (seconds, 150 MB in the target folder, nothing is installed in the system)",
    );
    match download(heavy, &folder) {
        Ok(()) => in_packages(&folder).map(Search::Found).with_context(|| {
            Failure::tool(format!(
                "Debian's packages in {} are not as expected: remove that folder, and {cure}",
                folder.display()
            ))
        }),
        Err(error) => {
            Ok(Search::Missing(format!("there is no LLVM {MAJOR}, and apt-get cannot download it ({error:#}): {cure}")))
        }
    }
}

/// LLVM 16 below `prefix`, if it is there.
fn at(prefix: &Path) -> Option<Llvm> {
    let headers = prefix.join("include");
    let config = fs_err::read_to_string(headers.join("llvm/Config/llvm-config.h")).ok()?;
    let is_ours = config.lines().any(|line| line.split_whitespace().eq(["#define", "LLVM_VERSION_MAJOR", MAJOR]));
    let names = ["libLLVM-16.so.1", "libLLVM-16.so", "libLLVM-16.dylib", "libLLVM.dylib"];
    let libraries = ["lib", "lib64"].into_iter().flat_map(|folder| names.map(|name| prefix.join(folder).join(name)));
    // The file itself: what it needs lies beside it, not beside a link to it.
    let library = libraries.into_iter().find_map(|path| fs_err::canonicalize(path).ok())?;
    is_ours.then_some(Llvm { headers, library, neighbours: Vec::new() })
}

/// LLVM 16 in a folder that Debian's packages were extracted to.
fn in_packages(folder: &Path) -> Option<Llvm> {
    let found = at(&folder.join("usr/lib/llvm-16"))?;
    let architecture = found.library.parent()?.file_name()?;
    let neighbours = ["usr/lib", "lib"].map(|lib| folder.join(lib).join(architecture));
    Some(Llvm { neighbours: neighbours.into_iter().filter(|folder| folder.is_dir()).collect(), ..found })
}

/// Extracts the packages, and those they need that the system lacks, to `folder`: whole or not at all.
fn download(heavy: &Path, folder: &Path) -> Result<()> {
    store::create_folder(heavy)?;
    let temporary = tempfile::Builder::new().prefix(".installing-").tempdir_in(heavy)?;
    let shell = process::shell(temporary.path())?;
    // apt's own lists where they name the package, else new ones: those of the system are root's.
    let known = run(&shell, "apt-cache", &["show".into(), PACKAGES[1].into()]).is_ok();
    let options = if known { Vec::new() } else { own_lists(&shell, temporary.path())? };
    let packages = [PACKAGES.map(String::from).to_vec(), lacking(&shell, &options)?].concat();
    run(&shell, "apt-get", &[options, vec!["download".into()], packages].concat())?;
    let extracted = temporary.path().join("extracted");
    for entry in fs_err::read_dir(temporary.path())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            run(&shell, "dpkg-deb", &["-x".into(), path.display().to_string(), extracted.display().to_string()])?;
        }
    }
    remove_archives(&extracted.join("usr/lib/llvm-16/lib"))?;
    match fs_err::rename(&extracted, folder) {
        // Another process was faster.
        Err(_) if folder.is_dir() => Ok(()),
        renamed => Ok(renamed?),
    }
}

fn own_lists(shell: &Shell, folder: &Path) -> Result<Vec<String>> {
    let (lists, cache) = (folder.join("lists/partial"), folder.join("cache/archives/partial"));
    store::create_folder(&lists)?;
    store::create_folder(&cache)?;
    let state = format!("Dir::State::lists={}", folder.join("lists").display());
    let options = vec!["-o".to_string(), state, "-o".to_string(), format!("Dir::Cache={}", folder.join("cache").display())];
    run(shell, "apt-get", &[options.clone(), vec!["update".into()]].concat())?;
    Ok(options)
}

/// The packages with libraries that the library needs, and that are not installed.
fn lacking(shell: &Shell, options: &[String]) -> Result<Vec<String>> {
    let kinds = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"].map(|kind| format!("--no-{kind}"));
    let asked = [options.to_vec(), vec!["depends".into(), "--recurse".into()], kinds.to_vec(), vec![PACKAGES[0].into()]].concat();
    let needed = run(shell, "apt-cache", &asked)?;
    let names = needed.lines().map(|line| line.trim_end().to_string()).filter(|name| is_library(name));
    let is_installed = |name: &String| {
        run(shell, "dpkg-query", &["-W".into(), "-f=${Status}".into(), name.clone()])
            .is_ok_and(|status| status.ends_with(" installed"))
    };
    Ok(names.filter(|name| !is_installed(name)).collect())
}

/// Whether a line of `apt-cache depends` names a package with a library: relations are indented, virtual packages in angle brackets.
fn is_library(line: &str) -> bool {
    (line.starts_with("lib") || line.starts_with("zlib")) && !BASE.contains(&line)
}

/// The static libraries are most of what was extracted, and are not used.
fn remove_archives(folder: &Path) -> Result<()> {
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "a") {
            fs_err::remove_file(path)?;
        }
    }
    Ok(())
}

fn run(shell: &Shell, program: &str, arguments: &[String]) -> Result<String> {
    let output = process::output(shell.cmd(program).args(arguments))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    // apt warns of much, and marks what it fails of.
    let reason =
        errors.lines().find(|line| line.starts_with("E: ")).map_or_else(|| process::tail(&output.stderr), ToString::to_string);
    anyhow::ensure!(output.status.success(), "{program}: {reason}");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn prefix(version: &str, library: Option<&str>) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("include/llvm/Config/llvm-config.h");
        store::write(&config, format!("/* */\n#define LLVM_VERSION_MAJOR {version}\n").as_bytes()).unwrap();
        if let Some(name) = library {
            store::write(&folder.path().join("lib").join(name), b"").unwrap();
        }
        folder
    }

    #[test]
    fn only_this_version_with_its_library_will_do() {
        let fit = prefix("16", Some("libLLVM-16.so.1"));
        let found = at(fit.path()).unwrap();
        assert_eq!(found.headers, fit.path().join("include"));
        assert!(found.library.ends_with("lib/libLLVM-16.so.1") && found.neighbours.is_empty());
        for unfit in [prefix("17", Some("libLLVM-16.so.1")), prefix("16", None), prefix("161", Some("libLLVM-16.so"))] {
            assert_eq!(at(unfit.path()), None);
        }
    }

    #[test]
    fn libraries_are_told_from_relations_and_from_what_is_always_there() {
        let lines = ["libedit2", "  Depends: libbsd0", "<libz3>", "libc6", "zlib1g", "gcc-12-base", "libstdc++6", "libllvm16"];
        let libraries: Vec<&str> = lines.into_iter().filter(|line| is_library(line)).collect();
        assert_eq!(libraries, ["libedit2", "zlib1g"]);
    }
}
