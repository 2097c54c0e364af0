//! The command line: arguments in, a [`Command`] out. Pure.

use std::ffi::OsString;

use agent::failure::{Exit, Failure};
use agent::session::Name;
use agent::turn::Turn;
use lexopt::{Arg, Parser, ValueExt};

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Show [`HELP`].
    Help,
    /// Show the version and the allocator.
    Version,
    /// Answer one message.
    Turn(Turn),
}

/// The manual, as `--help` shows it.
pub const HELP: &str = "\
Usage: agent [-m TEXT] [--session NAME] [--config PATH]

Answers one message. Without -m the message is standard input: plain text, or
one JSON object {\"role\":\"user\",\"content\":\"...\"} (anything else is plain text).

Options:
  -m, --message TEXT  the message, as plain text
  -s, --session NAME  go on with a conversation and keep this turn in it; NAME
                      is 1 to 64 of A-Z a-z 0-9 . _ - and starts with no . or -
                      (and is no device of Windows: con, nul, com1 ...)
  -c, --config PATH   read this configuration, which must be there
  -h, --help          show this
  -V, --version       show the version and the allocator

Configuration, a JSON object, each key optional:
  provider            who answers: \"offline\", which needs no network
  system              the system prompt
  replies             what offline answers, one string a turn; without it, it
                      describes the conversation
  max_message_bytes   longest message (65536)
  max_session_bytes   largest session file (4194304)

Files, in the home folder:
  config.json          the configuration when there is no --config
  sessions/NAME.jsonl  one message a line; only ever appended to; a line that
                       is not a message is left out with a warning

Environment:
  AGENT_HOME  the home folder; otherwise $HOME/.agent, or /agent under WASI,
              where the host has to grant that folder

Exit codes:
  0  done
  1  the provider gave no reply
  2  the command line, the configuration or the message is wrong
  3  a session, a file or a standard stream cannot be read or written
Under WASI 0.2 each failure is 1: that interface knows no other.";

/// Reads `args`, the first of which is the program's own name.
pub fn parse(args: impl IntoIterator<Item = OsString, IntoIter: 'static>) -> Result<Command, Failure> {
    let mut parser = Parser::from_iter(args);
    let mut turn = Turn::default();
    let mut session = None;
    while let Some(arg) = parser.next().map_err(wrong)? {
        let (slot, name) = match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Short('V') | Arg::Long("version") => return Ok(Command::Version),
            Arg::Short('m') | Arg::Long("message") => (&mut turn.message, "--message"),
            Arg::Short('s') | Arg::Long("session") => (&mut session, "--session"),
            Arg::Short('c') | Arg::Long("config") => (&mut turn.config, "--config"),
            other => return Err(wrong(other.unexpected())),
        };
        let value = parser.value().and_then(|value| value.string()).map_err(wrong)?;
        if slot.replace(value).is_some() {
            return Err(usage(&[name, " is given twice"]));
        }
    }
    if let Some(text) = session {
        turn.session = Some(Name::new(text).ok_or_else(|| usage(&["the name after --session is not one"]))?);
    }
    Ok(Command::Turn(turn))
}

fn wrong(error: lexopt::Error) -> Failure {
    usage(&[&error.to_string()])
}

fn usage(what: &[&str]) -> Failure {
    Failure::new(Exit::Usage, &[&what.concat(), ": see agent --help"])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Command, Failure> {
        parse(std::iter::once("agent").chain(args.iter().copied()).map(OsString::from).collect::<Vec<_>>())
    }

    fn refused(args: &[&str]) -> String {
        let failure = read(args).expect_err("refused");
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.text.ends_with(": see agent --help"), "{}", failure.text);
        failure.text
    }

    #[test]
    fn no_argument_reads_the_input() {
        assert_eq!(read(&[]), Ok(Command::Turn(Turn::default())));
    }

    #[test]
    fn each_option_has_a_long_and_a_short_form() {
        let wanted = Turn {
            message: Some("-hi".to_string()),
            config: Some("a b".to_string()),
            session: Some(Name::new("s1".to_string()).expect("a name")),
        };
        let wanted = Ok(Command::Turn(wanted));
        assert_eq!(read(&["-m", "-hi", "-c", "a b", "-s", "s1"]), wanted);
        assert_eq!(read(&["--session=s1", "--message=-hi", "--config", "a b"]), wanted);
        for help in ["-h", "--help"] {
            assert_eq!(read(&["-m", "hi", help, "--nonsense"]), Ok(Command::Help));
        }
        for version in ["-V", "--version"] {
            assert_eq!(read(&[version]), Ok(Command::Version));
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(refused(&["--nonsense"]).contains("'--nonsense'"));
        assert!(refused(&["-x"]).contains("'-x'"));
        assert!(refused(&["hi"]).contains("\"hi\""));
        assert!(refused(&["-m"]).contains("'-m'"));
        assert!(refused(&["-m", "a", "--message", "b"]).starts_with("--message is given twice"));
        assert!(refused(&["-s", "../a"]).contains("--session"));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_not_utf8_is_refused() {
        use std::os::unix::ffi::OsStringExt;
        for option in ["-m", "--session", "--config"] {
            let args = ["agent".into(), option.into(), OsString::from_vec(vec![b'a', 0xFF])];
            assert_eq!(parse(args).expect_err("not UTF-8").exit, Exit::Usage);
        }
    }
}
