//! `cargo xtask report html`, whole: saved runs in, one file out.
#![cfg(unix)]

mod fake;

use fake::{Fake, Ran, VARIANT, module};
use std::process::Command;

const PAGE: &str = "target/xtask/report.html";

fn report(fake: &Fake, arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["report", "html"].iter().chain(arguments).copied().collect();
    Ran::from(fake.command(&all).output().unwrap())
}

#[test]
fn a_saved_run_becomes_a_page_and_the_others_say_that_they_are_missing() {
    let fake = Fake::new();
    report(&fake, &[]).expect(0, &["Wrote target/xtask/report.html"]);
    assert!(fake.read(PAGE).contains("Not judged: 4 gates not judged"));
    fake.size(&[]).expect(0, &[]);
    fake.links("app", &module(900, "fd_write"));
    fake.size(&["--check"]).expect(1, &[]);
    report(&fake, &[]).expect(0, &[]);
    let page = fake.read(PAGE);
    for words in [
        "Fail: 1 gate fails, 3 gates not judged",
        VARIANT,
        "app::work",
        "▲ +4",
        "no saved run",
        "There is no git repository",
        "data-view=\"change\"",
    ] {
        assert!(page.contains(words), "no {words}");
    }
    report(&fake, &["--out", "own.html"]).expect(0, &["own.html"]);
    assert_eq!(fake.read("own.html"), page, "the same runs give the same bytes");
}

#[test]
fn a_file_that_is_no_longer_what_was_measured_is_not_shown_as_such() {
    let fake = Fake::new();
    fake.size(&[]).expect(0, &[]);
    fake.write(&format!("target/xtask/size/{VARIANT}/app.wasm"), "another");
    report(&fake, &[]).expect(0, &[]);
    assert!(fake.read(PAGE).contains("The file that was measured is not on this machine"));
}

#[test]
fn what_cannot_be_used_is_named_and_nothing_is_written() {
    let fake = Fake::new();
    fake.write("target/xtask/runs/size.json", "{\"schema\": 1,");
    report(&fake, &[]).expect(2, &["target/xtask/runs/size.json cannot be used", "cargo xtask size --check"]);
    fake.write("target/xtask/runs/size.json", "{\"schema\": 99}");
    report(&fake, &[]).expect(2, &["it has schema 99"]);
    fake.write("target/xtask/runs/size.json", "{\"schema\": 1, \"command\": \"size\"}");
    report(&fake, &[]).expect(2, &["cannot be used"]);
    std::fs::remove_file(fake.path("target/xtask/runs/size.json")).unwrap();
    fake.write("folder/file", "");
    report(&fake, &["--out", "folder/file/page.html"]).expect(2, &["folder/file"]);
    fake.write("baselines/size.json", "[]");
    report(&fake, &[]).expect(2, &["size.json cannot be used"]);
    assert_eq!(fake.read(PAGE), "");
}

#[test]
fn the_trend_is_that_of_git_and_a_subject_is_only_text() {
    let fake = Fake::new();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]).args(arguments);
        let output = command.current_dir(fake.path("")).env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    fake.tool("git", "exec git \"$@\"");
    git(&["init", "--quiet", "--initial-branch=main"]);
    for (bytes, subject) in [(500, "First numbers"), (400, "<script>alert(1)</script> & less")] {
        fake.links("app", &module(bytes, "fd_write"));
        fake.size(&[]).expect(0, &[]);
        git(&["add", "baselines"]);
        git(&["commit", "--quiet", "--message", subject]);
    }
    report(&fake, &[]).expect(0, &[]);
    let page = fake.read(PAGE);
    for words in ["First numbers", "&lt;script&gt;alert(1)&lt;/script&gt; &amp; less", "▼ -100", "2 commits: first"] {
        assert!(page.contains(words), "no {words}");
    }
    assert_eq!(page.matches("<script>").count(), 1);
}
