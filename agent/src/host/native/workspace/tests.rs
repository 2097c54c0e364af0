//! What the workspace part of the native host promises.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::string::String;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use std::vec;

use tempfile::TempDir;

use super::*;

const LINK: &str = "is a symbolic link, which is not followed";
const OWN: &str = "is in the agent's own folder";

/// A workspace `w` beside a folder `out`, in which is `secret`.
struct Place {
    base: TempDir,
    workspace: Workspace,
}

impl Place {
    fn new() -> Place {
        let base = tempfile::tempdir().unwrap();
        fs::create_dir_all(base.path().join("w")).unwrap();
        fs::create_dir_all(base.path().join("out")).unwrap();
        fs::write(base.path().join("out/secret"), "SECRET").unwrap();
        let workspace = open(&base.path().join("w"), None);
        Place { base, workspace }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.base.path().join("w").join(path)
    }

    fn outside(&self, path: &str) -> PathBuf {
        self.base.path().join("out").join(path)
    }

    fn read(&self, text: &str) -> Result<Vec<u8>, Trouble> {
        self.workspace.read(&path(text), 1000)
    }

    fn write(&self, text: &str, bytes: &str) -> Result<(), Trouble> {
        self.workspace.write(&path(text), bytes.as_bytes())
    }

    fn list(&self, text: &str) -> Result<Vec<String>, Trouble> {
        let mut names = self.workspace.list(&path(text), 1000)?;
        names.sort();
        Ok(names)
    }
}

fn open(folder: &Path, home: Option<&Path>) -> Workspace {
    Workspace::open(folder.to_str().unwrap(), home).unwrap()
}

fn path(text: &str) -> WorkPath {
    WorkPath::new(text).unwrap()
}

fn other<T>(words: &str) -> Result<T, Trouble> {
    Err(Trouble::Other(words.into()))
}

#[test]
fn what_is_written_is_read_and_listed_and_the_folders_above_are_made() {
    let place = Place::new();
    assert_eq!(place.read("a/b/c.txt"), Err(Trouble::Missing));
    assert_eq!(place.list("a"), Err(Trouble::Missing));
    place.write("a/b/c.txt", "one").unwrap();
    place.write("a/b/c.txt", "two").unwrap();
    assert_eq!(place.read("a/b/c.txt").unwrap(), b"two");
    assert_eq!((place.list(".").unwrap(), place.list("a/b").unwrap()), (vec!["a/".into()], vec!["c.txt".into()]));
    let mask = 0o777 & !place.at("a").metadata().unwrap().mode();
    assert_eq!(
        place.at("a/b/c.txt").metadata().unwrap().mode() & 0o777,
        0o666 & !mask,
        "a new file has the mode that the umask gives"
    );
}

#[test]
fn a_folder_that_cannot_be_opened_is_an_error_and_no_panic() {
    let error = Workspace::open("/nowhere/at/all", None).err().unwrap();
    assert!(error.contains("No such file"), "{error}");
    assert!(Workspace::open("/bin/sh", None).is_err());
}

#[test]
fn a_file_above_the_limit_is_not_read() {
    let place = Place::new();
    place.write("f", "12345").unwrap();
    assert_eq!(place.workspace.read(&path("f"), 5).unwrap(), b"12345");
    assert_eq!(place.workspace.read(&path("f"), 4), Err(Trouble::TooLarge));
    // Its length is said to be 0.
    let proc = open(Path::new("/proc/self"), None);
    assert_eq!(proc.read(&path("status"), 4), Err(Trouble::TooLarge));
}

#[test]
fn what_is_not_a_file_says_what_it_is() {
    let place = Place::new();
    place.write("f", "").unwrap();
    fs::create_dir(place.at("d")).unwrap();
    assert_eq!((place.read("d"), place.read(".")), (other("is a folder"), other("is a folder")));
    assert_eq!((place.write("d", ""), place.write(".", "")), (other("is a folder"), other("is a folder")));
    let below = "is not a folder, or is below a file";
    assert_eq!((place.read("f/x"), place.write("f/x", ""), place.list("f")), (other(below), other(below), other(below)));
}

#[test]
fn security_nothing_blocks_on_what_is_not_a_regular_file() {
    let place = Place::new();
    assert!(Command::new("/usr/bin/mkfifo").arg(place.at("pipe")).status().unwrap().success());
    let _listener = UnixListener::bind(place.at("socket")).unwrap();
    for name in ["pipe", "socket"] {
        assert_eq!(place.read(name), other("is not a regular file"));
        assert_eq!(place.write(name, "x"), other("is not a regular file"));
    }
    let devices = open(Path::new("/dev"), None);
    assert_eq!(devices.read(&path("zero"), 10), other("is not a regular file"));
}

