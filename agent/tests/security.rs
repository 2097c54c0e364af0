//! What other agents got wrong, each a test that says what this one promises. The promises of the host's parts are beside those parts, in
//! `src/host/native/`; `cargo test -p agent security` runs both.

mod common;

#[path = "security/config.rs"]
mod config;
#[cfg(unix)]
#[path = "security/exec.rs"]
mod exec;
#[path = "security/injection.rs"]
mod injection;
#[cfg(unix)]
#[path = "security/links.rs"]
mod links;
#[path = "security/network.rs"]
mod network;
#[path = "security/own.rs"]
mod own;
#[path = "security/paths.rs"]
mod paths;
#[path = "security/reached.rs"]
mod reached;
#[path = "security/rounds.rs"]
mod rounds;
#[path = "security/secrets.rs"]
mod secrets;
#[path = "security/sessions.rs"]
mod sessions;
#[path = "security/shown.rs"]
mod shown;
