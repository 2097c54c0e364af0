//! The core on a host in memory: in which order it asks for effects, and what it does when one fails.

use agent::effects::{File, Host, Trouble};
use agent::failure::{Exit, Failure};
use agent::session::Name;
use agent::turn::{self, Turn};

/// A host whose effects are a list, and whose files are what the test says.
#[derive(Default)]
struct Script {
    effects: Vec<String>,
    session: Vec<u8>,
    append_fails: bool,
    output_fails: bool,
}

impl Host for Script {
    fn read(&mut self, file: File<'_>, _limit: usize) -> Result<Vec<u8>, Trouble> {
        self.effects.push(format!("read {file:?}"));
        match file {
            File::Session(_) => Ok(self.session.clone()),
            File::Config(_) => Err(Trouble::Other("it burns".to_string())),
            File::DefaultConfig => Err(Trouble::Missing),
        }
    }

    fn append(&mut self, session: &Name, bytes: &[u8]) -> Result<(), String> {
        self.effects.push(format!("append {} {}", session.as_str(), bytes.escape_ascii()));
        if self.append_fails { Err("the disk is full".to_string()) } else { Ok(()) }
    }

    fn input(&mut self, limit: usize) -> Result<Vec<u8>, Trouble> {
        self.effects.push(format!("input {limit}"));
        Ok(b"hi".to_vec())
    }

    fn output(&mut self, text: &str) -> Result<(), String> {
        self.effects.push(format!("output {}", text.escape_debug()));
        if self.output_fails { Err("it is gone".to_string()) } else { Ok(()) }
    }

    fn warn(&mut self, text: &str) {
        self.effects.push(format!("warn {text}"));
    }
}

fn in_session() -> Turn {
    Turn { session: Name::new("s".to_string()), ..Turn::default() }
}

const APPEND: &str = r#"append s {\"role\":\"user\",\"content\":\"hi\"}\n{\"role\":\"assistant\",\"content\":\"Offline, turn 1.\\nYou said: hi\"}\n"#;

#[test]
fn a_turn_reads_then_keeps_then_shows() {
    let mut host = Script::default();
    assert_eq!(turn::run(in_session(), &mut host), Ok(()));
    let wanted =
        ["read DefaultConfig", "input 65536", "read Session(Name(\"s\"))", APPEND, "output Offline, turn 1.\\nYou said: hi"];
    assert_eq!(host.effects, wanted);
}

#[test]
fn a_given_message_and_no_session_need_no_input_and_no_file() {
    let mut host = Script::default();
    let turn = Turn { message: Some("hi".to_string()), ..Turn::default() };
    assert_eq!(turn::run(turn, &mut host), Ok(()));
    assert_eq!(host.effects, ["read DefaultConfig", "output Offline, turn 1.\\nYou said: hi"]);
}

#[test]
fn a_reply_that_cannot_be_kept_is_shown_all_the_same() {
    let mut host = Script { append_fails: true, ..Script::default() };
    let failure = turn::run(in_session(), &mut host).expect_err("it is not kept");
    let text = "this turn is not kept in the session s: the disk is full".to_string();
    assert_eq!(failure, Failure { exit: Exit::File, text });
    assert_eq!(host.effects.last().map(String::as_str), Some("output Offline, turn 1.\\nYou said: hi"));
}

#[test]
fn a_reply_that_cannot_be_shown_is_kept_all_the_same() {
    let mut host = Script { output_fails: true, ..Script::default() };
    assert_eq!(turn::run(in_session(), &mut host).expect_err("it is not shown").exit, Exit::File);
    assert!(host.effects.iter().any(|effect| effect == APPEND));
}

#[test]
fn damage_is_warned_about_once_and_the_append_starts_on_a_line_of_its_own() {
    let mut host = Script { session: b"{\"role".to_vec(), ..Script::default() };
    assert_eq!(turn::run(in_session(), &mut host), Ok(()));
    assert_eq!(host.effects.iter().filter(|effect| effect.starts_with("warn ")).count(), 1);
    assert!(host.effects.iter().any(|effect| effect.starts_with("append s \\n{")), "{:?}", host.effects);
}

#[test]
fn a_configuration_that_cannot_be_read_stops_the_turn_before_anything_else() {
    let mut host = Script::default();
    let failure = turn::run(Turn { config: Some("c".to_string()), ..in_session() }, &mut host).expect_err("no configuration");
    assert_eq!(failure, Failure { exit: Exit::Usage, text: "the configuration c cannot be read: it burns".to_string() });
    assert_eq!(host.effects, ["read Config(\"c\")"]);
}