#[test]
fn security_a_symlink_is_not_followed() {
    let place = Place::new();
    place.write("d/inside", "x").unwrap();
    symlink(place.outside("secret"), place.at("file")).unwrap();
    symlink(place.outside(""), place.at("dir")).unwrap();
    symlink(place.outside("new"), place.at("dangling")).unwrap();
    // One that stays inside is not followed either: a rule with exceptions is one to get wrong.
    symlink("d", place.at("near")).unwrap();
    for name in ["file", "dir", "dangling", "near", "dir/secret", "dir/new/deep", "near/inside"] {
        assert_eq!(place.read(name), other(LINK), "{name}");
        assert_eq!(place.write(name, "x"), other(LINK), "{name}");
    }
    for name in ["file", "dir", "dangling", "near", "dir/secret"] {
        assert_eq!(place.list(name), other(LINK), "{name}");
    }
    assert_eq!(fs::read_dir(place.outside("")).unwrap().count(), 1);
    assert_eq!(place.list(".").unwrap(), ["d/", "dangling@", "dir@", "file@", "near@"]);
}

/// Renames, and takes away what a write has made in between.
fn put(from: &Path, to: &Path) {
    while fs::rename(from, to).is_err() {
        let _ = fs::remove_dir_all(to);
    }
}

/// Ends the swapping, also when an assertion fails.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Swaps `name`, which is harmless, with a link to `to`, as fast as it can, while `attempt` runs for half a second.
fn while_swapped(place: &Place, name: &str, to: &Path, mut attempt: impl FnMut()) {
    let (name, link, aside) = (place.at(name), place.base.path().join("link"), place.base.path().join("aside"));
    symlink(to, &link).unwrap();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let _stop = Stop(&stop);
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                fs::rename(&name, &aside).unwrap();
                put(&link, &name);
                fs::rename(&name, &link).unwrap();
                put(&aside, &name);
            }
        });
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(500) {
            attempt();
        }
    });
}

#[test]
fn security_a_swapped_symlink_is_not_followed() {
    let place = Place::new();
    place.write("d/secret", "harmless").unwrap();
    let (mut read, mut refused) = (0, 0);
    while_swapped(&place, "d", &place.outside(""), || match place.read("d/secret") {
        Ok(bytes) => {
            assert_eq!(bytes, b"harmless");
            read += 1;
        }
        Err(_) => refused += 1,
    });
    assert!(read > 0 && refused > 0, "the race did not happen: {read} {refused}");
}

#[test]
fn security_a_file_swapped_with_a_symlink_is_not_followed() {
    let place = Place::new();
    place.write("f", "harmless").unwrap();
    while_swapped(&place, "f", &place.outside("secret"), || {
        if let Ok(bytes) = place.read("f") {
            assert_eq!(bytes, b"harmless");
        }
    });
}

#[test]
fn security_a_write_does_not_follow_a_swapped_symlink() {
    let place = Place::new();
    fs::create_dir(place.at("d")).unwrap();
    while_swapped(&place, "d", &place.outside(""), || {
        let _ = place.write("d/deep/er", "x");
        let _ = place.write("d/secret", "x");
    });
    assert_eq!(fs::read(place.outside("secret")).unwrap(), b"SECRET");
    assert_eq!(fs::read_dir(place.outside("")).unwrap().count(), 1);
}

#[test]
fn security_another_hard_link_is_not_written_through() {
    let place = Place::new();
    fs::hard_link(place.outside("secret"), place.at("f")).unwrap();
    place.write("f", "new").unwrap();
    assert_eq!(
        (place.read("f").unwrap().as_slice(), fs::read(place.outside("secret")).unwrap().as_slice()),
        (&b"new"[..], &b"SECRET"[..])
    );
}

#[test]
fn security_the_mode_of_a_file_is_kept() {
    let place = Place::new();
    for mode in [0o600, 0o755, 0o666] {
        place.write("f", "x").unwrap();
        fs::set_permissions(place.at("f"), fs::Permissions::from_mode(mode)).unwrap();
        place.write("f", "y").unwrap();
        assert_eq!(place.at("f").metadata().unwrap().mode() & 0o7777, mode);
    }
    fs::set_permissions(place.at("f"), fs::Permissions::from_mode(0o444)).unwrap();
    assert_eq!(place.write("f", "z"), other("is read-only"));
}

