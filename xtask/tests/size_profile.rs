//! Profiles of the policy that have a toolchain of their own: installed, passed on, and told apart in the baseline.
#![cfg(unix)]

mod fake;

use fake::{Fake, POLICY, Ran, VARIANT, module};

const BASELINE: &str = "baselines/size.json";
const TINY: &str = "app/wasm32-wasip1/tiny/default";
const NIGHTLY: &str = "nightly-2026-05-21";

const PROFILE: &str = r#"
[profile.tiny]
toolchain = "nightly-2026-05-21"
cargo-profile = "release"
build-std = ["std", "panic_abort"]
build-std-features = ["optimize_for_size"]
rustflags = ["-Zunstable-options", "-Cpanic=immediate-abort"]
"#;

/// A compiler whose version depends on the toolchain; the nightly is there when its folder is.
const RUSTC: &str = r#"
version=STABLE; root=$FAKE/sysroot; commit=abc
if [ "$RUSTUP_TOOLCHAIN" = nightly-2026-05-21 ]; then
    version=NIGHTLY; root=$FAKE/nightly; commit=def
    [ -d "$root" ] || { echo "error: toolchain '$RUSTUP_TOOLCHAIN' is not installed" >&2; exit 1; }
fi
case $1 in --version) echo "rustc $version (fake)";; -vV) echo "commit-hash: $commit";; *) echo "$root";; esac
"#;

/// Installs what the library's metadata is asked of, a dependency-free standard library.
const RUSTUP: &str = r#"
echo "$@" >> "$FAKE/rustup.log"
mkdir -p "$FAKE/nightly/lib/rustlib/wasm32-wasip1/lib" "$FAKE/nightly/lib/rustlib/src/rust/library/src"
cd "$FAKE/nightly/lib/rustlib/src/rust/library"
printf '[package]\nname = "std"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n' > Cargo.toml
printf 'version = 4\n\n[[package]]\nname = "std"\nversion = "0.0.0"\n' > Cargo.lock
touch src/lib.rs
"#;

fn fake() -> Fake {
    let fake = Fake::new();
    fake.write("baselines/policy.toml", &(POLICY.replace("[\"release\"]", "[\"release\", \"tiny\"]") + PROFILE));
    compilers(&fake, "1.95.0", "1.97.0-nightly");
    fake.tool("rustup", RUSTUP);
    fake
}

fn compilers(fake: &Fake, stable: &str, nightly: &str) {
    fake.tool("rustc", &RUSTC.replace("STABLE", stable).replace("NIGHTLY", nightly));
}

#[test]
fn a_missing_toolchain_is_installed_with_its_parts_and_used_for_its_variants_only() {
    let fake = fake();
    let said = "installing the toolchain nightly-2026-05-21 (`rustup toolchain install nightly-2026-05-21 --profile minimal \
                --component rust-src --target wasm32-wasip1`";
    fake.size(&[]).expect(0, &[said, TINY, VARIANT, "base/wasm32-wasip1/tiny/default", "tiny: rustc 1.97.0-nightly (fake)"]);
    let split = |line: String| line.split_once('|').map(|(toolchain, line)| (toolchain.to_string(), line.to_string()));
    let builds: Vec<(String, String)> = fake.log("toolchain").into_iter().filter_map(split).collect();
    assert_eq!(builds.len(), 4);
    for (toolchain, line) in &builds {
        let flags = "-Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size";
        let tiny = line.contains(flags) && line.contains("-Cpanic=immediate-abort") && line.contains("/nightly-2026-05-21/");
        assert_eq!(tiny, toolchain == NIGHTLY, "{toolchain}: {line}");
        assert!(line.contains("--profile release ") && line.contains("--locked"), "{line}");
        // The standard library's sources have a name of their own, wherever rustup keeps them.
        let (sysroot, commit) = if tiny { ("nightly", "def") } else { ("sysroot", "abc") };
        assert!(line.contains(&format!("/{sysroot}/lib/rustlib/src/rust=/rustc/{commit}")), "{line}");
    }
    assert_eq!(builds.iter().filter(|(toolchain, _)| toolchain == NIGHTLY).count(), 2, "the subject and its floor");
    let lists = ["wasm32-wasip1.txt", "wasm32-wasip1.tiny.txt"].map(|name| format!("baselines/imports/binaryen-132/app/{name}"));
    assert!(lists.iter().all(|list| fake.read(list).contains("fd_write")), "another standard library imports by other names");
    fake.size(&["--check"]).expect(0, &["PASS"]);
    assert_eq!(fake.log("rustup").len(), 1, "what is there is not installed again");
}

