//! The command line: arguments in, a [`Command`] out. Pure.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt};
use mock_api::{Chunking, Fault, Modes, Quirk, Setting, Transfer, help};

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Show [`manual`].
    Help,
    /// Listen until killed.
    Serve(Serve),
}

/// How to listen, and what to answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Serve {
    /// The script, a TOML file.
    pub script: PathBuf,
    /// The port, 0 for any free one.
    pub port: u16,
    /// Where the port is written.
    pub port_file: Option<PathBuf>,
    /// Where each request is written.
    pub record: Option<PathBuf>,
    /// HTTPS instead of HTTP.
    pub tls: bool,
    /// Where the certificate to trust is written.
    pub ca_out: Option<PathBuf>,
    /// Modes of every answer.
    pub modes: Modes,
}

/// Reads `args`, without the program's own name. The error is one line.
pub fn parse(args: impl IntoIterator<Item = OsString, IntoIter: 'static>) -> Result<Command, String> {
    let mut parser = Parser::from_args(args);
    let mut serve = Serve::default();
    let mut script = None;
    while let Some(arg) = parser.next().map_err(wrong)? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("script") => script = Some(PathBuf::from(text(&mut parser)?)),
            Arg::Long("port") => serve.port = number(&text(&mut parser)?)?,
            Arg::Long("port-file") => serve.port_file = Some(text(&mut parser)?.into()),
            Arg::Long("record") => serve.record = Some(text(&mut parser)?.into()),
            Arg::Long("tls") => serve.tls = true,
            Arg::Long("ca-out") => serve.ca_out = Some(text(&mut parser)?.into()),
            Arg::Long("chunking") => serve.modes.chunking = Some(text(&mut parser)?.parse()?),
            Arg::Long("transfer") => serve.modes.transfer = Some(text(&mut parser)?.parse::<Setting<Transfer>>()?.kind),
            Arg::Long("pause-ms") => serve.modes.pause_ms = Some(number(&text(&mut parser)?)?),
            Arg::Long("quirk") => serve.modes.quirks.push(text(&mut parser)?.parse::<Setting<Quirk>>()?.kind),
            Arg::Long("fault") => serve.modes.faults.push(text(&mut parser)?.parse()?),
            other => return Err(wrong(other.unexpected())),
        }
    }
    serve.script = script.ok_or("--script is missing")?;
    if serve.tls != serve.ca_out.is_some() {
        return Err("--tls and --ca-out go together".to_string());
    }
    Ok(Command::Serve(serve))
}

fn wrong(error: lexopt::Error) -> String {
    error.to_string()
}

/// The value of an option.
fn text(parser: &mut Parser) -> Result<String, String> {
    parser.value().and_then(|value| value.string()).map_err(wrong)
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{text}` is no number that fits"))
}

/// What `--help` shows.
pub fn manual() -> String {
    [
        HEAD,
        "\nChunking modes:\n",
        &help::<Chunking>(),
        "\nTransfers:\n",
        &help::<Transfer>(),
        "\nQuirks:\n",
        &help::<Quirk>(),
        "\nFaults, in the order they take effect:\n",
        &help::<Fault>(),
        SCRIPT,
    ]
    .concat()
}

const HEAD: &str = "\
Usage: mock-api --script FILE [OPTION...]

Answers like two LLM APIs on loopback, as a script says: Chat Completions at
/v1/chat/completions, Messages at /v1/messages, vectors of texts at
/v1/embeddings, pages of the script elsewhere.
Prints `listening on URL` and serves until it is killed.

Options:
  --script FILE     what to answer (TOML, see below)
  --port N          the port; any free one if not given
  --port-file FILE  the port is written here when it listens
  --record FILE     each request, as one line of JSON
  --tls             HTTPS (only if built with the feature tls)
  --ca-out FILE     the certificate to trust, as PEM; goes with --tls
  -h, --help        show this
Options for every answer of the script, on top of its own:
  --chunking MODE   one of the modes below; an answer's own wins
  --transfer NAME   one of the transfers below; an answer's own wins
  --pause-ms N      milliseconds between two writes; an answer's own wins
  --quirk NAME      one of the quirks below; can be repeated
  --fault NAME      one of the faults below; can be repeated
";

const SCRIPT: &str = "
Script, a TOML file; every key is optional:
  cycle = true          the first reply comes after the last; else status 500
  strict = false        do not refuse what the services would refuse
  key = \"...\"           the API key a request must have, else 401
  chunking, transfer, pause_ms, quirks, faults
                        for every answer, as the options above

  [[reply]]             taken in order, one for each accepted request
  text, refusal         what the model says, or how it refuses
  thinking, signature   what it thinks
  calls = [{ name, arguments = {}, id, raw_arguments = \"...\" }]
  stop                  end, length, tool, filter, pause, or any other text
  usage = { input = 1, output = 2 }
  model                 else the one asked for
  split_chars = N       characters a fragment of text; else words
  error = { type, code, message }
                        an error in the format that was asked for
  body                  this body as it is, instead of all above
  status, headers = {}  else 200, or the status that belongs to the error
  times = N             so many requests get this reply (an error twice, then
                        the next reply: what a client that retries must meet)
  delay_ms = N          before the first byte
  expect = { contains = [], lacks = [], header = {} }
                        what the request must be like, else 400
  chunking, transfer, pause_ms, quirks = [], faults = [\"stall=500\"]

  [[embedding]]         taken in order by requests for embeddings, and behind
                        the last (or without one) vectors of the words; as a
                        reply: error, body, status, headers, times, delay_ms,
                        model, expect, chunking, transfer, pause_ms, faults

  [[page]]              what GET finds at a path, as often as asked
  path, status, headers, body, delay_ms, chunking, transfer, pause_ms, faults

Exit codes:
  0  --help was shown
  2  the command line, the script or the port is wrong
";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Command, String> {
        parse(args.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn modes_and_files_are_read() {
        let line = "--script a.toml --port 8080 --chunking bytes=3 --transfer close --quirk crlf --fault stall=9 --fault drop";
        let Ok(Command::Serve(serve)) = read(&line.split(' ').collect::<Vec<_>>()) else { panic!("reads") };
        assert_eq!((serve.script, serve.port), (PathBuf::from("a.toml"), 8080));
        let modes = Modes {
            chunking: Some(Chunking::Bytes.with(3)),
            transfer: Some(Transfer::Close),
            pause_ms: None,
            quirks: vec![Quirk::Crlf],
            faults: vec![Fault::Stall.with(9), Fault::Drop.into()],
        };
        assert_eq!(serve.modes, modes);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refused = |args: &[&str], why: &str| assert!(read(args).expect_err("refused").contains(why));
        refused(&[], "--script is missing");
        refused(&["--script", "a", "--port", "x"], "`x` is no number");
        refused(&["--script", "a", "--fault", "nonsense"], "no such fault: `nonsense`; there are error-event,");
        refused(&["--script", "a", "--tls"], "go together");
        refused(&["--nonsense"], "'--nonsense'");
    }

    #[test]
    fn the_manual_has_each_mode_and_fits_a_terminal() {
        let manual = manual();
        for name in ["bytes=N", "close", "keep-alive-comments", "usage-cumulative", "header-flood=N"] {
            assert!(manual.contains(&format!("    {name} ")), "{name}");
        }
        let longest = manual.lines().map(str::len).max();
        assert!(longest <= Some(120), "{longest:?}");
    }
}
