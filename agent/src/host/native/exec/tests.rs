//! What the exec part of the native host promises.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::string::String;

use tempfile::TempDir;

use super::*;

fn words(argv: &[&str]) -> Vec<String> {
    argv.iter().map(|word| (*word).into()).collect()
}

/// Runs `script` in a shell, as a granted command may, for at most two seconds.
fn shell(script: &str) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), &words(&["/bin/sh", "-c", script]), 2000).unwrap();
    (ran.end, String::from_utf8(ran.output).unwrap())
}

fn ended(end: &str, output: &str) -> (String, String) {
    (end.into(), output.into())
}

/// Whether a process with this number is there and is not dead.
fn is_alive(pid: &str) -> bool {
    fs::read_to_string(["/proc/", pid.trim(), "/stat"].concat()).is_ok_and(|stat| !stat.contains(") Z"))
}

/// Whether processes with these numbers die soon: one that was killed is dead only when the system has got to it.
fn die_soon(pids: &[&str]) -> bool {
    let until = Instant::now() + Duration::from_secs(10);
    while pids.iter().any(|pid| is_alive(pid)) {
        if Instant::now() > until {
            return false;
        }
        thread::sleep(Duration::from_millis(10));
    }
    true
}

fn program(folder: &TempDir, name: &str) -> String {
    let path = folder.path().join(name);
    fs::write(&path, "#!/bin/sh\necho ran\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().into()
}

#[test]
fn it_says_how_the_command_ended() {
    assert_eq!(shell("exit 0"), ended("exit code 0", ""));
    assert_eq!(shell("exit 3"), ended("exit code 3", ""));
    assert_eq!(shell("kill -9 $$"), ended("signal 9", ""));
    let folder = tempfile::tempdir().unwrap();
    let success = |script| run(folder.path(), &words(&["/bin/sh", "-c", script]), 2000).unwrap().success;
    assert!(success("exit 0") && !success("exit 1") && !success("kill -9 $$"));
}

#[test]
fn both_streams_come_in_order() {
    assert_eq!(shell("echo a; echo b >&2; echo c"), ended("exit code 0", "a\nb\nc\n"));
}

#[test]
fn a_command_that_cannot_start_is_an_error_that_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let error = |argv: &[&str]| run(folder.path(), &words(argv), 1000).unwrap_err();
    assert!(error(&["/no/such/program"]).contains("No such file"));
    assert!(error(&["/etc/passwd"]).contains("Permission denied"));
    assert_eq!(error(&[]), "there is no command");
}

#[test]
fn security_there_is_no_shell_and_no_search() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), &words(&["/bin/echo", "$HOME", "`id`", ";", "id", "*"]), 1000).unwrap();
    assert_eq!(ran.output, b"$HOME `id` ; id *\n");
    for name in ["echo", "./echo", "../bin/echo", "~/echo", ""] {
        assert!(run(folder.path(), &words(&[name]), 1000).unwrap_err().contains("absolute path"), "{name}");
    }
}

#[test]
fn security_a_program_in_the_workspace_does_not_run() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let inside = program(&folder, "evil");
    let outside = program(&out, "fine");
    assert_eq!(run(folder.path(), &words(&[&outside]), 1000).unwrap().output, b"ran\n");
    let base = folder.path().to_str().unwrap();
    let link = |to: &Path, at: PathBuf| {
        symlink(to, &at).unwrap();
        String::from(at.to_str().unwrap())
    };
    let ways = [
        inside.clone(),
        format!("/etc/..{inside}"),
        format!("{base}/./evil"),
        format!("{base}/../../bin/echo"),
        link(Path::new(&inside), out.path().join("to-file")),
        link(folder.path(), out.path().join("to-folder")) + "/evil",
        // Which program it leads to is for whoever can write in the workspace to say.
        link(Path::new("/bin/echo"), folder.path().join("to-echo")),
        format!("{}/to-folder/to-echo", out.path().to_str().unwrap()),
    ];
    for way in ways {
        assert!(run(folder.path(), &words(&[&way]), 1000).is_err_and(|error| error.contains("in the workspace")), "{way}");
    }
    // The workspace itself under another name.
    let other = out.path().join("to-folder");
    assert!(run(&other, &words(&[&inside]), 1000).is_err_and(|error| error.contains("in the workspace")));
}

#[test]
fn a_program_sees_the_name_that_it_was_called_by() {
    let out = tempfile::tempdir().unwrap();
    let name = out.path().join("called");
    symlink("/bin/sh", &name).unwrap();
    let name = name.to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &words(&[name, "-c", "echo $0"]), 1000).unwrap().output, format!("{name}\n").as_bytes());
}

