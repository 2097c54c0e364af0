//! The manual says what there is: each option, command, key, grant and exit code, as the source has them.

mod common;

use common::Home;

const CLI: &str = include_str!("../src/cli.rs");
const CONFIG: &str = include_str!("../src/config.rs");
const CAPABILITY: &str = include_str!("../src/capability.rs");
const FAILURE: &str = include_str!("../src/failure.rs");
const SETUP: &str = include_str!("../src/setup.rs");

fn help() -> String {
    let ran = Home::new().run(&["--help"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    ran.stdout
}

/// The text in quotes in front of each `=>` of `source` between `start` and `end`: the arms of a match on strings.
fn arms<'a>(source: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    let (_, from) = source.split_once(start).expect(start);
    let (part, _) = from.split_once(end).expect(end);
    let arms = part.lines().filter_map(|line| line.split_once("=>"));
    let names: Vec<&str> = arms.flat_map(|(names, _)| names.split('"').skip(1).step_by(2)).collect();
    assert!(!names.is_empty(), "{start}");
    names
}

#[test]
fn help_names_every_option() {
    let help = help();
    let options = arms(CLI, "pub fn parse(", "fn split(");
    assert!(options.contains(&"--stdin") && options.contains(&"-V") && options.len() >= 14, "{options:?}");
    for option in options {
        assert!(help.split(|char: char| char.is_whitespace() || ",[]".contains(char)).any(|word| word == option), "{option}");
    }
}

#[test]
fn help_names_every_command() {
    let help = help();
    for command in ["chat", "check", "sessions list", "sessions show"] {
        assert!(help.contains(&format!("\n  {command} ")), "{command}");
    }
    for word in CLI.split("Some(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(help.contains(word), "{word}");
    }
}

#[test]
fn help_names_every_key_of_the_configuration() {
    let help = help();
    let keys = arms(CONFIG, "fn set<'a>(", "const STRING");
    assert!(keys.contains(&"grant") && keys.len() >= 20, "{keys:?}");
    let named = |key: &str| {
        help.lines().filter(|line| line.starts_with("  ")).any(|line| {
            let name = line.trim_start().split("  ").next().unwrap_or_default();
            name.split([',', ' ']).any(|word| word == key)
        })
    };
    for key in keys {
        assert!(named(key), "{key}");
    }
}

#[test]
fn every_key_that_help_names_is_one() {
    let keys = arms(CONFIG, "fn set<'a>(", "const STRING");
    let help = help();
    let (_, part) = help.split_once("\nConfiguration").expect("a part");
    let (part, _) = part.split_once("\nGrants").expect("the next part");
    let names = part
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .flat_map(|line| line.trim().split("  ").next());
    for name in names.flat_map(|names| names.split([',', ' '])).filter(|name| !name.is_empty()) {
        assert!(keys.contains(&name), "{name}");
    }
}

#[test]
fn help_names_every_grant() {
    let help = help();
    let grants = arms(CAPABILITY, "match name.as_str() {", "_ => return Err");
    assert_eq!(grants, ["read", "write", "hosts", "private", "exec"]);
    let (_, part) = help.split_once("\nGrants").expect("a part");
    for grant in grants {
        assert!(part.contains(&format!("\n  {grant} ")), "{grant}");
    }
}

#[test]
fn help_names_every_exit_code() {
    let help = help();
    let (_, part) = help.split_once("\nExit codes:\n").expect("a part");
    let codes: Vec<&str> =
        FAILURE.lines().filter_map(|line| line.trim().strip_suffix(',')?.split_once(" = ")).map(|(_, code)| code).collect();
    assert_eq!(codes, ["1", "2", "3", "4", "5"]);
    for code in codes.into_iter().chain(["0"]) {
        assert!(part.contains(&format!("\n  {code}  ")) || part.starts_with(&format!("  {code}  ")), "{code}");
    }
}

#[test]
fn help_names_the_files_and_the_variables() {
    let help = help();
    for word in ["AGENT_HOME", "sessions/NAME.jsonl", "config.json", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"] {
        assert!(help.contains(word), "{word}");
    }
    assert!(SETUP.contains("default_key_variable"), "the variables are still where the help says");
}

#[test]
fn help_says_the_defaults_that_are_there() {
    let help = help();
    let config = agent::config::Config::default();
    for (key, value) in [
        ("max_tokens", config.max_tokens.to_string()),
        ("stream", config.stream.to_string()),
        ("retries", config.retries.to_string()),
        ("timeout_s", config.timeout_s.to_string()),
        ("workspace", config.workspace.clone()),
        ("max_rounds", config.max_rounds.to_string()),
        ("max_tool_calls", config.max_tool_calls.to_string()),
        ("max_context_bytes", config.max_context_bytes.to_string()),
        ("max_message_bytes", config.max_message_bytes.to_string()),
        ("max_session_bytes", config.max_session_bytes.to_string()),
    ] {
        let line = help.lines().find(|line| line.trim_start().split(' ').next() == Some(key)).expect(key);
        assert!(line.ends_with(&format!("({value})")), "{line}");
    }
}

#[test]
fn help_fits_a_terminal_and_is_plain_text() {
    let help = help();
    assert!(help.lines().all(|line| line.len() <= 80 && line.is_ascii() && line.trim_end() == line));
}
