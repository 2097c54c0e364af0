//! A workspace whose tools are fakes: PATH is one folder of small scripts, so a whole flow takes a fraction of a second and
//! depends on no tool of the machine but `sh`.

// Each test binary uses its own part of this.
#![allow(dead_code)]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tempfile::TempDir;
use wasm_encoder::{
    CodeSection, CustomSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection, MemorySection,
    MemoryType, Module, NameMap, NameSection, TypeSection,
};

/// The subject's one variant.
pub const VARIANT: &str = "app/wasm32-wasip1/release/default";

/// The policy that [`Fake::new`] writes.
pub const POLICY: &str = r#"
schema = 1
[[subject]]
package = "app"
floor = "base"
forbidden-imports = ["wasi_snapshot_preview1.sock_*"]
matrix = [{ targets = ["wasm32-wasip1"], profiles = ["release"], allocators = ["default"] }]
[[limit]]
variants = "app/*"
max = { raw_bytes = 9000 }
"#;

/// How many bytes the fake optimizer cuts off the end: a whole custom section, see [`module`].
const PADDING: usize = 200;

/// A temporary workspace and its fake tools.
pub struct Fake {
    root: TempDir,
}

impl Fake {
    /// A workspace with the packages `app` and `base`, a policy, and fakes of every tool.
    pub fn new() -> Fake {
        let fake = Fake { root: tempfile::tempdir().unwrap() };
        fake.write("Cargo.toml", "[workspace]\nmembers = [\"app\", \"base\"]\nresolver = \"3\"\n");
        fake.write("Cargo.lock", LOCK);
        fake.write(".cargo/config.toml", "[net]\noffline = true\n");
        for name in ["app", "base"] {
            fake.write(
                &format!("{name}/Cargo.toml"),
                &format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
            );
            fake.write(&format!("{name}/src/main.rs"), "fn main() {}\n");
        }
        fake.write("baselines/policy.toml", POLICY);
        fake.links("app", &module(500, "fd_write"));
        fake.links("base", &module(10, "fd_write"));
        for target in ["wasm32-wasip1", "wasm32-wasip2"] {
            fs::create_dir_all(fake.path(&format!("sysroot/lib/rustlib/{target}/lib"))).unwrap();
        }
        fake.tool(
            "cargo",
            &CARGO.replace("REAL_CARGO", env!("CARGO")).replace("REAL_RUSTC", &env!("CARGO").replace("bin/cargo", "bin/rustc")),
        );
        fake.tool("rustc", &RUSTC.replace("VERSION", "1.95.0"));
        fake.tool("rustup", "echo 'error: could not download' >&2; exit 1");
        fake.tool("wasm-opt", &WASM_OPT.replace("PADDING", &PADDING.to_string()));
        fake.tool("git", "exit 128");
        for name in ["runner-wamr", "runner-jit"] {
            let root = fake.root.path().display().to_string();
            fake.tool(name, &RUNNER.replace("NAME", name).replace("ROOT", &root));
        }
        fake
    }

    /// A path in the workspace.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.path().join(relative)
    }

    /// Writes a file of the workspace.
    pub fn write(&self, relative: &str, text: &str) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file of the workspace.
    pub fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap_or_default()
    }

    /// What cargo links for a package from now on; for `app-a,b` without its default features but with these, for `app+a`
    /// with its default features and this one.
    pub fn links(&self, package: &str, wasm: &[u8]) {
        fs::create_dir_all(self.path("linked")).unwrap();
        fs::write(self.path("linked").join(format!("{package}.wasm")), wasm).unwrap();
    }

    /// Puts a tool on PATH; the shell's own tools stay reachable from inside it.
    pub fn tool(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Takes a tool off PATH.
    pub fn without(&self, name: &str) {
        fs::remove_file(self.path("bin").join(name)).unwrap();
    }

    /// The command `xtask ARGUMENTS --policy ...` with the fakes on PATH.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(arguments).arg("--policy").arg(self.path("baselines/policy.toml")).current_dir(self.root.path());
        command.env_clear().env("PATH", self.path("bin")).env("FAKE", self.root.path()).env("HOME", self.root.path());
        command.env("XTASK_RUNNER_DIR", self.path("bin"));
        command
    }

    /// Runs `xtask size ARGUMENTS`.
    pub fn size(&self, arguments: &[&str]) -> Ran {
        let all: Vec<&str> = ["size"].into_iter().chain(arguments.iter().copied()).collect();
        Ran::from(self.command(&all).output().unwrap())
    }

    /// The lines that a fake wrote to its log.
    pub fn log(&self, tool: &str) -> Vec<String> {
        self.read(&format!("{tool}.log")).lines().map(String::from).collect()
    }
}

