//! `cargo xtask measure` and `diff` as a user calls them.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// A folder with files to measure, gone with the value.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn xtask(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_xtask")).args(args).current_dir(&self.0).output().unwrap()
    }

    /// Runs and returns stdout; the exit code must be 0 and stderr empty.
    fn passes(&self, args: &[&str]) -> String {
        let output = self.xtask(args);
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()), "{args:?}");
        text(&output.stdout)
    }

    /// Runs and returns the one line on stderr; the exit code must be 2 and stdout empty.
    fn refuses(&self, args: &[&str]) -> String {
        let output = self.xtask(args);
        let error = text(&output.stderr);
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), String::new()), "{args:?}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        error
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

const NAMED: &str = r#"(module (memory 1)
    (func $_ZN5agent4main17h0123456789abcdefE i32.const 1 drop) (func $malloc) (data $.rodata "hello"))"#;
const BARE: &str = r#"(module (memory 1) (func i32.const 1 drop) (func) (data "hello"))"#;

fn wasm(source: &str) -> Vec<u8> {
    wat::parse_str(source).unwrap()
}

fn component(core: &str) -> Vec<u8> {
    wasm(&format!("(component {} (type string))", core.replacen("(module", "(core module", 1)))
}

fn sum(ledger: &Value) -> u64 {
    ledger["rows"].as_array().unwrap().iter().map(|row| row["bytes"].as_u64().unwrap()).sum()
}

#[test]
fn each_kind_of_file_has_its_numbers_and_its_rows_add_up() {
    let folder = Folder::new();
    let files = [("module.wasm", wasm(NAMED)), ("bare.wasm", wasm(BARE)), ("component.wasm", component(NAMED))];
    for (name, bytes) in &files {
        folder.write(name, bytes);
    }
    let names = files.each_ref().map(|(name, _)| *name);
    let document = json(&folder.passes(&[&["measure", "--json"][..], &names].concat()));
    assert_eq!((&document["schema"], &document["command"]), (&1.into(), &"measure".into()));
    assert!(document["codecs"]["gzip_bytes"].as_str().unwrap().starts_with("gzip level 9 ("), "{}", document["codecs"]);
    assert_eq!(document["failures"], Value::Array(vec![]));
    for ((name, bytes), file) in files.iter().zip(document["files"].as_array().unwrap()) {
        assert_eq!(file["path"], *name);
        assert_eq!(file["raw_bytes"], bytes.len());
        assert_eq!(file["ledger"]["total_bytes"], bytes.len());
        assert_eq!(sum(&file["ledger"]), bytes.len() as u64);
        assert_eq!(file["sha256"], xtask::analysis::digest::sha256(bytes));
        let metrics: Vec<_> = file["measurements"].as_array().unwrap().iter().map(|m| m["metric"].as_str().unwrap()).collect();
        assert_eq!(metrics.len(), 9, "{metrics:?}");
    }
    assert_eq!(document["files"][0]["ledger"]["encoding"], "core_module");
    assert_eq!(document["files"][2]["ledger"]["encoding"], "component");
    assert_eq!(document["files"][1]["ledger"]["attribution"]["from"], "unavailable");
}

#[test]
fn the_text_names_codecs_crates_and_functions() {
    let folder = Folder::new();
    folder.write("component.wasm", component(NAMED));
    let text = folder.passes(&["measure", "component.wasm"]);
    for words in
        ["component.wasm: component", "gzip level 9", "brotli quality 11 window 22", "main/data", "component/type", "agent::main"]
    {
        assert!(text.contains(words), "no {words} in {text}");
    }
    let without = folder.passes(&["measure", "component.wasm", "--no-brotli"]);
    assert!(!without.contains("brotli_bytes") && without.contains("brotli was left out"), "{without}");
}

#[test]
fn a_twin_beside_the_file_or_given_lends_its_names() {
    let folder = Folder::new();
    folder.write("agent.wasm", component(BARE));
    let attribution = |args: &[&str]| {
        let document = json(&folder.passes(&[&["measure", "agent.wasm", "--json", "--no-brotli"][..], args].concat()));
        document["files"][0]["ledger"]["attribution"].clone()
    };
    assert!(attribution(&[])["reason"].as_str().unwrap().contains("there is no twin"));
    folder.write("names.wasm", wasm(NAMED));
    assert_eq!(attribution(&["--twin", "names.wasm"])["from"], "twin");
    folder.write("twin.wasm", wasm(NAMED));
    assert_eq!(attribution(&[])["from"], "twin");
    folder.write("twin.wasm", wasm("(module (func $f nop))"));
    assert!(attribution(&[])["reason"].as_str().unwrap().contains("another build"));
}

