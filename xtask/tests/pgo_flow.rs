//! `cargo xtask pgo`, whole, with fake tools: what it builds, trains, proves and records, and how it ends.
#![cfg(target_os = "linux")]

mod fake;

use fake::{Fake, Ran};
use std::{
    fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

const POLICY: &str = r#"
schema = 1
[pgo.tool]
package = "app"
train = [{ arguments = ["all"], stdin = "in.txt" }, { name = "script", script = "\"$PROGRAM\" twice" }]
held-out = [{ arguments = ["other"], stdin = "in.txt", stdin-repeat = 2, files = { "sub/a.txt" = "in.txt" } }]
[[pgo.tool.control]]
arguments = ["--help"]
"#;

const HOST: &str = "x86_64-unknown-linux-gnu";

/// Cargo: the program is a script that writes a raw profile if it was built to.
const CARGO: &str = r#"
case "$1" in
metadata) RUSTC=REAL_RUSTC exec REAL_CARGO "$@" ;;
build) ;;
*) echo "fake cargo: $1" >&2; exit 99 ;;
esac
echo "$* opt-level=$CARGO_PROFILE_RELEASE_OPT_LEVEL lto=$CARGO_PROFILE_RELEASE_LTO panic=$CARGO_PROFILE_RELEASE_PANIC [$CARGO_ENCODED_RUSTFLAGS]${CC_x86_64_unknown_linux_musl:+ CC=$CC_x86_64_unknown_linux_musl}" >> "$FAKE/cargo.log"
if [ -f "$FAKE/compile-error" ]; then echo "error: it does not compile" >&2; exit 101; fi
while [ $# -gt 0 ]; do
    case "$1" in --target-dir) target=$2 ;; --target) triple=$2 ;; esac
    shift
done
folder="$target/$triple/release"; mkdir -p "$folder"
fresh=false
if [ "$(cat "$folder/flags" 2>/dev/null)" = "$CARGO_ENCODED_RUSTFLAGS" ]; then fresh=true; fi
printf %s "$CARGO_ENCODED_RUSTFLAGS" > "$folder/flags"
case "$CARGO_ENCODED_RUSTFLAGS" in
*profile-generate*) printf '#!/bin/sh\n. "%s/instrumented"\n' "$FAKE" > "$folder/app" ;;
*) printf '#!/bin/sh\nexit 0\n' > "$folder/app" ;;
esac
case "$CARGO_ENCODED_RUSTFLAGS" in *profile-use*) cat "$FAKE/warnings" >&2 2>/dev/null ;; esac
chmod +x "$folder/app"
echo "{\"reason\":\"compiler-artifact\",\"package_id\":\"p\",\"manifest_path\":\"$FAKE/app/Cargo.toml\",\"target\":{\"kind\":[\"bin\"],\"crate_types\":[\"bin\"],\"name\":\"app\",\"src_path\":\"m\",\"edition\":\"2024\",\"doc\":true,\"doctest\":false,\"test\":true},\"profile\":{\"opt_level\":\"3\",\"debuginfo\":0,\"debug_assertions\":false,\"overflow_checks\":false,\"test\":false},\"features\":[],\"filenames\":[\"$folder/app\"],\"executable\":\"$folder/app\",\"fresh\":$fresh}"
echo '{"reason":"build-finished","success":true}'
"#;

/// What an instrumented program does: magic, version 10 with the bit of the compiler's own code, and counts.
const INSTRUMENTED: &str = r#"
file=$(printf %s "$LLVM_PROFILE_FILE" | /bin/sed "s/%p/$$/; s/%m/1/")
/bin/mkdir -p "$(/usr/bin/dirname "$file")"
{ printf '\201rforpl\377\012\000\000\000\000\000\000\001'; /usr/bin/head -c 200 /dev/zero; } > "$file"
"#;

const RUSTC: &str = "case $1 in --version) echo 'rustc 1.95.0 (fake)';; -vV) echo 'host: x86_64-unknown-linux-gnu'; echo 'LLVM version: 22.1.2';; *) echo \"$FAKE/sysroot\";; esac";