#[test]
fn a_write_that_fails_leaves_the_old_file_and_nothing_else() {
    let place = Place::new();
    place.write("f", "old").unwrap();
    let full = |file: &mut File| file.write_all(b"half of it").and(Err(io::Error::from(ErrorKind::StorageFull)));
    let old = place.workspace.root.symlink_metadata("f").unwrap();
    assert!(replace(&place.workspace.root, "f", Some(&old), full).is_err());
    // The name has become a folder, so it cannot be replaced.
    fs::create_dir(place.at("d")).unwrap();
    assert!(replace(&place.workspace.root, "d", None, |file| file.write_all(b"x")).is_err());
    assert_eq!((place.list(".").unwrap(), place.read("f").unwrap()), (vec!["d/".into(), "f".into()], b"old".to_vec()));
}

#[test]
fn a_reader_sees_the_old_file_or_the_new_one() {
    let place = Place::new();
    let (old, new) = ("o".repeat(1000), "n".repeat(900));
    place.write("f", &old).unwrap();
    thread::scope(|scope| {
        let writer = scope.spawn(|| (0..100).for_each(|turn| place.write("f", if turn % 2 == 0 { &new } else { &old }).unwrap()));
        while !writer.is_finished() {
            let text = place.read("f").unwrap();
            assert!(text == old.as_bytes() || text == new.as_bytes());
        }
    });
}

#[test]
fn a_list_stops_at_its_limit_and_takes_any_name() {
    use std::os::unix::ffi::OsStrExt;

    let place = Place::new();
    fs::write(place.at("two\nlines"), "").unwrap();
    fs::write(place.base.path().join("w").join(OsStr::from_bytes(b"not\xFFutf8")), "").unwrap();
    assert_eq!(place.list(".").unwrap(), ["not\u{FFFD}utf8", "two\u{FFFD}lines"]);
    assert_eq!(place.workspace.list(&path("."), 1).unwrap().len(), 1);
    assert_eq!(place.workspace.list(&path("."), 0).unwrap().len(), 0);
}

/// Everything that may be tried on a path of the agent's own folder.
fn assert_is_own(workspace: &Workspace, text: &str) {
    assert_eq!(workspace.read(&path(text), 1000), other(OWN), "{text}");
    assert_eq!(workspace.write(&path(text), b"{}"), other(OWN), "{text}");
    assert_eq!(workspace.list(&path(text), 1000), other(OWN), "{text}");
}

#[test]
fn security_the_agents_own_folder_is_named_but_not_entered() {
    let place = Place::new();
    let home = place.at("x/.agent");
    let workspace = open(&place.at(""), Some(&home));
    // Before it is there: the first configuration is not for a tool to write. Other letters may be the same name to the system.
    for text in ["x/.agent", "x/.agent/config.json", "x/.Agent/config.json"] {
        assert_is_own(&workspace, text);
    }
    fs::create_dir_all(home.join("sessions")).unwrap();
    fs::write(home.join("config.json"), "SECRET").unwrap();
    for text in ["x/.agent", "x/.agent/config.json", "x/.agent/sessions", "x/.agent/sessions/new.jsonl"] {
        assert_is_own(&workspace, text);
    }
    assert_eq!(workspace.list(&path("x"), 1000).unwrap(), [".agent/"]);
    workspace.write(&path("x/.agents"), b"x").unwrap();
}

#[test]
fn security_the_agents_own_folder_is_known_under_every_name() {
    let place = Place::new();
    fs::create_dir_all(place.at("mine/sessions")).unwrap();
    let home = place.base.path().join("home");
    symlink(place.at("mine"), &home).unwrap();
    let workspace = open(&place.at(""), Some(&home));
    assert_is_own(&workspace, "mine/config.json");
    // While it has this name it is still found at once, by what it is.
    let stay = open(&place.at("mine"), None);
    fs::rename(place.at("mine"), place.at("moved")).unwrap();
    fs::remove_file(&home).unwrap();
    symlink(place.at("moved"), &home).unwrap();
    assert_is_own(&workspace, "moved/config.json");
    let own = Own::new(Some(&home)).unwrap().now(&place.at(""));
    assert!(own.is(&stay.root).unwrap() && !own.is(&workspace.root).unwrap());
}

#[test]
fn security_a_workspace_that_is_the_agents_own_folder_or_in_it_gives_nothing() {
    let place = Place::new();
    fs::create_dir_all(place.at("sessions")).unwrap();
    for (folder, home) in [(place.at(""), place.at("")), (place.at("sessions"), place.at(""))] {
        let workspace = open(&folder, Some(&home));
        assert_is_own(&workspace, "config.json");
        assert_eq!(workspace.list(&path("."), 1000), other(OWN));
    }
    let relative = Own::new(Some(Path::new("there/is/no/such/folder"))).unwrap();
    assert!(relative.now(&std::env::current_dir().unwrap()).covers(&path("there/is/no/such/folder/config.json")));
}
