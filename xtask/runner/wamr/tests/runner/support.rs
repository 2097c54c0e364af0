//! A job around a module in WebAssembly text, and the program that runs it.

use runner_protocol::{Access, Ended, Engine, Folder, Guard, Instance, Limits, Outcome, Repeat, SCHEMA, Spec, Start};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tempfile::TempDir;

/// Imports and helpers of the guests: `$say`, `$echo`, `$open` end the guest with an error number where there is one.
const PRELUDE: &str = r#"
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open"
        (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 2)
    (func $check (param $error i32) (if (local.get $error) (then (call $exit (local.get $error)))))
    (func $say (param $fd i32) (param $at i32) (param $length i32)
        (i32.store (i32.const 0) (local.get $at))
        (i32.store (i32.const 4) (local.get $length))
        (call $check (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
    (func $echo (param $from i32) (param $to i32)
        (i32.store (i32.const 0) (i32.const 65536))
        (i32.store (i32.const 4) (i32.const 65536))
        (call $check (call $fd_read (local.get $from) (i32.const 0) (i32.const 1) (i32.const 8)))
        (call $say (local.get $to) (i32.const 65536) (i32.load (i32.const 8))))
    (func $open (param $at i32) (param $length i32) (param $flags i32) (result i32)
        (call $check (call $path_open (i32.const 3) (i32.const 1) (local.get $at) (local.get $length) (local.get $flags)
            ;; A file that is made may be written, any other one read.
            (select (i64.const 0x1fffffff) (i64.const 0x26) (local.get $flags)) (i64.const 0) (i32.const 0) (i32.const 8)))
        (i32.load (i32.const 8)))
"#;

/// A module with the helpers of [`PRELUDE`], texts at 1024, 2048 and so on, and `body` as `_start`.
pub fn guest(texts: &[&str], body: &str) -> String {
    let escaped = |text: &str| text.bytes().map(|byte| format!("\\{byte:02x}")).collect::<String>();
    let data = (1u32..).zip(texts).map(|(number, text)| format!("(data (i32.const {}) \"{}\")", number * 1024, escaped(text)));
    format!("(module {PRELUDE} {} (func (export \"_start\") {body}))", data.collect::<String>())
}

/// A job, ready to be run.
pub struct Job {
    pub folder: TempDir,
    pub spec: Spec,
    /// Whether it is always the interpreter that runs it.
    pub is_interpreted: bool,
}

/// What came of a job, and what the last instance wrote.
pub struct Ran {
    pub outcome: Outcome,
    pub stdout: String,
    pub stderr: String,
}

impl Job {
    /// A job that runs `bytes` once. It has the folder `home`, which the guest sees as `/home`.
    pub fn of_bytes(bytes: &[u8]) -> Job {
        let folder = tempfile::tempdir().unwrap();
        let (artifact, home) = (folder.path().join("guest.wasm"), folder.path().join("home"));
        fs::write(&artifact, bytes).unwrap();
        fs::create_dir(&home).unwrap();
        let spec = Spec {
            schema: SCHEMA,
            engine: Engine::WamrInterpreter,
            artifact,
            sha256: runner_host::job::sha256(bytes),
            start: Start::Command,
            arguments: vec!["guest".into()],
            environment: BTreeMap::new(),
            stdin: None,
            folders: vec![Folder { host: home, guest: "/home".into(), access: Access::ReadWrite }],
            network: None,
            limits: Limits::default(),
            repeat: Repeat::default(),
            output: folder.path().join("output"),
            without_guards: Vec::new(),
        };
        Job { folder, spec, is_interpreted: false }
    }

    /// The same for a module in text.
    pub fn new(wat: &str) -> Job {
        Job::of_bytes(&wat::parse_str(wat).unwrap())
    }

    /// The same for the interpreter alone.
    pub fn interpreted(mut self) -> Job {
        self.is_interpreted = true;
        self
    }

    /// The same with a guard switched off.
    pub fn without(mut self, guard: Guard) -> Job {
        self.spec.without_guards.push(guard);
        self
    }

    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Runs the program.
    pub fn output(&self) -> Output {
        let path = self.folder.path().join("spec.json");
        let (program, spec) = match ahead_of_time() {
            Some(program) if !self.is_interpreted => (program.clone(), self.compiled(&program)),
            _ => (env!("CARGO_BIN_EXE_runner-wamr").into(), self.spec.clone()),
        };
        fs::write(&path, serde_json::to_vec(&spec).unwrap()).unwrap();
        Command::new(program).arg("run").arg(&path).env_clear().output().unwrap()
    }

    /// The same job with what the compiler makes of the module.
    fn compiled(&self, program: &Path) -> Spec {
        let artifact = self.spec.artifact.with_extension("aot");
        let compiled = compile(program, &self.spec.artifact, &artifact);
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        let sha256 = runner_host::job::sha256(&fs::read(&artifact).unwrap());
        Spec { engine: Engine::WamrAot, artifact, sha256, ..self.spec.clone() }
    }

    /// Runs the program, which has to print an outcome.
    pub fn run(&self) -> Ran {
        let output = self.output();
        assert_eq!((output.status.code(), &*String::from_utf8_lossy(&output.stderr)), (Some(0), ""));
        let read = |name: &str| fs::read_to_string(self.spec.output.join(name)).unwrap();
        Ran { outcome: serde_json::from_slice(&output.stdout).unwrap(), stdout: read("stdout"), stderr: read("stderr") }
    }

    /// Runs the program, which has to refuse: its exit code, and what it says.
    pub fn refused(&self) -> (i32, String) {
        let output = self.output();
        assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }
}

impl Ran {
    /// The only instance.
    pub fn instance(&self) -> &Instance {
        assert_eq!((self.outcome.instances.len(), self.outcome.instance_count), (1, 1));
        &self.outcome.instances[0]
    }

    /// How the only instance ended.
    pub fn ended(&self) -> &Ended {
        &self.instance().ended
    }

    /// The limit that stopped the only instance.
    pub fn limit(&self) -> &str {
        match self.ended() {
            Ended::Stopped { limit, .. } => limit,
            other => panic!("{other:?}"),
        }
    }
}

/// The program for compiled modules, if the tests are to be held against it: the variable `RUNNER_WAMR_AOT` names it.
pub fn ahead_of_time() -> Option<PathBuf> {
    std::env::var_os("RUNNER_WAMR_AOT").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Has `program` compile a module.
pub fn compile(program: &Path, module: &Path, compiled: &Path) -> Output {
    Command::new(program).args(["compile", "--engine", "wamr-aot"]).arg(module).arg(compiled).output().unwrap()
}

/// The end with an exit code.
pub fn exit(code: i32) -> Ended {
    Ended::Exit { code }
}
