//! The program as a user runs it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mock-api"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(args: &[&str]) -> Output {
    program(args).output().expect("runs")
}

/// Ends the program with the test, failed or not.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn help_is_the_manual() {
    let output = run(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    for word in ["--script FILE", "split", "utf8", "tool-index-zero", "never end", "[[reply]]", "Exit codes"] {
        assert!(text.contains(word), "{word}");
    }
}

#[test]
fn what_is_wrong_ends_with_2() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("script.toml");
    std::fs::write(&script, "[[reply]]\nnonsense = 1\n").expect("written");
    let script = script.to_str().expect("UTF-8");
    for (args, why) in [
        (&[][..], "--script is missing: see mock-api --help"),
        (&["--script", "nowhere.toml"], "nowhere.toml: "),
        (&["--script", script], "unknown field `nonsense`"),
        (&["--script", script, "--chunking", "slices"], "no such chunking mode: `slices`; there are whole, event"),
    ] {
        let output = run(args);
        let text = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{text}");
        assert!(text.starts_with("mock-api: ") && text.contains(why), "{text}");
    }
}

#[test]
fn it_serves_and_records() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_string();
    std::fs::write(path("script.toml"), "[[reply]]\ntext = 'Hi.'\n").expect("written");
    let (script, record, port_file) = (path("script.toml"), path("record.jsonl"), path("port"));
    let args = ["--script", &script, "--record", &record, "--port-file", &port_file, "--quirk", "crlf", "--fault", "truncated"];
    let mut running = Running(program(&args).spawn().expect("starts"));
    let mut line = String::new();
    BufReader::new(running.0.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    let port = std::fs::read_to_string(&port_file).expect("written before the line");
    assert_eq!(line, format!("listening on http://127.0.0.1:{port}"));

    let body = r#"{"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]}"#;
    let head = "POST /v1/chat/completions HTTP/1.1\r\ncontent-type: application/json\r\nconnection: close\r\n";
    let mut connection = TcpStream::connect(("127.0.0.1", port.trim().parse().expect("a port"))).expect("connects");
    connection.write_all(format!("{head}content-length: {}\r\n\r\n{body}", body.len()).as_bytes()).expect("sends");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("reads");
    assert!(answer.contains("\"Hi.\"") && answer.contains("}\r\n\r\n") && !answer.contains("[DONE]"), "{answer}");

    let record: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&record).expect("written")).expect("one line");
    assert_eq!((&record["method"], &record["body"]["model"]), (&"POST".into(), &"m".into()));
    assert_eq!(record["headers"][0], serde_json::json!(["content-type", "application/json"]));
}
