//! Answers without end and answers that are too large: each limit ends them, and memory stays small.

use std::process::Command;
use std::time::{Duration, Instant};

use mock_api::{Chunking, Fault, Quirk, Reply};
use serde_json::json;

use super::common::{APIS, Api, Bench, KEY, WAYS, calls, finish, raw, with_fault};

/// The address space of a run that has to stay small, in KiB: a tenth of it is the program itself.
const SMALL_KIB: u32 = 80 * 1024;

/// The same run, with little memory.
fn small(bench: &Bench) -> Command {
    let agent = bench.command(&["-m", "hi"]);
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(format!("ulimit -v {SMALL_KIB} && exec \"$0\" \"$@\"")).arg(agent.get_program()).args(agent.get_args());
    command.env_clear().envs(agent.get_envs().filter_map(|(name, value)| Some((name, value?))));
    for set in [Command::stdin, Command::stdout, Command::stderr] {
        set(&mut command, std::process::Stdio::piped());
    }
    command
}

#[test]
fn a_run_works_with_little_memory() {
    for (api, stream) in WAYS {
        finish(small(&Bench::of(api, stream, [Reply::text("a")])), "").said("a\n");
    }
}

#[test]
fn a_line_of_100_mb_is_refused_with_little_memory() {
    for api in APIS {
        let reply = with_fault(Reply::text("Long "), Fault::HugeLine);
        let ran = finish(small(&Bench::of(api, true, [reply.clone()])), "");
        ran.failed(5, "Long \n", &["a line of more than 1 MiB", "try again"]);
        finish(small(&Bench::of(api, false, [reply])), "").failed(1, "", &["more than 8 MiB", "try again"]);
    }
}

#[test]
fn a_line_of_less_than_1_mib_is_read() {
    for (api, stream) in WAYS {
        let bench = Bench::of(api, stream, [with_fault(Reply::text("a"), Fault::LongLine.with(1_000_000))]);
        let ran = bench.ask(&[]);
        assert_eq!((ran.code, ran.stdout.len(), ran.stderr.as_str()), (Some(0), 1_000_002, ""));
    }
}

