//! WAMR ahead of time: its compiler, and the runtime for what it makes, built from the tree that the crate `wamrx-sys` ships.
//!
//! The compiler is a program of its own (`xtask/runner/wamr-aot/compiler`), so that the process that runs compiled modules has no LLVM in it.

use super::{
    llvm::{self, Llvm, Search},
    tools,
};
use crate::{
    analysis::digest::sha256,
    data::exit::Failure,
    shell::{console, optimizer::heavy_target, process, runner::Runner, store, workspace},
};
use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;
use runner_protocol::{Build, Engine};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::OnceLock,
    thread,
};
use xshell::Shell;

/// The compiler and the library, as cmake names them.
const COMPILER: &str = "runner-wamr-compile";
const LIBRARY: &str = "libiwasm.a";

/// How the runtime is built: what runs compiled modules, and nothing else. WASI is the sandbox's, and so is the check of bounds the code's own.
const RUNTIME: [&str; 12] = [
    "-DCMAKE_BUILD_TYPE=Release",
    "-DWAMR_BUILD_AOT=1",
    "-DWAMR_BUILD_INTERP=0",
    "-DWAMR_BUILD_JIT=0",
    "-DWAMR_BUILD_FAST_JIT=0",
    "-DWAMR_BUILD_LIBC_BUILTIN=0",
    "-DWAMR_BUILD_LIBC_WASI=0",
    "-DWAMR_BUILD_REF_TYPES=1",
    "-DWAMR_BUILD_SIMD=0",
    "-DWAMR_BUILD_THREAD_MGR=1",
    "-DWAMR_BUILD_LOAD_CUSTOM_SECTION=1",
    "-DWAMR_DISABLE_HW_BOUND_CHECK=1",
];

/// Why there is no ahead of time on this machine, and how to get it; nothing if there is. What can be downloaded is. Asked once a process.
///
/// # Errors
/// What is there is not as expected.
pub fn unavailable(scratch: &Path) -> Result<Option<String>> {
    static REASON: OnceLock<Option<String>> = OnceLock::new();
    if let Some(reason) = REASON.get() {
        return Ok(reason.clone());
    }
    let reason = match search(&heavy_target(scratch))? {
        Search::Found(_) => None,
        Search::Missing(reason) => Some(reason),
    };
    Ok(REASON.get_or_init(|| reason).clone())
}

/// Compiles the module `wasm` into the file `compiled`, which is left alone where it is of the same module and the same compiler.
///
/// # Errors
/// The runner does not build, or the module does not compile.
pub fn compile(scratch: &Path, wasm: &Path, compiled: &Path) -> Result<PathBuf> {
    Runner::find(Build::WamrAot, scratch)?.precompile(Engine::WamrAot, wasm, compiled)?;
    Ok(compiled.to_path_buf())
}

/// The environment in which cargo builds `runner-wamr-aot`: where the library is that it links, and the compiler that it starts. Both are built
/// below `heavy` if they are not there.
///
/// # Errors
/// LLVM is missing, or cmake fails.
pub fn environment(heavy: &Path) -> Result<Vec<(String, OsString)>> {
    let llvm = match search(heavy)? {
        Search::Found(llvm) => llvm,
        Search::Missing(reason) => return Err(Failure::tool(reason).into()),
    };
    let folder = built(heavy, &llvm)?;
    let compiler = folder.join(COMPILER).into_os_string();
    Ok(vec![("RUNNER_WAMR_AOT_LIBRARY_DIR".into(), folder.into_os_string()), ("RUNNER_WAMR_COMPILER".into(), compiler)])
}

/// LLVM, and what cannot be had without root.
fn search(heavy: &Path) -> Result<Search> {
    match process::find("c++") {
        None => Ok(Search::Missing("there is no C++ compiler (`c++`), which WAMR's compiler needs: install g++ or clang".into())),
        Some(_) => llvm::find(heavy),
    }
}