/// How a command ended and what it printed.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; absent after a signal.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        let text = |bytes| String::from_utf8(bytes).expect("all output is UTF-8");
        Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Ran {
    /// Asserts the exit code, and that stdout and stderr together hold each of `words`.
    #[track_caller]
    pub fn expect(self, code: i32, words: &[&str]) -> Ran {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        for word in words {
            let found = self.stdout.contains(word) || self.stderr.contains(word);
            assert!(found, "no `{word}` in stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        }
        self
    }
}

/// A linked wasip1 module: one function `app::work` of about `body_bytes`, one import, names, target features, and last a
/// custom section of [`PADDING`] bytes that the fake optimizer cuts off.
pub fn module(body_bytes: usize, import: &str) -> Vec<u8> {
    module_with(body_bytes, Some(import), None)
}

/// The same without an import and for the world of nothing: it becomes a component without an adapter.
pub fn module_alone(body_bytes: usize) -> Vec<u8> {
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_str("world.wit", "package a:b;\nworld nothing {}\n").unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let data = wit_component::metadata::encode(&resolve, world, wit_component::StringEncoding::UTF8, None, false).unwrap();
    module_with(body_bytes, None, Some(&data))
}

fn module_with(body_bytes: usize, import: Option<&str>, world: Option<&[u8]>) -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([], []);
    module.section(&types);
    let mut imports = ImportSection::new();
    if let Some(name) = import {
        imports.import("wasi_snapshot_preview1", name, EntityType::Function(0));
    }
    let own = imports.len();
    module.section(&imports);
    let mut functions = FunctionSection::new();
    functions.function(0);
    module.section(&functions);
    let mut memories = MemorySection::new();
    memories.memory(MemoryType { minimum: 16, maximum: None, memory64: false, shared: false, page_size_log2: None });
    module.section(&memories);
    let mut exports = ExportSection::new();
    exports.export("_start", ExportKind::Func, own);
    module.section(&exports);
    let mut body = Function::new([]);
    body.raw(std::iter::repeat_n(0x01, body_bytes));
    body.instructions().end();
    let mut code = CodeSection::new();
    code.function(&body);
    module.section(&code);
    let mut names = NameSection::new();
    let mut of_functions = NameMap::new();
    of_functions.append(own, "_ZN3app4work17h0123456789abcdefE");
    names.functions(&of_functions);
    module.section(&names);
    module.section(&CustomSection { name: "target_features".into(), data: (&b"\x01+\x0fmutable-globals"[..]).into() });
    if let Some(world) = world {
        module.section(&CustomSection { name: "component-type:world".into(), data: world.into() });
    }
    let name = "component-type:padding";
    // Id, the length in two bytes, the name with its length, the rest.
    let rest = vec![0; PADDING - 3 - 1 - name.len()];
    module.section(&CustomSection { name: name.into(), data: rest.into() });
    module.finish()
}

const CARGO: &str = r#"
case "$1" in
metadata) RUSTC=REAL_RUSTC exec REAL_CARGO "$@" ;;
build) ;;
*) echo "fake cargo: $1" >&2; exit 99 ;;
esac
echo "$@ [$RUSTFLAGS][$CARGO_ENCODED_RUSTFLAGS]" >> "$FAKE/cargo.log"
# Builds run side by side: what belongs together is one line.
echo "$RUSTUP_TOOLCHAIN|$@ [$RUSTFLAGS][$CARGO_ENCODED_RUSTFLAGS]" >> "$FAKE/toolchain.log"
while [ $# -gt 0 ]; do
    case "$1" in
    --package) package=$2 ;;
    --target-dir) target=$2 ;;
    --no-default-features) only=- ;;
    --features) features=$2 ;;
    --lib) lib=1 ;;
    esac
    shift
