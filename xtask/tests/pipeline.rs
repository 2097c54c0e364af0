//! The real pipeline on copies of this repository: minutes, so `cargo xtask test` runs it and a bare `cargo test` does not.
#![cfg(unix)]

#[path = "pipeline/libraries_and_toolchains.rs"]
mod libraries_and_toolchains;

use serde_json::Value;
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};
use tempfile::TempDir;

const WASIP2: &str = "agent/wasm32-wasip2/release-wasm/talc";
const WASIP1: &str = "agent/wasm32-wasip1/release-wasm/talc";

#[test]
fn the_same_source_gives_the_same_bytes_in_another_folder_with_another_cargo_home() {
    let here = hashes(&built().size(&["--json", "--only", WASIP2, "--only", WASIP1]));
    let elsewhere = Copy::new("a-folder-with-a-much-longer-name");
    let home = elsewhere.folder.path().join("another-cargo-home");
    fs::create_dir_all(&home).unwrap();
    let config = cargo_home().join("config.toml");
    if config.is_file() {
        fs::copy(config, home.join("config.toml")).unwrap();
    }
    let mut command = elsewhere.command(&["size", "--json", "--only", WASIP2, "--only", WASIP1]);
    let there = hashes(&Ran::of(command.env("CARGO_HOME", &home)));
    assert_eq!(here.len(), 4, "two variants and their floors");
    assert_eq!(here, there);
    let shipped = fs::read(elsewhere.root.join(format!("target/xtask/size/{WASIP2}/agent.wasm"))).unwrap();
    let own = elsewhere.folder.path().to_string_lossy().into_owned();
    assert!(!String::from_utf8_lossy(&shipped).contains(&own), "the shipped file names the folder it was built in");
}

#[test]
fn a_function_of_two_thousand_bytes_is_caught_and_named_and_its_removal_is_recorded() {
    let copy = built();
    let only = ["--only", WASIP1];
    let size = |arguments: &[&str]| copy.size(&[arguments, &only].concat());
    let policy = copy.root.join("baselines/policy.toml");
    let with_budgets = with_tight_budget(&fs::read_to_string(&policy).unwrap());
    fs::write(&policy, &with_budgets).unwrap();
    size(&["--check"]).expect(0, "PASS");
    let main = copy.root.join("agent/src/main.rs");
    let before = fs::read_to_string(&main).unwrap();
    fs::write(&main, with_padding(&before)).unwrap();
    let worse = size(&["--check"]);
    worse.expect(1, "raw_bytes is worse");
    worse.expect(1, "agent::padding_of_two_thousand_bytes");
    worse.expect(1, WASIP1);
    // The budget holds whatever the reason; only an edit of the policy passes it.
    size(&["--accept", "a test"]).expect(1, "over the budget");
    fs::write(&policy, with_budgets.split("[[budget]]").next().unwrap()).unwrap();
    size(&["--accept", "a test"]).expect(0, "accepted and recorded");
    fs::write(&policy, with_budgets).unwrap();
    fs::write(&main, before).unwrap();
    size(&["--check"]).expect(1, "record it: cargo xtask size");
    size(&[]).expect(0, "PASS: recorded");
    size(&["--check"]).expect(0, "PASS");
}

#[test]
fn the_ledger_of_every_stage_sums_to_the_length_of_its_file() {
    let copy = built();
    copy.size(&["--only", WASIP2, "--only", WASIP1]);
    let mut count = 0;
    for variant in [WASIP1, WASIP2, &WASIP2.replace("agent", "floor")] {
        let folder = copy.root.join("target/xtask/size").join(variant);
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "wasm") {
                let ran = Ran::of(copy.command(&["measure", "--json", "--no-brotli"]).arg(&path));
                let file = ran.json()["files"][0].clone();
                let rows = file["ledger"]["rows"].as_array().unwrap();
                let sum: u64 = rows.iter().map(|row| row["bytes"].as_u64().unwrap()).sum();
                assert_eq!(sum, fs::metadata(&path).unwrap().len(), "{}", path.display());
                count += 1;
            }
        }
    }
    assert_eq!(count, 12, "linked, twin, optimized and shipped of three variants");
}

