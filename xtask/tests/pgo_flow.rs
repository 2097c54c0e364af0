//! `cargo xtask pgo`, whole, with fake tools: what it builds, trains, proves and records.
#![cfg(target_os = "linux")]

mod fake;
mod pgo_fake;

use pgo_fake::{MUSL, POLICY, all, pgo, workspace};
use std::{fs, process::Command};

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

#[test]
fn everything_is_built_trained_proved_and_recorded() {
    let fake = workspace();
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
    let fake = workspace();
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
    let fake = workspace();
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
    let fake = workspace();
    fake.write("counts/pgo", "1200000");
    all(&fake, &[]).expect(0, &["held-out work with the profile: 19.04 % more instructions"]);
    fake.write("counts/pgo", "1000100");
    all(&fake, &[]).expect(0, &["held-out work with the profile: no gain"]);
}

#[test]
fn llvm_bolt_is_used_where_it_is_found() {
    let fake = workspace();
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
    let fake = workspace();
    fs::create_dir_all(fake.path(&format!("sysroot/lib/rustlib/{MUSL}/lib"))).unwrap();
    all(&fake, &[]).expect(0, &["  static-musl"]);
    assert!(!fake.read("cargo.log").contains("CC="), "nothing of it is C: {}", fake.read("cargo.log"));
    // A dependency that compiles C.
    fake.write("cc/Cargo.toml", "[package]\nname = \"cc\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    fake.write("cc/src/lib.rs", "");
    fake.write("Cargo.toml", "[workspace]\nmembers = [\"app\", \"base\", \"cc\"]\nresolver = \"3\"\n");
    let lock = fake.read("Cargo.lock");
    fake.write("Cargo.lock", &format!("{lock}\n[[package]]\nname = \"cc\"\nversion = \"0.1.0\"\n"));
    all(&fake, &[]).expect(
        1,
        &["static-musl (static, with musl): not applicable: cannot install ziglang", "musl-gcc", "tool/static-musl: held_out"],
    );
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
fn what_is_released_is_trained_with_its_own_settings() {
    let fake = workspace();
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
    pgo(&fake, &["info"]).expect(4, &["tool, released: the profile is BAD", "1 of the 2 raw profiles"]);
}

#[test]
fn perf_counts_where_valgrind_is_missing() {
    let fake = workspace();
    fake.without("valgrind");
    fake.tool("perf", PERF);
    all(&fake, &["--quick"]).expect(1, &["and 6 were left out: run `cargo xtask pgo` for all"]);
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
    all(&fake, &["--quick", "--check"])
        .expect(0, &["NOT JUDGED: nothing counts instructions here", "perf may not count instructions here"]);
}
