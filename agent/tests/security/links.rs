//! Links: no symbolic link is followed by a tool, and no hard link is written through.

use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use crate::common::lab::Lab;

fn all() -> Value {
    json!({"read": ["**"], "write": ["**"]})
}

/// A lab with a file `secret` beside the workspace.
fn lab() -> Lab {
    let lab = Lab::new();
    std::fs::create_dir(lab.outside("outside")).expect("made");
    std::fs::write(lab.outside("outside/secret"), "secret").expect("written");
    lab
}

fn outside(lab: &Lab) -> String {
    std::fs::read_to_string(lab.outside("outside/secret")).expect("there")
}

#[test]
fn security_a_symbolic_link_to_a_file_is_neither_read_nor_written_through() {
    let lab = lab();
    symlink(lab.outside("outside/secret"), lab.workspace().join("link")).expect("linked");
    lab.call(all(), "read_file", json!({"path": "link"})).refused("is a symbolic link, which is not followed");
    lab.call(all(), "write_file", json!({"path": "link", "content": "x"})).refused("is a symbolic link");
    lab.call(all(), "edit_file", json!({"path": "link", "old": "secret", "new": "x"})).refused("is a symbolic link");
    assert_eq!(outside(&lab), "secret");
    assert!(lab.workspace().join("link").is_symlink());
}

#[test]
fn security_a_symbolic_link_to_a_folder_is_not_entered() {
    let lab = lab();
    symlink(lab.outside("outside"), lab.workspace().join("link")).expect("linked");
    lab.call(all(), "read_file", json!({"path": "link/secret"})).refused("is a symbolic link");
    lab.call(all(), "list_dir", json!({"path": "link"})).refused("is a symbolic link");
    lab.call(all(), "write_file", json!({"path": "link/secret", "content": "x"})).refused("is a symbolic link");
    lab.call(all(), "write_file", json!({"path": "link/deep/new", "content": "x"})).refused("is a symbolic link");
    assert_eq!(outside(&lab), "secret");
    assert_eq!(std::fs::read_dir(lab.outside("outside")).expect("listed").count(), 1);
}

#[test]
fn security_a_symbolic_link_inside_of_the_workspace_is_not_followed_either() {
    let lab = lab();
    lab.file("granted/a", "mine");
    lab.file("private/b", "secret");
    symlink("../private/b", lab.workspace().join("granted/link")).expect("linked");
    let grant = json!({"read": ["granted/**"]});
    lab.call(grant, "read_file", json!({"path": "granted/link"})).refused("is a symbolic link");
}

#[test]
fn security_a_dangling_symbolic_link_makes_no_file_where_it_points() {
    let lab = lab();
    symlink(lab.outside("outside/new"), lab.workspace().join("link")).expect("linked");
    lab.call(all(), "write_file", json!({"path": "link", "content": "x"})).refused("is a symbolic link");
    assert!(!lab.outside("outside/new").exists() && lab.workspace().join("link").is_symlink());
    lab.call(all(), "read_file", json!({"path": "link"})).refused("is a symbolic link");
}

#[test]
fn security_a_chain_and_a_loop_of_links_are_refused() {
    let lab = lab();
    symlink("b", lab.workspace().join("a")).expect("linked");
    symlink("a", lab.workspace().join("b")).expect("linked");
    symlink(lab.outside("outside/secret"), lab.workspace().join("last")).expect("linked");
    symlink("last", lab.workspace().join("first")).expect("linked");
    for path in ["a", "b", "first", "a/b/c"] {
        lab.call(all(), "read_file", json!({"path": path})).refused("is a symbolic link");
    }
}

#[test]
fn security_a_listing_names_links_as_links() {
    let lab = lab();
    symlink(lab.outside("outside"), lab.workspace().join("link")).expect("linked");
    lab.file("folder/a", "");
    lab.call(all(), "list_dir", json!({"path": "."})).gave("folder/\nlink@");
}

#[test]
fn security_another_name_of_a_file_outside_is_not_written_through() {
    let lab = lab();
    std::fs::hard_link(lab.outside("outside/secret"), lab.workspace().join("name")).expect("linked");
    lab.call(all(), "write_file", json!({"path": "name", "content": "mine"})).gave("wrote 4 bytes");
    assert_eq!((outside(&lab).as_str(), lab.text("name").as_str()), ("secret", "mine"));
}

#[test]
fn security_a_write_is_whole_and_leaves_nothing_beside_it() {
    let lab = lab();
    lab.file("a", "old");
    lab.call(all(), "write_file", json!({"path": "a", "content": "new"})).gave("wrote 3 bytes");
    lab.call(all(), "write_file", json!({"path": "b/c/d", "content": "new"})).gave("wrote 3 bytes");
    lab.call(all(), "write_file", json!({"path": "b", "content": "new"})).refused("is a folder");
    let names: Vec<_> =
        std::fs::read_dir(lab.workspace()).expect("listed").map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn security_a_workspace_that_is_a_link_is_the_folder_it_leads_to_and_no_more() {
    let lab = lab();
    lab.file("a", "mine");
    symlink(lab.workspace(), lab.outside("other-name")).expect("linked");
    let config = json!({
        "workspace": lab.outside("other-name"),
        "grant": all(),
        "replies": [{"calls": [{"name": "read_file", "arguments": {"path": "a"}}, {"name": "read_file", "arguments": {"path": "../outside/secret"}}]}, "done"],
    });
    let (ran, told) = lab.play(config);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    told[0].gave("mine");
    told[1].refused("the path has `..`");
}
