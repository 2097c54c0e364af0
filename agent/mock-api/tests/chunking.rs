//! However the bytes are cut and whatever tells their end, they are the same.

mod common;

use common::{ANTHROPIC, Answer, OPENAI, mock_of, request, stream};
use mock_api::{Chunking, Quirk, Reply, Setting, Transfer};

const TEXT: &str = "Grüße aus Paris, 18 °C 🙂\u{2028}fin";

const MODES: [Setting<Chunking>; 6] = [
    Setting { kind: Chunking::Whole, number: 0 },
    Setting { kind: Chunking::Event, number: 0 },
    Setting { kind: Chunking::Byte, number: 0 },
    Setting { kind: Chunking::Utf8, number: 0 },
    Setting { kind: Chunking::CrLf, number: 0 },
    Setting { kind: Chunking::Bytes, number: 5 },
];

fn reply(chunking: Setting<Chunking>, transfer: Transfer) -> Reply {
    Reply { chunking: Some(chunking), transfer: Some(transfer), quirks: vec![Quirk::Crlf], ..Reply::text(TEXT) }
}

fn chunks(chunking: impl Into<Setting<Chunking>>) -> Vec<Vec<u8>> {
    stream(reply(chunking.into(), Transfer::Chunked), OPENAI).chunks()
}

#[test]
fn every_mode_and_transfer_gives_the_same_bytes() {
    for path in [OPENAI, ANTHROPIC] {
        let wanted = stream(reply(Chunking::Event.into(), Transfer::Chunked), path).body();
        assert!(wanted.len() > 500);
        for chunking in MODES {
            for transfer in [Transfer::Chunked, Transfer::Length, Transfer::Close] {
                let answer = stream(reply(chunking, transfer), path);
                assert_eq!(answer.body(), wanted, "{chunking:?} {transfer:?}");
                let framing = (answer.header("transfer-encoding"), answer.header("content-length").map(str::to_string));
                match transfer {
                    Transfer::Chunked => assert_eq!(framing, (Some("chunked"), None)),
                    Transfer::Length => assert_eq!(framing, (None, Some(wanted.len().to_string()))),
                    Transfer::Close => assert_eq!(framing, (None, None)),
                }
            }
        }
    }
}

#[test]
fn a_chunk_is_what_the_mode_says() {
    let events = chunks(Chunking::Event);
    assert!(
        events.len() > 5
            && events[..events.len() - 1].iter().all(|chunk| chunk.ends_with(b"}\r\n\r\n") || chunk.ends_with(b"]\r\n\r\n"))
    );
    assert_eq!(chunks(Chunking::Whole).len(), 2, "one, and the empty one");
    let is_short = |chunk: &Vec<u8>| chunk.len() <= 1;
    assert!(chunks(Chunking::Byte).iter().all(is_short));
    assert!(chunks(Chunking::Bytes.with(5)).iter().all(|chunk| chunk.len() <= 5));

    let cut_in_character = |chunk: &Vec<u8>| chunk.last().is_some_and(|byte| *byte >= 0xC0);
    let long_characters = TEXT.chars().filter(|char| char.len_utf8() > 1).count();
    assert_eq!(chunks(Chunking::Utf8).iter().filter(|chunk| cut_in_character(chunk)).count(), long_characters);

    let pieces = chunks(Chunking::CrLf);
    assert!(pieces.iter().all(|piece| !piece.windows(2).any(|pair| pair == b"\r\n")));
    assert!(pieces.iter().any(|piece| piece.ends_with(b"\r")) && pieces.iter().any(|piece| piece.starts_with(b"\n")));
}

#[test]
fn a_pause_separates_the_writes() {
    use std::io::{Read, Write};
    use std::time::{Duration, Instant};
    let mock = mock_of("chunking = 'event'\npause_ms = 20\n[[reply]]\ntext = 'one two three'");
    let mut connection = common::connect(&mock);
    let body = request(true).to_string();
    let started = Instant::now();
    connection.write_all(&common::post_bytes(OPENAI, common::HEADERS, body.as_bytes())).expect("sends");
    let mut bytes = Vec::new();
    connection.read_to_end(&mut bytes).expect("reads to the end");
    let spent = started.elapsed();
    let answer = Answer::of(&bytes);
    assert_eq!(answer.data().len(), 5);
    // How many reads there are depends on the reader, but the pauses are there: after the head and after each chunk.
    let pauses = 1 + answer.chunks().len() as u32;
    assert!(pauses > 5 && spent >= pauses * Duration::from_millis(20), "{pauses} in {spent:?}");
}
