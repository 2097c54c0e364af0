//! The folders of a guest: what is in them, and nothing else.

use crate::support::{Job, exit, guest};
use runner_protocol::{Access, Guard};
use std::fs;

/// Error numbers of preview 1.
const NO_ENTRY: i32 = 44;
const NOT_PERMITTED: i32 = 63;

/// Reads the file at the first text and writes it to standard output.
fn reader(path: &str) -> String {
    let length = path.len();
    guest(&[path], &format!("(call $echo (call $open (i32.const 1024) (i32.const {length}) (i32.const 0)) (i32.const 1))"))
}

/// Writes the second text to the file at the first, which it makes.
fn writer(path: &str, text: &str) -> String {
    let open = format!("(call $open (i32.const 1024) (i32.const {}) (i32.const 1))", path.len());
    guest(&[path, text], &format!("(call $say {open} (i32.const 2048) (i32.const {}))", text.len()))
}

#[test]
fn files_are_read_and_written() {
    let job = Job::new(&reader("in.txt"));
    fs::write(job.home().join("in.txt"), "from the host").unwrap();
    assert_eq!(job.run().stdout, "from the host");
    let job = Job::new(&writer("out.txt", "from the guest"));
    assert_eq!(job.run().ended(), &exit(0));
    assert_eq!(fs::read_to_string(job.home().join("out.txt")).unwrap(), "from the guest");
}

#[test]
fn a_folder_for_reading_cannot_be_written() {
    let read_only = |wat: &str| {
        let mut job = Job::new(wat);
        job.spec.folders[0].access = Access::Read;
        fs::write(job.home().join("in.txt"), "old").unwrap();
        job
    };
    assert_eq!(read_only(&reader("in.txt")).run().stdout, "old");
    let job = read_only(&writer("in.txt", "new"));
    assert_eq!(job.run().ended(), &exit(NOT_PERMITTED));
    assert_eq!(fs::read_to_string(job.home().join("in.txt")).unwrap(), "old");
    let job = read_only(&writer("in.txt", "new")).without(Guard::ReadOnly);
    assert_eq!(job.run().ended(), &exit(0));
    assert_eq!(fs::read_to_string(job.home().join("in.txt")).unwrap(), "new");
}

#[test]
fn nothing_else_is_visible() {
    for path in ["../secret.txt", "a/../../secret.txt", "/etc/passwd", "link", "folder/secret.txt"] {
        let job = Job::new(&reader(path));
        fs::write(job.folder.path().join("secret.txt"), "secret").unwrap();
        fs::create_dir(job.home().join("a")).unwrap();
        #[cfg(unix)]
        for (target, name) in [("../secret.txt", "link"), ("..", "folder")] {
            std::os::unix::fs::symlink(target, job.home().join(name)).unwrap();
        }
        let ran = job.run();
        assert_eq!((ran.ended(), &*ran.stdout), (&exit(NOT_PERMITTED), ""), "{path}");
    }
    assert_eq!(Job::new(&reader("nothing.txt")).run().ended(), &exit(NO_ENTRY));
}