#[test]
fn the_base_of_a_change_is_built_beside_it_and_the_function_named() {
    let copy = Copy::new("base");
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"];
        assert!(Command::new("git").args(identity).args(arguments).current_dir(&copy.root).status().unwrap().success());
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "base"]);
    let main = copy.root.join("agent/src/main.rs");
    fs::write(&main, with_padding(&fs::read_to_string(&main).unwrap())).unwrap();
    let ran = copy.run(&["diff", "--base", "HEAD", "--only", WASIP1]);
    ran.expect(0, "agent::padding_of_two_thousand_bytes");
    copy.run(&["diff", "--base", "no-such-revision"]).expect(2, "git does not know the revision");
}

/// talc 4's documented way to claim memory fails every allocation on wasm: it compiles, it is small, and it cannot run.
#[test]
fn an_allocator_that_fails_every_allocation_is_a_failed_row_and_not_a_small_one() {
    let copy = built();
    let path = copy.root.join("agent/allocator/src/lib.rs");
    let before = fs::read_to_string(&path).unwrap();
    let (head, tail) = before.split_once(CLAIMS).unwrap_or_else(|| panic!("{} has no {CLAIMS:?} to break", path.display()));
    fs::write(&path, format!("{head}{CLAIMS_NOTHING}{tail}{NOTHING}")).unwrap();
    let broken = copy.size(&["--check", "--only", WASIP2]);
    fs::write(&path, before).unwrap();
    broken.expect(4, "does not pass the scenario");
    broken.expect(4, "failed");
}

/// How the allocator `talc` is made global, and one that has nothing to give in its place.
const CLAIMS: &str = "talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator()";
const CLAIMS_NOTHING: &str = "Nothing = Nothing";
const NOTHING: &str = "
/// Has nothing to give.
pub struct Nothing;

// SAFETY: a null pointer says that there is no memory.
unsafe impl core::alloc::GlobalAlloc for Nothing {
    unsafe fn alloc(&self, _: core::alloc::Layout) -> *mut u8 {
        core::ptr::null_mut()
    }
    unsafe fn dealloc(&self, _: *mut u8, _: core::alloc::Layout) {}
}
";

#[test]
fn the_embedded_optimizer_has_a_key_of_its_own() {
    let copy = built();
    let variant = WASIP2.replace("agent", "floor");
    copy.size(&["--optimizer", "embedded", "--only", &variant]).expect(0, "Binaryen 116");
    let baseline: Value = serde_json::from_str(&fs::read_to_string(copy.root.join("baselines/size.json")).unwrap()).unwrap();
    assert!(baseline["optimizers"]["binaryen-116"]["variants"][&variant]["raw_bytes"]["value"].as_u64().unwrap() > 10_000);
    copy.size(&["--optimizer", "embedded", "--only", &variant, "--check"]).expect(0, "PASS");
    // The other key is as it was.
    copy.size(&["--only", &variant, "--check"]).expect(0, "PASS");
}

#[test]
fn a_native_optimizer_makes_the_bytes_that_npm_makes_or_is_refused() {
    let copy = built();
    let variant = WASIP2.replace("agent", "floor");
    let npm = copy.size(&["--json", "--optimizer", "npm", "--only", &variant]);
    let native = copy.size(&["--json", "--optimizer", "native", "--only", &variant]);
    match native.code {
        Some(3) => assert!(native.stderr.contains("Choose: put wasm-opt 132 on PATH"), "{}", native.stderr),
        _ => assert_eq!(hashes(&native), hashes(&npm)),
    }
}

#[test]
fn another_workspace_is_measured_by_its_own_policy() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "Cargo.toml",
        "[package]\nname = \"greeter\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[profile.tiny]\ninherits = \"release\"\nopt-level = \"z\"\n",
    );
    write("Cargo.lock", "version = 4\n\n[[package]]\nname = \"greeter\"\nversion = \"0.1.0\"\n");
    write("src/main.rs", "fn main() { for name in std::env::args().skip(1) { println!(\"Hello, {name}!\"); } }\n");
    write(
        "size/policy.toml",
        "schema = 1\n[[subject]]\npackage = \"greeter\"\nmatrix = [{ targets = [\"wasm32-wasip2\"], profiles = [\"tiny\"], allocators = [\"default\"] }]\n",
    );
    let policy = folder.path().join("size/policy.toml");
    let policy = policy.to_str().unwrap();
    let copy = built();
    copy.run(&["size", "--policy", policy]).expect(0, "greeter/wasm32-wasip2/tiny/default");
    copy.run(&["size", "--policy", policy, "--check"]).expect(0, "hello-world/wasm32-wasip2/tiny/default");
    write("src/main.rs", "fn main() {}\n");
    copy.run(&["size", "--policy", policy, "--check"]).expect(1, "raw_bytes is better");
    write("src/main.rs", "fn main() { 1 + }\n");
    copy.run(&["size", "--policy", policy]).expect(4, "`greeter` does not build");
}