#[test]
fn all_functions_on_request_and_twiggy() {
    let folder = Folder::new();
    let functions: String = (0..30).map(|n| format!("(func $f{n} nop)")).collect();
    folder.write("many.wasm", wasm(&format!("(module {functions})")));
    let count =
        |args: &[&str]| folder.passes(&[&["measure", "many.wasm", "--no-brotli"][..], args].concat()).matches(" f2").count();
    assert!(count(&["--top", "3"]) < 11);
    assert_eq!(count(&["--functions"]), 11, "f2 and f20 to f29");
    let text = folder.passes(&["measure", "many.wasm", "--no-brotli", "--twiggy"]);
    assert!(text.contains("twiggy top") && text.contains("twiggy garbage"), "{text}");
    let document = json(&folder.passes(&["measure", "many.wasm", "--no-brotli", "--twiggy", "--json"]));
    assert!(document["files"][0]["twiggy"]["dominators"].is_object() || document["files"][0]["twiggy"]["dominators"].is_array());
    folder.write("bare.wasm", wasm(BARE));
    let text = folder.passes(&["measure", "bare.wasm", "--no-brotli", "--twiggy"]);
    assert!(text.contains("twiggy needs names: "), "{text}");
}

#[test]
fn what_is_not_wasm_is_refused_in_one_line_with_the_cure() {
    let folder = Folder::new();
    std::fs::create_dir(folder.0.path().join("folder.wasm")).unwrap();
    let large = folder.write("large.wasm", "");
    std::fs::File::options().write(true).open(large).unwrap().set_len(200 << 20).unwrap();
    for (name, bytes, words) in [
        ("empty.wasm", &b""[..], "is empty: build it again"),
        ("text.wat", b"(module)", "wasm-tools parse"),
        ("elf", b"\x7fELF\x02\x01", "a native ELF program"),
        ("packed.wasm.gz", b"\x1f\x8b\x08\0", "unpack it"),
        ("noise.wasm", b"\xde\xad\xbe\xef", "magic number"),
        ("short.wasm", b"\0asm\x01", "cut off"),
        ("version.wasm", b"\0asm\x09\0\0\0", "unknown binary version"),
    ] {
        folder.write(name, bytes);
        let error = folder.refuses(&["measure", name]);
        assert!(error.starts_with("error: ") && error.contains(name) && error.contains(words), "{error}");
    }
    for (name, words) in
        [("folder.wasm", "is a folder: name a .wasm file"), ("absent.wasm", "there is no file"), ("large.wasm", "--max-mib 200")]
    {
        let error = folder.refuses(&["measure", name]);
        assert!(error.contains(name) && error.contains(words), "{error}");
    }
}

#[test]
fn a_file_cut_off_anywhere_is_measured_or_refused() {
    let folder = Folder::new();
    let whole = component(NAMED);
    let mut refused = 0;
    // One call for all of them: the others are measured although some are refused.
    let names: Vec<String> = (0..whole.len()).map(|end| format!("{end}.wasm")).collect();
    names.iter().enumerate().for_each(|(end, name)| drop(folder.write(name, &whole[..end])));
    let args: Vec<&str> = ["measure", "--json", "--no-brotli"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let output = folder.xtask(&args);
    assert_eq!(output.status.code(), Some(2));
    let document = json(&text(&output.stdout));
    for file in document["files"].as_array().unwrap() {
        assert_eq!(Value::from(sum(&file["ledger"])), file["raw_bytes"]);
    }
    refused += document["failures"].as_array().unwrap().len();
    assert_eq!(document["files"].as_array().unwrap().len() + refused, whole.len());
    assert_eq!(text(&output.stderr).lines().count(), refused);
    assert!(refused > whole.len() / 2, "{refused} of {}", whole.len());
}

#[test]
fn one_bad_file_does_not_keep_the_others_from_it() {
    let folder = Folder::new();
    folder.write("good.wasm", wasm(NAMED));
    let output = folder.xtask(&["measure", "absent.wasm", "good.wasm", "--no-brotli"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stdout).contains("good.wasm: core module"));
    assert!(text(&output.stderr).starts_with("error: there is no file absent.wasm"));
    let error = folder.refuses(&["measure", "a.wasm", "b.wasm", "--twin", "c.wasm"]);
    assert!(error.contains("--twin belongs to one file"), "{error}");
}

/// A component of about `mib` MiB of code that looks compiled: a few instructions make up most of it, and operands are small.
fn large(mib: usize) -> Vec<u8> {
    use wasm_encoder::{
        CodeSection, Component, DataSection, Function, FunctionSection, Instruction, MemArg, MemArgTarget, Module, ModuleSection,
        TypeSection,
    };
    let (mut types, mut functions, mut code, mut data) =
        (TypeSection::new(), FunctionSection::new(), CodeSection::new(), DataSection::new());
    types.ty().function([], []);
    let mut state = 1u32;
    while code.byte_len() < mib << 20 {
        let mut body = Function::new([]);
        for _ in 0..40 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (which, operand) = (state >> 28, (state >> 16) & 0x3ff);
            let memory = MemArg { offset: u64::from(operand & 0x7c), align: 2, target: MemArgTarget::Memory(0), ordering: None };
            body.instruction(&match which {
                0..=5 => Instruction::LocalGet(operand & 15),
                6 | 7 => Instruction::LocalSet(operand & 15),
                8 => Instruction::I32Const(operand as i32),
                9 | 10 => Instruction::I32Load(memory),
                11 => Instruction::I32Store(memory),
                12 => Instruction::Call(operand),
                13 => Instruction::I32Add,
                14 => Instruction::BrIf(operand & 3),
                _ => Instruction::End,
            });
        }
        code.function(body.instruction(&Instruction::End));
        functions.function(0);
    }
    data.passive(vec![7; 1000]);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code).section(&data);
    let mut component = Component::new();
    component.section(&ModuleSection(&module));
    component.finish()
}

