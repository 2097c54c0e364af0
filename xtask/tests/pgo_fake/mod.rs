//! A workspace with a program for `cargo xtask pgo`, and fakes of what builds, merges and counts.

// Each test binary uses its own part of this.
#![allow(dead_code)]

use super::fake::{Fake, Ran};
use std::{fs, os::unix::fs::PermissionsExt, process::Command};

pub const POLICY: &str = r#"
schema = 1
[pgo.tool]
package = "app"
train = [{ arguments = ["all"], stdin = "in.txt" }, { name = "script", script = "\"$PROGRAM\" twice" }]
held-out = [{ arguments = ["other"], stdin = "in.txt", stdin-repeat = 2, files = { "sub/a.txt" = "in.txt" } }]
[[pgo.tool.control]]
arguments = ["--help"]
"#;

pub const HOST: &str = "x86_64-unknown-linux-gnu";

/// Cargo: the program is a script that writes a raw profile if it was built to.
pub const CARGO: &str = r#"
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
pub const INSTRUMENTED: &str = r#"
file=$(printf %s "$LLVM_PROFILE_FILE" | /bin/sed "s/%p/$$/; s/%m/1/")
/bin/mkdir -p "$(/usr/bin/dirname "$file")"
{ printf '\201rforpl\377\012\000\000\000\000\000\000\001'; /usr/bin/head -c 200 /dev/zero; } > "$file"
"#;

pub const RUSTC: &str = "case $1 in --version) echo 'rustc 1.95.0 (fake)';; -vV) echo 'host: x86_64-unknown-linux-gnu'; echo 'LLVM version: 22.1.2';; *) echo \"$FAKE/sysroot\";; esac";

/// Callgrind: the counts are those of the build whose folder the program is in.
pub const VALGRIND: &str = r#"
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

pub const PROFDATA: &str = r#"
case "$1" in
merge) while [ $# -gt 0 ]; do case "$1" in --input-files) list=$2 ;; -o) out=$2 ;; esac; shift; done
    while IFS= read -r file || [ -n "$file" ]; do cat "${file#1,}"; done < "$list" > "$out"; cat ROOT/profile-of >> "$out" 2>/dev/null || true ;;
show) case "$*" in
    *counts*) printf '  _ZN3app3hot17h0123456789abcdefE:\n    Hash: 0x1\n    Block counts: [7]\n  _ZN3app4warm17h0123456789abcdefE:\n    Hash: 0x1\n    Block counts: [3]\n' ;;
    *) printf 'Number of functions with maximum count (< 1): 1\nNumber of functions with maximum count (>= 1): 2\nInstrumentation level: IR\nTotal functions: 3\nMaximum function count: 7\nMaximum internal block count: 9\nTotal number of blocks: 12\n' ;;
    esac ;;
esac
"#;

pub const MUSL: &str = "x86_64-unknown-linux-musl";

pub fn workspace() -> Fake {
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

pub fn llvm(fake: &Fake, name: &str, script: &str) {
    let relative = format!("sysroot/lib/rustlib/{HOST}/bin/{name}");
    fake.write(&relative, &format!("#!/bin/sh\nPATH=/usr/bin:/bin\nset -e\n{script}\n"));
    fs::set_permissions(fake.path(&relative), fs::Permissions::from_mode(0o755)).unwrap();
}

pub fn command(fake: &Fake, arguments: &[&str]) -> Command {
    let all: Vec<&str> = ["pgo"].iter().chain(arguments).copied().collect();
    let mut command = fake.command(&all);
    command.env("CARGO_TARGET_DIR", fake.path("a target"));
    command
}

pub fn pgo(fake: &Fake, arguments: &[&str]) -> Ran {
    Ran::from(command(fake, arguments).output().unwrap())
}

/// The whole, without the times that no test looks at.
pub fn all(fake: &Fake, arguments: &[&str]) -> Ran {
    pgo(fake, &[&["--samples", "0"], arguments].concat())
}