#[test]
fn security_the_environment_and_the_input_are_empty() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), &words(&["/usr/bin/env"]), 1000).unwrap();
    let text = String::from_utf8(ran.output).unwrap();
    let names: Vec<_> = text.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    assert!(names.iter().all(|name| *name == "PATH" || PASSED.contains(name)), "{names:?}");
    assert!(text.contains("PATH=/usr/bin:/bin\n"));
    assert!(std::env::var_os("HOME").is_some(), "there was something to leave out");
    assert_eq!(run(folder.path(), &words(&["/bin/cat"]), 1000).unwrap().end, "exit code 0");
}

#[test]
fn a_command_runs_in_the_workspace() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), &words(&["/bin/pwd"]), 1000).unwrap();
    assert_eq!(ran.output, format!("{}\n", folder.path().canonicalize().unwrap().display()).as_bytes());
}

#[test]
fn the_middle_of_much_output_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let script = "echo start; head -c 5000000 /dev/zero | tr '\\0' x; echo; echo end";
    let ran = run(folder.path(), &words(&["/bin/sh", "-c", script]), 10_000).unwrap();
    let text = String::from_utf8(ran.output).unwrap();
    let left_out = "start\n".len() + 5_000_000 + "\nend\n".len() - 2 * captured::KEPT_BYTES;
    let (head, tail) = text.split_once(&format!("\n[{left_out} bytes left out]\n")).unwrap();
    assert_eq!((head.len(), tail.len()), (captured::KEPT_BYTES, captured::KEPT_BYTES));
    assert!(head.starts_with("start\nxxx") && tail.ends_with("xxx\nend\n"));
}

#[test]
fn output_that_just_fits_is_whole() {
    let all: Vec<u8> = (0..2 * captured::KEPT_BYTES).map(|at| at.to_le_bytes()[0]).collect();
    for size in [1, 1000, captured::KEPT_BYTES, all.len()] {
        let mut captured = Captured::default();
        all.chunks(size).for_each(|piece| captured.add(piece));
        assert_eq!(captured.finish(), all);
    }
}

#[test]
fn security_a_command_is_stopped_in_time_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let started = Instant::now();
    let script = "echo $$; sleep 60 & echo $!; trap '' TERM; sleep 60";
    let ran = run(folder.path(), &words(&["/bin/sh", "-c", script]), 2500).unwrap();
    assert_eq!((ran.end.as_str(), ran.success), ("stopped after 2500 ms", false));
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    let text = String::from_utf8(ran.output).unwrap();
    let pids: Vec<_> = text.lines().collect();
    assert_eq!(pids.len(), 2, "what it wrote until then is there");
    assert!(die_soon(&pids), "{pids:?}");
    assert!(!Path::new(&format!("/proc/{}", pids[0])).exists(), "the child has been waited for");
}

#[test]
fn a_second_is_written_as_one() {
    assert_eq!(shell("sleep 9").0, "stopped after 2 s");
}

#[test]
fn security_what_holds_the_output_open_does_not_hold_the_agent() {
    let started = Instant::now();
    let (end, text) = shell("sleep 60 & echo $!");
    assert_eq!(end, "exit code 0");
    assert!((900..20_000).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
    assert!(die_soon(&[&text]), "what is left of the group is killed");
    // In a session of its own it cannot be killed, but it is not waited for.
    let started = Instant::now();
    let (end, _) = shell("setsid sleep 60 & echo $!");
    assert_eq!(end, "exit code 0");
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
}

#[test]
fn security_what_is_left_behind_is_killed_even_if_it_is_quiet() {
    // A busy machine may be slow now and then; a wait for the output would be there every time.
    let is_quick = (0..10).any(|_| {
        let started = Instant::now();
        let (_, pid) = shell("sleep 60 >/dev/null 2>&1 & echo $!");
        let spent = started.elapsed();
        assert!(die_soon(&[&pid]));
        spent < Duration::from_millis(900)
    });
    assert!(is_quick, "its output is at its end and is not waited for");
}

#[test]
fn security_a_command_gets_no_files_but_its_streams() {
    let folder = tempfile::tempdir().unwrap();
    let _open = fs::File::open("/etc/passwd").unwrap();
    let (_, text) = shell("ls -l /proc/self/fd");
    assert!(!text.contains("passwd") && !text.contains(folder.path().to_str().unwrap()), "{text}");
}