done
if [ -f "$FAKE/compile-error" ]; then cat "$FAKE/compile-error" >&2; exit 101; fi
mkdir -p "$target"
if [ -n "$only" ] && [ ! -f "$FAKE/linked/$package-$features.wasm" ]; then echo "error: needs another feature" >&2; exit 101; fi
linked="$package${only:+-$features}"
if [ -z "$only" ] && [ -f "$FAKE/linked/$package+$features.wasm" ]; then linked="$package+$features"; fi
artifact() {
    cp "$FAKE/linked/$linked.wasm" "$target/$2.wasm"
    echo "{\"reason\":\"compiler-artifact\",\"package_id\":\"p\",\"manifest_path\":\"$FAKE/$package/Cargo.toml\",\"target\":{\"kind\":[\"$1\"],\"crate_types\":[\"$1\"],\"name\":\"$package\",\"src_path\":\"m\",\"edition\":\"2024\",\"doc\":true,\"doctest\":false,\"test\":true},\"profile\":{\"opt_level\":\"z\",\"debuginfo\":0,\"debug_assertions\":false,\"overflow_checks\":false,\"test\":false},\"features\":[],\"filenames\":[\"$target/$2.rlib\",\"$target/$2.wasm\"],\"executable\":null,\"fresh\":false}"
}
if [ -f "$FAKE/$package/src/lib.rs" ]; then artifact cdylib "lib-$package"; fi
if [ -z "$lib" ]; then artifact bin "$package"; fi
echo '{"reason":"build-finished","success":true}'
"#;

/// A compiler of some version.
pub const RUSTC: &str =
    "case $1 in --version) echo 'rustc VERSION (fake)';; -vV) echo 'commit-hash: abc';; *) echo \"$FAKE/sysroot\";; esac";

const WASM_OPT: &str = r#"
if [ "$1" = --version ]; then echo "wasm-opt version ${FAKE_BINARYEN:-132} (fake)"; exit 0; fi
echo "$@" >> "$FAKE/wasm-opt.log"
if [ -f "$FAKE/optimizer-hangs" ]; then echo started > "$FAKE/optimizer-started"; exec sleep 60; fi
if [ -f "$FAKE/optimizer-does-nothing" ]; then cp "$1" "$3"; exit 0; fi
if [ -f "$FAKE/optimizer-breaks" ]; then head -c 50 "$1" > "$3"; exit 0; fi
head -c "-PADDING" "$1" > "$3"
"#;

/// A runner in which every guest ends well, unless a file says otherwise. It is started without an environment.
const RUNNER: &str = r#"
if [ "$1" = --version ]; then echo "NAME fake 1"; exit 0; fi
field() { sed -n "s/^  \"$1\": \"\(.*\)\",*\$/\1/p" "$2"; }
engine=$(field engine "$2"); sha256=$(field sha256 "$2"); output=$(field output "$2")
echo "$engine" >> "ROOT/runner.log"
if [ -f "ROOT/runner-refuses" ]; then cat "ROOT/runner-refuses" >&2; exit 4; fi
if [ -f "ROOT/runner-dies" ]; then kill -KILL $$; fi
if [ -f "ROOT/runner-lies" ]; then sha256=0000; fi
ended='{"exit":{"code":0}}'
if [ -f "ROOT/runner-ends" ]; then ended=$(cat "ROOT/runner-ends"); fi
: > "$output/stdout"; : > "$output/stderr"
# What a guest says to a request, and what it takes: by the request's file, and for one allocator first.
request=$(basename "$(field stdin "$2")"); artifact=$(field artifact "$2"); fuel=
for answer in "ROOT/answers/$request" "ROOT/answers/$(basename "$(dirname "$artifact")")-$request"; do
    if [ -f "$answer" ]; then cp "$answer" "$output/stdout"; fi
done
# What a step of a scenario prints, its memory in bytes, and how long it takes: by the number of the step.
step=$(basename "$output"); memory=65536; execute=1
if [ -f "ROOT/says/$step" ]; then cp "ROOT/says/$step" "$output/stdout"; fi
if [ -f "ROOT/memory/$step" ]; then memory=$(cat "ROOT/memory/$step"); fi
if [ -f "ROOT/takes/$step" ]; then execute=$(cat "ROOT/takes/$step"); fi
case $engine in wasmtime-*) if [ -f "ROOT/fuel/$request" ]; then fuel="\"fuel_count\":$(cat "ROOT/fuel/$request"),"; fi ;; esac
echo "{\"schema\":1,\"engine\":\"$engine\",\"version\":\"fake 1\",\"sha256\":\"$sha256\",\"load_ns\":1,\"instances\":[{\"ended\":$ended,$fuel\"peak_memory_bytes\":$memory,\"phases\":{\"instantiate_ns\":1,\"execute_ns\":$execute}}],\"instance_count\":1,\"host_peak_bytes\":1}"
"#;

/// Where a file's bytes are, for tests that compare hashes.
pub fn bytes(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

const LOCK: &str =
    "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"base\"\nversion = \"0.1.0\"\n";