#[test]
fn a_text_without_end_is_shown_up_to_8_mib() {
    for api in APIS {
        let started = Instant::now();
        // Twelve lines of almost 1 MiB each are more than 8 MiB.
        let text = "x".repeat(900_000);
        let event = match api {
            Api::OpenAi => format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n"),
            Api::Anthropic => format!("data: {{\"type\":\"content_block_delta\",\"delta\":{{\"text\":\"{text}\"}}}}\n\n"),
        };
        let bench = Bench::of(api, true, [raw(200, &event.repeat(12))]);
        let ran = bench.ask(&["-s", "s"]);
        assert_eq!(ran.code, Some(5), "{}", ran.stderr);
        assert!(ran.stderr.contains("more than 8 MiB") && ran.stdout.len() > 7_000_000);
        assert_eq!(bench.session()[1]["cut"], true);
        assert!(started.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn small_events_without_end_are_shown_up_to_8_mib() {
    for api in APIS {
        let bench = Bench::of(api, true, [with_fault(Reply::text("And "), Fault::EndlessText.with(0))]);
        let ran = bench.ask(&["-s", "s"]);
        ran.failed(5, &ran.stdout, &["more than 8 MiB", "try again"]);
        let text = ran.stdout.strip_prefix("And ").and_then(|rest| rest.strip_suffix('\n')).expect("a text");
        assert!(text.len() > 10_000 && text.split_terminator(' ').all(|word| word == "on"));
        assert_eq!(bench.session()[1], json!({"role": "assistant", "content": format!("And {text}"), "cut": true}));
    }
}

#[test]
fn comments_without_end_are_read_up_to_8_mib() {
    for api in APIS {
        let reply = Reply { chunking: Some(Chunking::Whole.into()), ..raw(200, &": keep-alive\n\n".repeat(700_000)) };
        finish(small(&Bench::of(api, true, [reply])), "").failed(1, "", &["more than 8 MiB", "try again"]);
    }
}

#[test]
fn a_server_that_only_keeps_alive_does_not_stop_a_signal() {
    // How long it may go on in all is a test of its own, on a clock that the test moves.
    for api in APIS {
        let bench = Bench::of(api, true, [with_fault(Reply::text("Wait "), Fault::EndlessComments)]).set("timeout_s", 1);
        let mut child = bench.command(&["-m", "hi"]).spawn().expect("the agent starts");
        std::thread::sleep(Duration::from_millis(1500));
        assert_eq!(child.try_wait().expect("a state"), None, "comments are signs of life");
        child.kill().expect("it ends");
        let output = child.wait_with_output().expect("it has ended");
        assert_eq!(String::from_utf8(output.stdout).expect("UTF-8"), "Wait ", "what came before is shown at once");
    }
}

#[test]
fn a_body_of_more_than_8_mib_is_refused_with_little_memory() {
    for api in APIS {
        let body = format!("{}{{}}", " ".repeat(9 << 20));
        let reply = Reply { chunking: Some(Chunking::Whole.into()), ..raw(200, &body) };
        finish(small(&Bench::of(api, false, [reply])), "").failed(1, "", &["more than 8 MiB"]);
    }
}

#[test]
fn a_flood_of_headers_is_refused() {
    for (api, stream) in WAYS {
        let reply = with_fault(Reply::text("a"), Fault::HeaderFlood);
        finish(small(&Bench::of(api, stream, [reply])), "").failed(1, "", &["gave no reply", "check base_url and the network"]);
    }
}

#[test]
fn an_error_of_any_size_is_one_short_line() {
    for (api, stream) in WAYS {
        let reply = with_fault(Reply::text("a"), Fault::HugeError.with(50 << 20));
        let ran = finish(small(&Bench::of(api, stream, [reply])), "");
        ran.failed(1, "", &["answered 500, an error of the server", "try again later"]);
        // One that is read whole is cut, and half of a word is left out: it could be half of a key.
        let ran = Bench::of(api, stream, [with_fault(Reply::text("a"), Fault::HugeError.with(10_000))]).ask(&[]);
        ran.failed(1, "", &["answered 500 (server_error), an error of the server"]);
        assert!(!ran.stderr.contains("aaaa"), "{}", ran.stderr);
        assert!(ran.stderr.len() < 700, "{}", ran.stderr.len());
    }
}

#[test]
fn sixteen_calls_are_run_and_seventeen_are_no_reply() {
    for (api, stream) in WAYS {
        let some = |count: usize| -> Reply {
            let list: Vec<_> = (0..count).map(|at| ("read_file", json!({"path": format!("{at}.txt")}))).collect();
            calls("", &list)
        };
        let bench = Bench::of(api, stream, [some(16), Reply::text("ok")]).with_files();
        bench.ask(&[]).said("ok\n");
        let bench = Bench::of(api, stream, [some(17)]).with_files();
        bench.ask(&[]).failed(1, "", &["more than 16 calls"]);
    }
}

#[test]
fn arguments_of_more_than_256_kib_are_no_reply() {
    for (api, stream) in WAYS {
        let write = |bytes: usize| {
            let mut reply = calls("", &[("write_file", json!({"path": "a.txt", "content": "x".repeat(bytes)}))]);
            reply.chunking = Some(Chunking::Whole.into());
            // In fragments of a few characters the stream itself would be too large.
            reply.quirks = vec![Quirk::ToolArgumentsWhole];
            reply
        };
        let bench = Bench::of(api, stream, [write(200_000), Reply::text("ok")]).with_files();
        bench.ask(&[]).said("ok\n");
        assert_eq!(std::fs::metadata(bench.work("a.txt")).expect("written").len(), 200_000);
        let bench = Bench::of(api, stream, [write(270_000)]).with_files();
        bench.ask(&[]).failed(1, "", &["more than 256 KiB"]);
        assert!(!bench.work("a.txt").exists());
    }
}

#[test]
fn a_key_that_the_model_says_is_not_shown_even_in_pieces() {
    for (api, stream) in WAYS {
        let reply = Reply { split_chars: Some(3), ..Reply::text(&format!("It is {KEY}.")) };
        Bench::of(api, stream, [reply]).with_key().ask(&[]).said("It is [redacted].\n");
    }
}