/// Callgrind: the counts are those of the build whose folder the program is in.
const VALGRIND: &str = r#"
if [ "$1" = --version ]; then echo "valgrind-3.19.0"; exit 0; fi
for argument in "$@"; do
    case "$argument" in --callgrind-out-file=*) out=${argument#--callgrind-out-file=} ;; --*) ;; *) program=$argument; break ;; esac
done
build=$(echo "$program" | sed 's|.*/pgo/tool/\([^/]*\)/.*|\1|')
hot=$(cat "ROOT/counts/$build" 2>/dev/null || echo 1000000)
out=$(printf %s "$out" | sed "s/%p/$$/")
printf 'version: 1\npositions: line\nevents: Ir\nfn=(1) app::hot\n1 %s\nfn=(2) app::warm\n1 50000\ntotals: %s\n' "$hot" "$((hot + 50000))" > "$out"
exec "$program"
"#;

const PROFDATA: &str = r#"
case "$1" in
merge) while [ $# -gt 0 ]; do case "$1" in --input-files) list=$2 ;; -o) out=$2 ;; esac; shift; done
    while IFS= read -r file || [ -n "$file" ]; do cat "$file"; done < "$list" > "$out"; cat ROOT/profile-of >> "$out" 2>/dev/null || true ;;
show) case "$*" in
    *counts*) printf '  _ZN3app3hot17h0123456789abcdefE:\n    Hash: 0x1\n    Block counts: [7]\n  _ZN3app4warm17h0123456789abcdefE:\n    Hash: 0x1\n    Block counts: [3]\n' ;;
    *) printf 'Number of functions with maximum count (< 1): 1\nNumber of functions with maximum count (>= 1): 2\nInstrumentation level: IR\nTotal functions: 3\nMaximum function count: 7\nMaximum internal block count: 9\nTotal number of blocks: 12\n' ;;
    esac ;;
esac
"#;