/// The folder with both products. Its name tells what they were made of.
fn built(heavy: &Path, llvm: &Llvm) -> Result<PathBuf> {
    let source = workspace::home().join("xtask/runner/wamr-aot/compiler");
    let tree = tree()?;
    let mut inputs = format!("{} {} {}", tree.display(), llvm.library.display(), RUNTIME.join(" "));
    for name in ["CMakeLists.txt", "endable.c", "endable.h", "main.c"] {
        inputs.push_str(&fs_err::read_to_string(source.join(name))?);
    }
    let parent = heavy.join("wamr");
    let folder = parent.join(&sha256(inputs.as_bytes())[..16]);
    if folder.join(COMPILER).is_file() && folder.join(LIBRARY).is_file() {
        return Ok(folder);
    }
    console::log("xtask: building WAMR's compiler and runtime by cmake (C++ against LLVM 16; 1 to 3 minutes on two cores, once)");
    store::create_folder(&parent)?;
    let temporary = tempfile::Builder::new().prefix(".building-").tempdir_in(&parent)?;
    let cmake = Cmake { shell: process::shell(temporary.path())?, variables: tools::environment(heavy)? };
    cmake.build(&source, "compiler", &compiler_arguments(&tree, llvm), COMPILER)?;
    cmake.build(&tree, "runtime", &RUNTIME.map(OsString::from), "vmlib")?;
    let products = temporary.path().join("products");
    store::create_folder(&products)?;
    fs_err::rename(temporary.path().join("compiler").join(COMPILER), products.join(COMPILER))?;
    fs_err::rename(temporary.path().join("runtime").join(LIBRARY), products.join(LIBRARY))?;
    match fs_err::rename(&products, &folder) {
        // Another process was faster, with the same inputs.
        Err(_) if folder.is_dir() => Ok(folder),
        renamed => Ok(renamed.map(|()| folder)?),
    }
}

fn compiler_arguments(tree: &Path, llvm: &Llvm) -> Vec<OsString> {
    let define = |name: &str, value: &Path| {
        let mut argument = OsString::from(format!("-D{name}="));
        argument.push(value);
        argument
    };
    let mut neighbours = OsString::from("-DLLVM_NEIGHBOURS=");
    neighbours
        .push(llvm.neighbours.iter().map(|folder| folder.as_os_str()).collect::<Vec<_>>().join(OsString::from(";").as_os_str()));
    vec![
        define("WAMR_ROOT_DIR", tree),
        define("LLVM_INCLUDE_DIR", &llvm.headers),
        define("LLVM_LIBRARY", &llvm.library),
        neighbours,
    ]
}

/// WAMR's tree in the sources of `wamrx-sys`: cargo says where it has put them, and downloads them if need be.
fn tree() -> Result<PathBuf> {
    let options = ["--locked".to_string()];
    let metadata = MetadataCommand::new().manifest_path(workspace::home().join("Cargo.toml")).other_options(options).exec();
    let metadata =
        metadata.with_context(|| Failure::tool("cargo cannot list this workspace's packages: it needs the crate registry"))?;
    let package = metadata.packages.iter().find(|package| package.name == "wamrx-sys");
    let manifest =
        package.context("this workspace does not depend on wamrx-sys, which brings WAMR's tree")?.manifest_path.clone();
    let folder = manifest.parent().context("wamrx-sys has no folder")?.join("wasm-micro-runtime");
    Ok(folder.into_std_path_buf())
}

struct Cmake {
    shell: Shell,
    variables: Vec<(String, OsString)>,
}

impl Cmake {
    /// Configures `source` in the folder `name`, and builds `target`.
    fn build(&self, source: &Path, name: &str, arguments: &[OsString], target: &str) -> Result<()> {
        let jobs = thread::available_parallelism().map_or(1, usize::from).to_string();
        let configure = self.shell.cmd("cmake").arg("-S").arg(source).args(["-B", name]).args(arguments);
        let build = self.shell.cmd("cmake").args(["--build", name, "--target", target, "--parallel", &jobs]);
        for step in [configure, build] {
            let output = process::output(step.envs(self.variables.clone()))?;
            if !output.status.success() {
                return Err(anyhow::anyhow!(process::tail(&output.stderr))).with_context(|| {
                    Failure::tool(format!("cmake cannot build WAMR's {name}: it needs a C and a C++ compiler that take C++17"))
                });
            }
        }
        Ok(())
    }
}