/// A copy whose builds the tests share; each leaves its source and its baseline as they were.
fn built() -> &'static Copy {
    static BUILT: OnceLock<Copy> = OnceLock::new();
    BUILT.get_or_init(|| Copy::new("shared"))
}

/// A copy of the repository's files.
struct Copy {
    folder: TempDir,
    root: PathBuf,
}

impl Copy {
    fn new(name: &str) -> Copy {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(source)
            .output()
            .unwrap();
        assert!(listed.status.success(), "the tests copy what git lists");
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join(name);
        for name in String::from_utf8(listed.stdout).unwrap().split('\0').filter(|name| !name.is_empty()) {
            let (from, to) = (source.join(name), root.join(name));
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            if from.is_file() {
                fs::copy(from, to).unwrap();
            }
        }
        Copy { folder, root }
    }

    /// `xtask ARGUMENTS`, as if this copy had built it.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(arguments).current_dir(&self.root).env("CARGO_MANIFEST_DIR", self.root.join("xtask"));
        command.env_remove("CARGO_TARGET_DIR").env("CI", "true");
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&mut self.command(arguments))
    }

    fn size(&self, arguments: &[&str]) -> Ran {
        self.run(&[&["size"], arguments].concat())
    }
}

/// How a command ended and what it printed.
struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ran {
    fn of(command: &mut Command) -> Ran {
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    #[track_caller]
    fn expect(&self, code: i32, words: &str) {
        let found = self.stdout.contains(words) || self.stderr.contains(words);
        assert!(
            self.code == Some(code) && found,
            "wanted {code} and `{words}`, got {:?}:\n{}\n{}",
            self.code,
            self.stdout,
            self.stderr
        );
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}:\n{}\n{}", self.stdout, self.stderr))
    }
}

/// Variant -> sha256.
#[track_caller]
fn hashes(ran: &Ran) -> BTreeMap<String, String> {
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let text = |value: &Value| value.as_str().unwrap().to_string();
    ran.json()["artifacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|artifact| (text(&artifact["variant"]), text(&artifact["sha256"])))
        .collect()
}

/// The source of a program with a function of about 2,000 bytes of code that no optimizer can drop.
fn with_padding(main: &str) -> String {
    let stores: String =
        (0..200).map(|n| format!("    place = std::hint::black_box(place ^ {});\n", 0x0101_0101_u32 + n * 7919)).collect();
    let function = format!(
        "\n/// A test's ballast.\n#[inline(never)]\npub fn padding_of_two_thousand_bytes(mut place: u32) -> u32 {{\n{stores}    place\n}}\n"
    );
    let call = "std::hint::black_box(padding_of_two_thousand_bytes(std::hint::black_box(7)));\n";
    let at = main.find("fn main()").and_then(|at| Some(at + main[at..].find('{')? + 1)).expect("main.rs has a main");
    format!("{}\n    {call}{}{function}", &main[..at], &main[at..])
}

/// The policy with a budget of 1,000 bytes for the variant of the test, whatever its own is: budgets are the size plus 2 %.
fn with_tight_budget(policy: &str) -> String {
    let at = policy.find(&format!("variants = \"{WASIP1}\"\nmax = {{ raw_bytes = ")).expect("a budget of its own");
    let start = at + policy[at..].find("raw_bytes = ").unwrap() + "raw_bytes = ".len();
    let end = start + policy[start..].find(',').unwrap();
    let budget: u64 = policy[start..end].replace('_', "").parse().expect("a number");
    format!("{}{}{}", &policy[..start], budget * 100 / 102 + 1_000, &policy[end..])
}

fn cargo_home() -> PathBuf {
    env::var_os("CARGO_HOME").map_or_else(|| env::home_dir().unwrap().join(".cargo"), PathBuf::from)
}
