//! Every option, and what is refused.

use super::*;
use alloc::string::ToString;

fn read(args: &[&str]) -> Result<Options, Failure> {
    parse(args.iter().map(|arg| arg.to_string()))
}

fn refused(args: &[&str]) -> String {
    let failure = read(args).expect_err("refused");
    assert_eq!(failure.exit, Exit::Usage);
    failure.text.strip_suffix(": see agent --help").expect("the cure").to_string()
}

fn name(text: &str) -> Name {
    Name::new(text.to_string()).expect(text)
}

#[test]
fn no_argument_reads_the_input() {
    assert_eq!(read(&[]), Ok(Options::default()));
}

#[test]
fn each_option_has_its_forms() {
    let overrides = Overrides {
        config: Some("a b".to_string()),
        provider: Some(ProviderName::OpenAi),
        model: Some("m".to_string()),
        no_stream: true,
    };
    let wanted =
        Options { message: Some("-hi".to_string()), session: Some(name("s1")), overrides, json: true, ..Options::default() };
    let wanted = Ok(wanted);
    assert_eq!(read(&["-m", "-hi", "-c", "a b", "-s", "s1", "-p", "openai", "--model", "m", "--no-stream", "--json"]), wanted);
    assert_eq!(read(&["-m-hi", "-ca b", "-sS1", "-popenai", "--model=m", "--no-stream", "--json"]), wanted);
    assert_eq!(
        read(&["--session=s1", "--message=-hi", "--config", "a b", "--provider=openai", "--model", "m", "--json", "--no-stream"]),
        wanted
    );
    for help in ["-h", "--help"] {
        assert_eq!(read(&["-m", "hi", help, "--nonsense"]).expect("help").action, Action::Help);
    }
    for version in ["-V", "--version"] {
        assert_eq!(read(&[version]).expect("version").action, Action::Version);
    }
}

#[test]
fn commands_are_words() {
    let action = |args: &[&str]| read(args).expect("a command").action;
    assert_eq!(action(&["chat", "-s", "a"]), Action::Chat);
    assert_eq!(action(&["check"]), Action::Check);
    assert_eq!(action(&["sessions", "list"]), Action::ListSessions);
    assert_eq!(action(&["--json", "sessions", "show", "a"]), Action::ShowSession(name("a")));
    assert_eq!(read(&["--stdin", "jsonl"]).expect("lines").input, Input::Lines);
}

#[test]
fn what_is_wrong_is_named() {
    for (args, wanted) in [
        (&["--nonsense"][..], "unknown option, or one that takes no value, --nonsense"),
        (&["-x"], "unknown option, or one that takes no value, -x"),
        (&["--json=1"], "unknown option, or one that takes no value, --json"),
        (&["hi"], "unknown command hi, a message goes after -m"),
        (&["-m"], "there is no value after -m"),
        (&["-m", "a", "--message", "b"], "--message is given twice"),
        (&["-s", "../a"], "the name of a session is 1 to 64 of A-Z a-z 0-9 . _ - and starts with no . or -"),
        (&["-p", "x"], "--provider is offline, openai or anthropic and not x"),
        (&["--stdin", "x"], "--stdin takes jsonl and not x"),
        (&["--stdin", "jsonl", "-m", "a"], "--stdin jsonl reads the messages: it goes with no other message and no command"),
        (&["chat", "-m", "a"], "--message goes with no command"),
        (&["sessions"], "sessions takes list, or show and a name"),
        (&["sessions", "show"], "there is no name after sessions show"),
        (&["chat", "x"], "unexpected argument x"),
        (&["sessions", "list", "x"], "unexpected argument x"),
    ] {
        assert_eq!(refused(args), wanted);
    }
}
