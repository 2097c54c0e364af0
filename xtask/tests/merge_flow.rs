//! Merges of baselines in real repositories: git calls the built binary as its merge driver.
#![cfg(unix)]

mod fake;

use fake::{Fake, Ran, VARIANT, module};
use serde_json::{Value, json};
use std::{fs, path::PathBuf, process::Command};
use tempfile::TempDir;
use xtask::{
    analysis::merge_baselines::{Outcome, Sides, merge_bytes},
    data::baseline_file::BaselineFile,
};

/// A name that a shell would take for two.
const FILE: &str = "baselines/the numbers.json";

struct Repository(TempDir);

impl Repository {
    /// A repository whose configuration names the built binary.
    fn new() -> Repository {
        let repository = Repository(tempfile::tempdir().unwrap());
        repository.git(&["init", "--quiet", "--initial-branch=main"]).expect(0, &[]);
        repository.git(&["config", "merge.xtask-baseline.driver", &driver()]).expect(0, &[]);
        repository.write(".gitattributes", b"baselines/*.json merge=xtask-baseline\n");
        repository.commit("start");
        repository
    }

    fn git(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=n", "-c", "user.email=e@example.com"]).args(arguments).current_dir(self.0.path());
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C");
        Ran::from(command.output().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join(FILE)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::create_dir_all(self.0.path().join("baselines")).unwrap();
        fs::write(self.0.path().join(name), bytes).unwrap();
    }

    fn read(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    fn commit(&self, what: &str) {
        self.git(&["add", "--all"]).expect(0, &[]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", what]).expect(0, &[]);
    }

    /// Commits the three versions of each sample, as the branches `ours-SEED` and `theirs-SEED`.
    fn import(&self, samples: &[Sample]) {
        let mut stream = String::new();
        let mut commit = |branch: &str, from: &str, text: &str| {
            let length_bytes = text.len();
            stream += &format!("commit refs/heads/{branch}\ncommitter n <e@example.com> 0 +0000\ndata 0\n{from}");
            stream += &format!("M 100644 inline {FILE}\ndata {length_bytes}\n{text}\n");
        };
        for Sample { seed, texts: [base, ours, theirs], .. } in samples {
            commit(&format!("base-{seed}"), "", base);
            for (side, text) in [("ours", ours), ("theirs", theirs)] {
                commit(&format!("{side}-{seed}"), &format!("from refs/heads/base-{seed}\n"), text);
            }
        }
        let path = self.0.path().join("stream");
        fs::write(&path, stream).unwrap();
        let mut command = Command::new("git");
        command.args(["fast-import", "--quiet"]).current_dir(self.0.path()).stdin(fs::File::open(path).unwrap());
        Ran::from(command.output().unwrap()).expect(0, &[]);
    }

    /// Commits the three versions and merges the branch of theirs into that of ours.
    fn merge(&self, base: Option<&str>, ours: &str, theirs: &str) -> Ran {
        if let Some(base) = base {
            self.write(FILE, base.as_bytes());
            self.commit("base");
        }
        self.git(&["switch", "--quiet", "--create", "other"]).expect(0, &[]);
        self.write(FILE, theirs.as_bytes());
        self.commit("theirs");
        self.git(&["switch", "--quiet", "main"]).expect(0, &[]);
        self.write(FILE, ours.as_bytes());
        self.commit("ours");
        self.git(&["merge", "--no-edit", "other"])
    }
}

fn driver() -> String {
    format!("'{}' merge-driver %O %A %B %P", env!("CARGO_BIN_EXE_xtask"))
}

/// Numbers that look random and are the same every time: xorshift64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

const ROWS: [&str; 4] = ["app/t/p/a", "app/t/p/b", "floor/t/p/a", "floor/t/p/b"];
const METRICS: [&str; 3] = ["raw_bytes", "gzip_bytes", "code_bytes"];

/// A table of numbers: row, metric, entry.
fn numbers(dice: &mut Dice) -> Value {
    let entry = |dice: &mut Dice| {
        let best = 100 + dice.below(20);
        json!({"value": best, "best": best})
    };
    let row = |dice: &mut Dice| Value::Object(METRICS.map(|metric| (metric.to_string(), entry(dice))).into_iter().collect());
    Value::Object(ROWS.map(|name| (name.to_string(), row(dice))).into_iter().collect())
}

/// What a branch does: values that are better, values accepted as worse, a row that goes.
fn work(dice: &mut Dice, base: &Value, branch: &str) -> Value {
    let mut table = base.clone();
    for _ in 0..1 + dice.below(4) {
        let row = ROWS[dice.below(4) as usize];
        if dice.below(12) == 0 {
            table.as_object_mut().unwrap().remove(row);
            continue;
        }
        let Some(entry) = table.get_mut(row).and_then(|row| row.get_mut(METRICS[dice.below(3) as usize])) else { continue };
        let (value, step) = (entry["value"].as_u64().unwrap(), 1 + dice.below(9));
        if dice.below(2) == 0 {
            entry["value"] = json!(value - step);
            entry["best"] = json!(entry["best"].as_u64().unwrap().min(value - step));
        } else {
            let accepted = json!({"from": value, "to": value + step, "reason": format!("{branch} {step}"), "date": "2026-11-21"});
            entry["value"] = json!(value + step);
            match entry.get_mut("accepted").and_then(Value::as_array_mut) {
                Some(list) => list.push(accepted),
                None => entry["accepted"] = json!([accepted]),
            }
        }
    }
    table
}

/// The text of a file of one of both forms.
fn file(table: &Value, is_sizes: bool) -> String {
    let provenance = json!({"rustc": "1", "optimizer": "o", "encoder": "e", "gzip": "g", "brotli": "b", "dirty": false, "host": "h", "optimizer_origin": "npm"});
    let value = if is_sizes {
        json!({"schema": 1, "optimizers": {"binaryen-132": {"provenance": provenance, "variants": table}}})
    } else {
        json!({"schema": 1, "provenance": {"wasmtime": "48"}, "rows": table})
    };
    BaselineFile::parse(value.to_string().as_bytes()).unwrap().render()
}

/// A base, and what two branches made of it.
struct Sample {
    seed: u64,
    is_sizes: bool,
    tables: [Value; 3],
    texts: [String; 3],
}

impl Sample {
    fn new(seed: u64) -> Sample {
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
        let is_sizes = seed.is_multiple_of(2);
        let base = numbers(&mut dice);
        let (ours, theirs) = (work(&mut dice, &base, "ours"), work(&mut dice, &base, "theirs"));
        let tables = [base, ours, theirs];
        Sample { seed, is_sizes, texts: tables.each_ref().map(|table| file(table, is_sizes)), tables }
    }

    /// Whether all three differ; else git does not ask the driver.
    fn is_for_the_driver(&self) -> bool {
        let [base, ours, theirs] = &self.texts;
        base != ours && base != theirs && ours != theirs
    }

    /// Whether it is a merge without conflict, once git has come to the same with `found`.
    fn judge(&self, is_clean: bool, found: &str) -> bool {
        let [base, ours, theirs] = self.texts.each_ref().map(|text| text.as_bytes());
        let Outcome::Merged { text, .. } = merge_bytes(Sides { base: Some(base), ours, theirs }) else {
            assert!(!is_clean, "seed {}: {found}", self.seed);
            assert!(found.contains("<<<<<<< ") && found.contains(">>>>>>> "), "seed {}: {found}", self.seed);
            return false;
        };
        assert!(is_clean, "seed {}: {found}", self.seed);
        assert_eq!(found, text, "seed {}", self.seed);
        let found: Value = serde_json::from_str(found).unwrap();
        let table = if self.is_sizes { &found["optimizers"]["binaryen-132"]["variants"] } else { &found["rows"] };
        let [base, ours, theirs] = &self.tables;
        holds(self.seed, [base, ours, theirs, table]);
        true
    }
}

#[test]
fn random_merges_in_work_trees_come_to_what_the_rule_says() {
    for sample in (1..=12).map(Sample::new).filter(Sample::is_for_the_driver) {
        let repository = Repository::new();
        let ran = repository.merge(Some(&sample.texts[0]), &sample.texts[1], &sample.texts[2]);
        if !sample.judge(ran.code == Some(0), &repository.read()) {
            ran.expect(1, &["CONFLICT", "deleted in", "decide by hand"]);
        }
    }
}

/// One repository with all commits, which git merges without a work tree: the same code, a tenth of the time.
#[test]
fn a_thousand_random_merges_come_to_what_the_rule_says() {
    let repository = Repository::new();
    let samples: Vec<Sample> = (1..).map(Sample::new).filter(Sample::is_for_the_driver).take(1000).collect();
    repository.import(&samples);
    let (mut merged_count, mut conflict_count) = (0, 0);
    for sample in &samples {
        let [ours, theirs] = ["ours", "theirs"].map(|side| format!("{side}-{}", sample.seed));
        let ran = repository.git(&["merge-tree", "--write-tree", "--no-messages", &ours, &theirs]);
        assert!(matches!(ran.code, Some(0 | 1)), "{}{}", ran.stdout, ran.stderr);
        let tree = ran.stdout.lines().next().unwrap_or_default();
        let found = repository.git(&["show", &format!("{tree}:{FILE}")]).expect(0, &[]);
        match sample.judge(ran.code == Some(0), &found.stdout) {
            true => merged_count += 1,
            false => conflict_count += 1,
        }
    }
    assert!(merged_count >= 500 && conflict_count >= 50, "{merged_count} merged, {conflict_count} conflicts");
}

/// The rule once more, over plain JSON: what one branch changed is its own, of what both changed the lower stands and is marked.
fn holds(seed: u64, [base, ours, theirs, found]: [&Value; 4]) {
    for (row, metric) in ROWS.into_iter().flat_map(|row| METRICS.map(|metric| (row, metric))) {
        let at = |table: &Value| table.get(row).and_then(|row| row.get(metric)).cloned();
        let number = |entry: &Option<Value>, key: &str| entry.as_ref().and_then(|entry| entry[key].as_u64());
        let (b, o, t, f) = (at(base), at(ours), at(theirs), at(found));
        let place = format!("seed {seed}: {row} {metric}: {b:?} {o:?} {t:?} -> {f:?}");
        if o != b && t != b && o != t {
            for key in ["value", "best"] {
                assert_eq!(number(&f, key), number(&o, key).min(number(&t, key)), "{place}");
            }
            assert_eq!(f.as_ref().unwrap()["measure_again"], true, "{place}");
            let reasons = |entry: &Option<Value>| entry.as_ref().unwrap()["accepted"].as_array().cloned().unwrap_or_default();
            assert!([&o, &t].iter().all(|side| reasons(side).iter().all(|one| reasons(&f).contains(one))), "{place}");
        } else {
            let want = if o == b { &t } else { &o };
            assert_eq!((number(&f, "value"), number(&f, "best")), (number(want, "value"), number(want, "best")), "{place}");
        }
    }
}

fn row(value: u64) -> Value {
    json!({"raw_bytes": {"value": value, "best": value}})
}

#[test]
fn both_add_the_file_and_a_rebase_merges_as_well() {
    let repository = Repository::new();
    let (ours, theirs) = (file(&json!({"a": row(10), "b": row(7)}), false), file(&json!({"a": row(12), "c": row(8)}), false));
    repository.merge(None, &ours, &theirs).expect(0, &["1 merged value has to be measured again"]);
    let merged: Value = serde_json::from_str(&repository.read()).unwrap();
    assert_eq!(merged["rows"]["a"]["raw_bytes"], json!({"value": 10, "best": 10, "measure_again": true}));
    assert_eq!((&merged["rows"]["b"], &merged["rows"]["c"]), (&row(7), &row(8)));

    let repository = Repository::new();
    let of = |a, b| file(&json!({"a": row(a), "b": row(b)}), false);
    repository.merge(Some(&of(10, 10)), &of(9, 10), &of(10, 9));
    repository.git(&["reset", "--quiet", "--hard", "HEAD~"]).expect(0, &[]);
    repository.git(&["rebase", "--quiet", "other"]).expect(0, &[]);
    assert_eq!(repository.read(), of(9, 9));
}

#[test]
fn a_conflict_is_around_what_there_is_to_decide_and_the_rest_is_merged() {
    let repository = Repository::new();
    let base = file(&json!({"a": row(10), "b": row(10), "z": row(10)}), false);
    let ours = file(&json!({"a": row(9), "b": row(9), "z": row(10)}), false);
    let theirs = file(&json!({"a": row(8), "z": row(11)}), false);
    repository.merge(Some(&base), &ours, &theirs).expect(1, &["b is changed in ours and deleted in theirs", "the numbers.json"]);
    let text = repository.read();
    let (before, rest) = text.split_once("<<<<<<< ours\n").unwrap();
    let (conflict, after) = rest.split_once(">>>>>>> theirs\n").unwrap();
    assert!(before.contains("\"value\": 8") && before.contains("measure_again"), "{text}");
    assert!(conflict.contains("\"value\": 9") && !after.contains("<<<<<<<") && after.contains("\"value\": 11"), "{text}");
    // Either choice is a file that can be read.
    let (mine, other) = conflict.split_once("=======\n").unwrap();
    for chosen in [mine, other] {
        serde_json::from_str::<Value>(&format!("{before}{chosen}{after}")).unwrap();
    }
}

#[test]
fn what_cannot_be_read_is_never_merged() {
    let (base, ours) = (
        file(&json!({"a": row(10), "b": row(10), "c": row(10)}), false),
        file(&json!({"a": row(9), "b": row(10), "c": row(10)}), false),
    );
    let changed = file(&json!({"a": row(10), "b": row(10), "c": row(9)}), false);
    for (theirs, why) in [
        (changed.replace("\"schema\": 1", "\"schema\": 2"), "theirs: it has schema 2"),
        (changed.replace("\"value\": 9", "\"value\": 9, \"extra\": 1"), "theirs: unknown field `extra`"),
        (changed.replace("}\n", ""), "theirs: "),
        ("\u{1}no JSON\n".into(), "theirs: "),
    ] {
        let repository = Repository::new();
        let ran = repository.merge(Some(&base), &ours, &theirs).expect(1, &["CONFLICT", why]);
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        let text = repository.read();
        assert!(text.contains("<<<<<<< ours\n") && text.contains(">>>>>>> theirs\n"), "{text}");
    }
}

#[test]
fn called_by_hand_it_says_what_is_wrong_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        Ran::from(command.arg("merge-driver").args(arguments).current_dir(folder.path()).output().unwrap())
    };
    fs::write(folder.path().join("ours"), "kept").unwrap();
    run(&["base", "ours", "theirs", "-x.json"]).expect(2, &["base cannot be read"]);
    run(&["ours"]).expect(2, &[]);
    assert_eq!(fs::read_to_string(folder.path().join("ours")).unwrap(), "kept");
}

#[test]
fn doctor_says_whether_git_knows_the_drivers_and_tells_it() {
    let fake = Fake::new();
    let doctor = |arguments: &[&str]| {
        let ran = Ran::from(fake.command(&[&["doctor"], arguments].concat()).output().unwrap());
        ran.stdout.lines().filter(|line| line.contains("git: xtask-")).map(String::from).collect::<Vec<_>>()
    };
    assert!(doctor(&[]).iter().all(|line| line.contains("absent") && line.contains("doctor --fix")));
    Ran::from(fake.command(&["doctor", "--fix"]).output().unwrap()).expect(2, &["cannot set git's merge.xtask-baseline"]);
    fake.tool("git", "GIT_CONFIG_NOSYSTEM=1 exec git \"$@\"");
    let git = |arguments: &[&str]| {
        Ran::from(Command::new("git").args(arguments).current_dir(fake.path("")).output().unwrap()).expect(0, &[]).stdout
    };
    git(&["init", "--quiet"]);
    assert!(doctor(&["--fix"]).iter().all(|line| line.contains(".gitattributes")), "the attributes are the repository's own");
    assert_eq!(git(&["config", "merge.xtask-baseline.driver"]).trim_end(), driver());
    assert_eq!(git(&["config", "merge.xtask-table.driver"]).trim_end(), "true");
    let own = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../.gitattributes")).unwrap();
    fake.write(".gitattributes", &own);
    let lines = doctor(&[]);
    assert!(lines.len() == 2 && lines.iter().all(|line| line.contains("ok") && line.contains("set up")), "{lines:?}");
}

#[test]
fn size_holds_to_merged_values_says_so_and_clears_them_when_it_records() {
    const BASELINE: &str = "baselines/size.json";
    let fake = Fake::new();
    fake.size(&[]).expect(0, &[]);
    let measured = fake.read(BASELINE);
    let mut file: Value = serde_json::from_str(&measured).unwrap();
    let entry = |file: &mut Value| file["optimizers"]["binaryen-132"]["variants"][VARIANT]["raw_bytes"].take();
    let mut marked = entry(&mut file.clone());
    marked["measure_again"] = json!(true);
    file["optimizers"]["binaryen-132"]["variants"][VARIANT]["raw_bytes"] = marked;
    let merged = xtask::data::baseline::Baselines::parse(&file.to_string()).unwrap().render();

    fake.write(BASELINE, &merged);
    fake.size(&["--check"]).expect(0, &["PASS", "Measure again: 1 value merged from two branches and not measured since"]);
    assert_eq!(fake.read(BASELINE), merged);
    fake.links("app", &module(600, "fd_write"));
    for arguments in [&["--check"][..], &[]] {
        fake.size(arguments).expect(1, &["raw_bytes is worse", "merged from two branches and not measured since", "--accept"]);
        assert_eq!(fake.read(BASELINE), merged);
    }
    fake.links("app", &module(500, "fd_write"));
    fake.size(&[]).expect(0, &["and that is recorded", "Measured again: 1 value"]);
    assert_eq!(fake.read(BASELINE), measured);
    fake.size(&["--check"]).expect(0, &["PASS: every variant is what the baseline says\n"]);
}