/// The processor's counter: the same counts, without functions.
const PERF: &str = r#"
if [ "$1" = --version ]; then echo "perf version 6.1"; exit 0; fi
out=/dev/stderr
while [ "$1" != -- ]; do case "$1" in -o) out=$2; shift ;; esac; shift; done
shift
case "$1" in
*/pgo/tool/*) count=$(case "$1" in */tool/pgo/*) echo 950000 ;; *) echo 1050000 ;; esac) ;;
*) count=7 ;;
esac
echo "$count,,instructions:u,9,100.00,," >> "$out"
exec "$@"
"#;

const MUSL: &str = "x86_64-unknown-linux-musl";

/// Python: makes an environment whose pip brings a compiler that says what it was told.
const PYTHON: &str = r#"
for folder do :; done
mkdir -p "$folder/bin" "$folder/lib/python3.11/site-packages"
cat > "$folder/bin/pip" <<'END'
#!/bin/sh
PATH=/usr/bin:/bin
folder=$(dirname "$0")/../lib/python3.11/site-packages/ziglang
mkdir "$folder"
printf '#!/bin/sh\nprintf "%%s\\n" "$@"\n' > "$folder/zig"
chmod +x "$folder/zig"
END
chmod +x "$folder/bin/pip"
"#;

fn fake() -> Fake {
    let fake = Fake::new();
    fake.write("baselines/policy.toml", POLICY);
    fake.write("baselines/in.txt", "some input\n");
    fake.write("instrumented", INSTRUMENTED);
    fake.write("warnings", "");
    fake.write("counts/pgo", "900000");
    let real = env!("CARGO");
    fake.tool("cargo", &CARGO.replace("REAL_CARGO", real).replace("REAL_RUSTC", &real.replace("bin/cargo", "bin/rustc")));
    fake.tool("rustc", RUSTC);
    fake.tool("kill", "exec /bin/kill \"$@\"");
    let root = fake.path("").display().to_string();
    fake.tool("valgrind", &VALGRIND.replace("ROOT", root.trim_end_matches('/')));
    fs::create_dir_all(fake.path(&format!("sysroot/lib/rustlib/{HOST}/lib"))).unwrap();
    llvm(&fake, "llvm-profdata", &PROFDATA.replace("ROOT", root.trim_end_matches('/')));
    // A program of this machine, whatever the build: only its file is measured.
    llvm(&fake, "llvm-strip", "cp /bin/true \"$3\"");
    fake
}

fn llvm(fake: &Fake, name: &str, script: &str) {
    let relative = format!("sysroot/lib/rustlib/{HOST}/bin/{name}");
    fake.write(&relative, &format!("#!/bin/sh\nPATH=/usr/bin:/bin\nset -e\n{script}\n"));
    fs::set_permissions(fake.path(&relative), fs::Permissions::from_mode(0o755)).unwrap();
}

fn command(fake: &Fake, arguments: &[&str]) -> Command {
    let all: Vec<&str> = ["pgo"].iter().chain(arguments).copied().collect();
    let mut command = fake.command(&all);
    command.env("CARGO_TARGET_DIR", fake.path("a target"));
    command
}

fn pgo(fake: &Fake, arguments: &[&str]) -> Ran {
    Ran::from(command(fake, arguments).output().unwrap())
}

/// The whole, without the times that no test looks at.
fn all(fake: &Fake, arguments: &[&str]) -> Ran {
    pgo(fake, &[&["--samples", "0"], arguments].concat())
}

#[test]
fn everything_is_built_trained_proved_and_recorded() {
    let fake = fake();
    let ran = pgo(&fake, &["--samples", "6"]).expect(
        0,
        &[
            "held-out work with the profile: 9.52 % fewer instructions",
            "the first numbers were recorded",
            "The profile is good",
            "2 raw profiles above zero bytes of 2 runs; version 10, the toolchain's 10",
            "app::hot",
            "llvm-bolt is not on PATH",
            "cannot install the target x86_64-unknown-linux-musl",
            "WebAssembly: not applicable",
        ],
    );
    for build in ["reference", "pgo", "control", "thin-lto", "opt-z", "opt-s", "opt-2", "no-unwind-tables"] {
        assert!(ran.stdout.contains(&format!("  {build}")), "no {build} in {}", ran.stdout);
    }
    let log = fake.read("cargo.log");
    assert!(
        log.contains("-Cprofile-generate=") && log.contains("-Cprofile-use=") && log.contains("opt-level=z lto=fat"),
        "{log}"
    );
    assert!(log.lines().all(|line| line.contains("--target ")), "{log}");
    let baseline = fake.read("baselines/pgo.json");
    assert!(baseline.contains("tool/pgo") && !baseline.contains("tool/control"), "{baseline}");
    assert_eq!(fake.read("baselines/pgo/tool/pgo.tsv"), "900000\tapp::hot\n50000\tapp::warm\n");
    let json: serde_json::Value = serde_json::from_str(&fake.read("a target/xtask/runs/pgo.json")).unwrap();
    assert_eq!(json["subjects"][0]["noise_ppm"], 0);
    all(&fake, &["--check"]).expect(0, &["PASS: as the baseline says"]);
}

#[test]
fn what_did_not_change_is_not_made_again() {
    let fake = fake();
    pgo(&fake, &["train"]).expect(0, &["training on 2 workloads", "2 runs left 2 raw profiles"]);
    let again = pgo(&fake, &["train"]).expect(0, &[]);
    assert!(!again.stderr.contains("training on"), "{}", again.stderr);
    pgo(&fake, &["train", "--again"]).expect(0, &["training on"]);
    fake.write("baselines/in.txt", "other input\n");
    pgo(&fake, &["train"]).expect(0, &["training on"]);
    pgo(&fake, &["merge"]).expect(0, &["merging 2 raw profiles", ".profdata"]);
    let again = pgo(&fake, &["merge"]).expect(0, &[]);
    assert!(!again.stderr.contains("merging"), "{}", again.stderr);
    pgo(&fake, &["build"]).expect(0, &["tool: pgo: "]);
    pgo(&fake, &["info"]).expect(0, &["tool: the profile is good", "valgrind-3.19.0"]);
}

#[test]
fn a_slower_function_fails_the_check_and_is_named() {
    let fake = fake();
    all(&fake, &[]).expect(0, &[]);
    fake.write("counts/reference", "1300000");
    let ran = all(&fake, &["--check"]).expect(1, &["tool/reference", "held_out_instruction_count is worse"]);
    assert!(
        ran.stdout.contains("tool/reference is slower than the baseline in:") && ran.stdout.contains("+300,000  app::hot"),
        "{}",
        ran.stdout
    );
    all(&fake, &["--accept", "it does more now"]).expect(0, &["recorded in baselines/pgo.json with the reason"]);
}

#[test]
fn a_loss_is_said_and_so_is_no_gain() {
    let fake = fake();
    fake.write("counts/pgo", "1200000");
    all(&fake, &[]).expect(0, &["held-out work with the profile: 19.04 % more instructions"]);
    fake.write("counts/pgo", "1000100");
    all(&fake, &[]).expect(0, &["held-out work with the profile: no gain"]);
}

#[test]
fn half_of_the_raw_profiles_is_a_bad_profile() {
    let fake = fake();
    pgo(&fake, &["train"]).expect(0, &[]);
    pgo(&fake, &["merge"]).expect(0, &[]);
    fs::remove_dir_all(fake.path("a target/xtask/pgo/tool/raw-train/00-all")).unwrap();
    pgo(&fake, &["info"]).expect(4, &["1 of 2 raw profiles", "train --again"]);
    pgo(&fake, &["merge"]).expect(4, &["1 of 2 raw profiles"]);
    all(&fake, &["prove"]).expect(4, &["the profile of tool is bad"]);
    all(&fake, &[]).expect(0, &["training again"]);
}

#[test]
fn a_profile_of_another_version_or_of_other_code_is_bad() {
    let fake = fake();
    pgo(&fake, &["train"]).expect(0, &[]);
    fake.write("instrumented", &INSTRUMENTED.replace("\\012", "\\010"));
    pgo(&fake, &["train", "--again"]).expect(0, &[]);
    pgo(&fake, &["merge"]).expect(4, &["of version 8 and this toolchain's of 10"]);
    fake.write("instrumented", INSTRUMENTED);
    pgo(&fake, &["train", "--again"]).expect(0, &[]);
    fake.write("warnings", "warning: x: function control flow change detected (hash mismatch) app::hot Hash = 1\n");
    all(&fake, &["prove"]).expect(4, &["cargo says 1 times that the profile does not fit"]);
}

#[test]
fn a_training_that_goes_wrong_leaves_nothing_to_build_with() {
    let cases = [("exit 7", "not exit code 0"), (":", "left 0 raw profiles"), ("kill -KILL $$", "not exit code 0")];
    for (program, want) in cases {
        let fake = fake();
        fake.write("instrumented", program);
        pgo(&fake, &["train"]).expect(4, &[want]);
        pgo(&fake, &["merge"]).expect(4, &["no raw profile above zero bytes"]);
    }
}

#[test]
fn a_training_that_leaves_a_process_behind_is_refused() {
    let fake = fake();
    let script = r#"script = "/bin/sleep 60 >/dev/null 2>&1 & \"$PROGRAM\" twice""#;
    fake.write("baselines/policy.toml", &POLICY.replace(r#"script = "\"$PROGRAM\" twice""#, script));
    pgo(&fake, &["train"]).expect(4, &["the work `script` fails", "it left a process behind"]);
}

#[test]
fn llvm_bolt_is_used_where_it_is_found() {
    let fake = fake();
    fake.tool(
        "llvm-bolt",
        "if [ \"$1\" = --version ]; then echo bolt 1; exit 0; fi; echo \"$@\" >> \"$FAKE/bolt.log\"; cp \"$1\" \"$3\"",
    );
    fake.tool("merge-fdata", "while [ $# -gt 0 ]; do case $1 in -o) : > \"$2\" ;; esac; shift; done");
    all(&fake, &[]).expect(0, &["laying out anew with llvm-bolt", "that, laid out anew by llvm-bolt"]);
    assert!(fake.read("bolt.log").contains("--reorder-functions"), "{}", fake.read("bolt.log"));
    let again = all(&fake, &["--check"]).expect(0, &[]);
    assert!(!again.stderr.contains("laying out anew"), "{}", again.stderr);
}

#[test]
fn c_code_for_musl_is_compiled_by_a_wheel_where_the_machine_cannot() {
    let fake = fake();
    fs::create_dir_all(fake.path(&format!("sysroot/lib/rustlib/{MUSL}/lib"))).unwrap();
    all(&fake, &[]).expect(0, &["  static-musl"]);
    assert!(!fake.read("cargo.log").contains("CC="), "nothing of it is C: {}", fake.read("cargo.log"));
    // A dependency that compiles C.
    fake.write("cc/Cargo.toml", "[package]\nname = \"cc\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    fake.write("cc/src/lib.rs", "");
    fake.write("Cargo.toml", "[workspace]\nmembers = [\"app\", \"base\", \"cc\"]\nresolver = \"3\"\n");
    let lock = fake.read("Cargo.lock");
    fake.write("Cargo.lock", &format!("{lock}\n[[package]]\nname = \"cc\"\nversion = \"0.1.0\"\n"));
    all(&fake, &[]).expect(0, &["static-musl (static, with musl): not applicable: cannot install ziglang", "musl-gcc"]);
    fake.tool("python3", PYTHON);
    let other = "the baseline was made with cc for musl `none`, this run with `ziglang";
    all(&fake, &[]).expect(1, &["installing ziglang from PyPI", "  static-musl", other]);
    all(&fake, &["--accept", "now there is C in it"]).expect(0, &[]);
    let log = fake.read("cargo.log");
    let script = log.lines().find_map(|line| line.split_once("CC=")).unwrap().1;
    let said = Command::new(script).args(["--target=x86_64-unknown-linux-musl", "-c", "a b.c"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&said.stdout), "cc\n-target\nx86_64-linux-musl\n-c\na b.c\n");
    let again = all(&fake, &[]).expect(0, &[]);
    assert!(!again.stderr.contains("installing ziglang"), "{}", again.stderr);
}

#[test]
fn what_is_missing_is_told_with_the_cure() {
    let fake = fake();
    fake.without("valgrind");
    all(&fake, &["--quick"]).expect(0, &["NOT JUDGED", "valgrind is not on PATH; perf is not on PATH", "times only, not gated"]);
    fake.write("compile-error", "");
    all(&fake, &[]).expect(4, &["does not build as instrumented", "it does not compile"]);
    fs::remove_file(fake.path(&format!("sysroot/lib/rustlib/{HOST}/bin/llvm-profdata"))).unwrap();
    all(&fake, &[]).expect(3, &["rustup component add llvm-tools", "copy "]);
    fake.without("rustup");
    all(&fake, &[]).expect(3, &["rustup component add llvm-tools"]);
}

#[test]
fn what_is_released_is_trained_with_its_own_settings() {
    let fake = fake();
    let ship = "package = \"app\"\nship = { lto = \"thin\", panic = \"abort\", unwind-tables = false }";
    fake.write("baselines/policy.toml", &POLICY.replace("package = \"app\"", ship));
    pgo(&fake, &["build"]).expect(0, &["training on 2 workloads (ship)", "tool: shipped: ", "tool/shipped/app"]);
    let log = fake.read("cargo.log");
    let own: Vec<&str> = log.lines().filter(|line| line.contains("lto=thin panic=abort")).collect();
    assert_eq!((own.len(), log.lines().count()), (2, 2), "nothing else is built: {log}");
    assert!(own[0].contains("-Cprofile-generate=") && own[1].contains("-Cprofile-use="), "{log}");
    assert!(own.iter().all(|line| line.contains("-Cforce-unwind-tables=no")), "{log}");
    all(&fake, &[])
        .expect(0, &["The profile of what is released is good", "  shipped", "no unwind tables, with a profile of its own"]);
    assert!(fake.read("baselines/pgo.json").contains("tool/shipped") && fake.path("baselines/pgo/tool/shipped.tsv").exists());
    all(&fake, &["--quick", "--check"]).expect(0, &["PASS", "  shipped"]);
    pgo(&fake, &["info"]).expect(0, &["tool, released: the profile is good"]);
    fake.write("counts/shipped", "1100000");
    let ran = all(&fake, &["--quick", "--check"]).expect(1, &["tool/shipped", "held_out_instruction_count is worse"]);
    assert!(ran.stdout.contains("tool/shipped is slower than the baseline in:"), "{}", ran.stdout);
    fs::remove_dir_all(fake.path("a target/xtask/pgo/tool/raw-ship/00-all")).unwrap();
    pgo(&fake, &["info"]).expect(4, &["tool, released: the profile is BAD", "1 of 2 raw profiles"]);
}

#[test]
fn perf_counts_where_valgrind_is_missing() {
    let fake = fake();
    fake.without("valgrind");
    fake.tool("perf", PERF);
    all(&fake, &["--quick"]).expect(1, &["and 7 were left out: run `cargo xtask pgo` for all"]);
    all(&fake, &[]).expect(
        0,
        &[
            "held-out work with the profile: 9.52 % fewer instructions",
            "counted by perf",
            "valgrind is not on PATH",
            "first numbers",
        ],
    );
    all(&fake, &["--quick", "--check"]).expect(0, &["PASS: as the baseline says"]);
    fake.tool("perf", "echo 'No permission to enable instructions:u event.' >&2; exit 255");
    all(&fake, &["--quick", "--check"]).expect(0, &["NOT JUDGED", "perf may not count instructions here"]);
}

/// A run that is stopped from the terminal: the signal goes to all that is in the foreground.
#[test]
fn a_stopped_training_leaves_nothing_that_is_used_later() {
    let fake = fake();
    pgo(&fake, &["train"]).expect(0, &["2 runs left 2 raw profiles"]);
    fake.write("instrumented", &format!("{INSTRUMENTED}: > \"$FAKE_STARTED\"; exec /bin/sleep 600\n"));
    let started = fake.path("started");
    // The program gets nothing of our environment: the path stands in it.
    let hanging = fake.read("instrumented").replace("$FAKE_STARTED", &started.display().to_string());
    fake.write("instrumented", &hanging);
    let mut child = command(&fake, &["train", "--again"]).process_group(0).stderr(Stdio::null()).spawn().unwrap();
    while !started.exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was stopped");
        thread::sleep(Duration::from_millis(10));
    }
    let group = format!("-{}", child.id());
    assert!(Command::new("/bin/kill").args(["-INT", "--", &group]).status().unwrap().success());
    assert!(!child.wait().unwrap().success());
    pgo(&fake, &["merge"]).expect(4, &["no raw profile above zero bytes"]);
    fake.write("instrumented", INSTRUMENTED);
    pgo(&fake, &["train"]).expect(0, &["training on 2 workloads", "2 runs left 2 raw profiles"]);
}

#[test]
fn a_profile_from_elsewhere_is_not_judged() {
    let fake = fake();
    fake.write("mine.profdata", "anything");
    let path = fake.path("mine.profdata");
    all(&fake, &["--profile", path.to_str().unwrap()]).expect(0, &["NOT JUDGED", "mine.profdata: 2 of 3 functions ran"]);
}

#[test]
fn what_is_asked_wrong_is_told_before_anything_is_built() {
    let fake = fake();
    all(&fake, &["--subject", "tol"]).expect(2, &["--subject tol: the policy has tool"]);
    all(&fake, &["--accept", " "]).expect(2, &["--accept needs a reason"]);
    fs::remove_file(fake.path("baselines/in.txt")).unwrap();
    all(&fake, &[]).expect(2, &["pgo.tool.train: `all` needs", "in.txt"]);
    fake.write("baselines/policy.toml", &POLICY.replace("package = \"app\"", "package = \"ap\""));
    all(&fake, &[]).expect(2, &["the policy names the package `ap`"]);
    fake.write("baselines/policy.toml", fake::POLICY);
    all(&fake, &[]).expect(2, &["no [pgo.NAME]"]);
    assert_eq!(fake.log("cargo"), Vec::<String>::new());
}