/// The target is 2 s on a quiet machine with two cores, nearly all of it gzip. The bound here is wide enough for a busy one,
/// and far below what any step takes that looks at every pair of 85,000 functions.
#[test]
fn ten_megabytes_take_seconds() {
    let folder = Folder::new();
    let bytes = large(10);
    folder.write("large.wasm", &bytes);
    let start = Instant::now();
    let document = json(&folder.passes(&["measure", "large.wasm", "--json", "--no-brotli"]));
    let spent = start.elapsed();
    assert_eq!(sum(&document["files"][0]["ledger"]), bytes.len() as u64);
    assert!(spent < Duration::from_secs(60), "{spent:?}");
}

#[test]
fn the_difference_is_told_by_section_crate_and_symbol() {
    let folder = Folder::new();
    let old = folder.write("old.wasm", component(NAMED));
    let grown = NAMED.replacen("(func $malloc)", "(func $malloc) (func $_ZN5agent5fresh17h0123456789abcdefE nop nop nop)", 1);
    folder.write("new.wasm", component(&grown));
    let text = folder.passes(&["diff", "old.wasm", "new.wasm"]);
    for words in ["Sections: +", "main/code", "By crate", "agent::fresh", "new"] {
        assert!(text.contains(words), "no {words} in {text}");
    }
    let document = json(&folder.passes(&["diff", "old.wasm", "new.wasm", "--json", "--twiggy"]));
    let delta = document["new"]["raw_bytes"].as_i64().unwrap() - document["old"]["raw_bytes"].as_i64().unwrap();
    assert_eq!(document["delta_bytes"], delta);
    let fresh =
        &document["symbols"]["diff"]["changes"].as_array().unwrap().iter().find(|c| c["name"] == "agent::fresh").unwrap().clone();
    assert_eq!((&fresh["change"], &fresh["delta_bytes"]), (&"added".into(), &5.into()));
    assert!(document["twiggy"]["diff"].is_array(), "{document}");
    assert!(folder.passes(&["diff", "old.wasm", "old.wasm"]).contains("The files are the same."));
    assert!(old.exists());
}

#[test]
fn a_difference_without_names_is_told_by_section_with_the_reason() {
    let folder = Folder::new();
    folder.write("a.wasm", wasm(BARE));
    folder.write("b.wasm", wasm(&BARE.replace("hello", "hello, world")));
    let text = folder.passes(&["diff", "a.wasm", "b.wasm"]);
    assert!(text.contains("main/data") && text.contains("not available: a.wasm: the file has no names"), "{text}");
    folder.write("junk.wasm", "text");
    for args in [["diff", "a.wasm", "junk.wasm"], ["diff", "junk.wasm", "a.wasm"]] {
        assert!(folder.refuses(&args).contains("junk.wasm is not wasm: it is text"));
    }
    assert!(folder.refuses(&["diff", "a.wasm", "absent.wasm"]).contains("there is no file absent.wasm"));
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_failure() {
    let folder = Folder::new();
    let functions: String = (0..5_000).map(|n| format!("(func $function_with_a_name_{n} nop)")).collect();
    folder.write("many.wasm", wasm(&format!("(module {functions})")));
    let line = format!("{} measure many.wasm --no-brotli --functions | head -n 1", env!("CARGO_BIN_EXE_xtask"));
    let output = Command::new("sh").args(["-c", &line]).current_dir(Path::new(folder.0.path())).output().unwrap();
    assert_eq!(text(&output.stderr), "");
    assert_eq!(text(&output.stdout), "many.wasm: core module\n");
}