#[test]
fn a_toolchain_that_cannot_be_had_ends_with_the_cure_and_spares_the_others() {
    let fake = fake();
    fake.tool(
        "rustup",
        "echo 'info: syncing' >&2; echo \"error: component 'rust-std' is unavailable\" >&2; echo help >&2; exit 1",
    );
    let words = ["cannot install the toolchain nightly-2026-05-21", "component 'rust-std' is unavailable", "--only"];
    fake.size(&[]).expect(3, &words);
    assert!(fake.log("cargo").is_empty() && fake.read(BASELINE).is_empty());
    fake.size(&["--only", "*/release/*"]).expect(0, &[VARIANT]);
    fake.without("rustup");
    fake.size(&[]).expect(3, &["rustup is not on PATH", "rustup toolchain install nightly-2026-05-21"]);
    // rustup may say that all is well where a part is missing.
    fake.tool("rustup", "mkdir -p $FAKE/nightly");
    fake.size(&[]).expect(3, &["a part of it is not there"]);
}

/// The variants that a check cannot compare.
fn incomparable(ran: &Ran) -> Vec<String> {
    let run: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let findings = run["verdict"]["findings"].as_array().unwrap().iter();
    let of_raw = findings.filter(|finding| finding["kind"] == "incomparable" && finding["metric"] == "raw_bytes");
    of_raw.map(|finding| finding["variant"].as_str().unwrap().to_string()).collect()
}

#[test]
fn another_compiler_makes_the_variants_incomparable_that_it_builds_and_no_others() {
    let fake = fake();
    fake.size(&[]).expect(0, &[]);
    compilers(&fake, "1.95.0", "1.98.0-nightly");
    let ran = fake.size(&["--check", "--json"]).expect(1, &["1.98.0-nightly"]);
    assert_eq!(incomparable(&ran), [TINY, "base/wasm32-wasip1/tiny/default"]);
    compilers(&fake, "1.96.0", "1.97.0-nightly");
    let ran = fake.size(&["--check", "--json"]).expect(1, &["1.96.0"]);
    assert_eq!(incomparable(&ran), [VARIANT, "base/wasm32-wasip1/release/default"]);
    fake.size(&["--accept", "rustc 1.96"]).expect(0, &["accepted"]);
    fake.size(&["--check"]).expect(0, &["PASS"]);
}

#[test]
fn a_part_of_the_matrix_does_not_change_what_the_other_numbers_are_of() {
    let fake = fake();
    fake.size(&[]).expect(0, &[]);
    fake.links("app", &module(400, "fd_write"));
    // A newer stable compiler is on the machine, but only the tiny variants are measured and recorded.
    compilers(&fake, "1.96.0", "1.97.0-nightly");
    fake.size(&["--only", TINY]).expect(0, &["PASS: recorded"]);
    let ran = fake.size(&["--check", "--json"]).expect(1, &[]);
    assert_eq!(incomparable(&ran), [VARIANT, "base/wasm32-wasip1/release/default"], "they are still of 1.95.0");
    // The other way round the nightly's version stays.
    compilers(&fake, "1.95.0", "1.98.0-nightly");
    fake.size(&["--only", VARIANT]).expect(0, &["PASS: recorded"]);
    let ran = fake.size(&["--check", "--json"]).expect(1, &[]);
    assert_eq!(incomparable(&ran), [TINY, "base/wasm32-wasip1/tiny/default"]);
}

#[test]
fn a_profile_that_is_new_needs_a_reason_and_leaves_the_other_numbers_alone() {
    let fake = fake();
    let whole = fake.read("baselines/policy.toml");
    fake.write("baselines/policy.toml", POLICY);
    fake.size(&[]).expect(0, &["the first numbers"]);
    let before: serde_json::Value = serde_json::from_str(&fake.read(BASELINE)).unwrap();
    fake.write("baselines/policy.toml", &whole);
    fake.size(&[]).expect(1, &["2 variants not in the baseline", "--accept"]);
    fake.size(&["--accept", "a tiny profile"]).expect(0, &["accepted"]);
    let after: serde_json::Value = serde_json::from_str(&fake.read(BASELINE)).unwrap();
    let baseline = |file: &serde_json::Value, id: &str| file["optimizers"]["binaryen-132"]["variants"][id].clone();
    assert_eq!(baseline(&after, VARIANT), baseline(&before, VARIANT));
    assert_eq!(baseline(&after, TINY)["raw_bytes"]["accepted"][0]["reason"], "a tiny profile");
    let provenance = &after["optimizers"]["binaryen-132"]["provenance"];
    assert_eq!(provenance["rustc_of_profile"]["tiny"], "rustc 1.97.0-nightly (fake)");
    assert_eq!(provenance["rustc"], "rustc 1.95.0 (fake)");
}
