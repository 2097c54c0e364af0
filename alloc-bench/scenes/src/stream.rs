//! The agent's own reading of event streams of both APIs, in the pieces that a network gives.

use agent::{
    provider::{
        Api,
        reading::{Reading, Wrong},
    },
    sse::Decoder,
};

const STREAMS: [(Api, &str); 2] = [
    (Api::OpenAi, include_str!("../../payloads/openai-stream.sse")),
    (Api::Anthropic, include_str!("../../payloads/anthropic-stream.sse")),
];

/// What fits into one packet on most networks.
const PIECE_BYTES: usize = 1_448;

/// Reads each stream; gives the bytes of what was said and called.
pub fn run() -> Result<f64, String> {
    let mut byte_count = 0;
    for (api, stream) in STREAMS {
        let (mut decoder, mut reading) = (Decoder::default(), Reading::default());
        for piece in stream.as_bytes().chunks(PIECE_BYTES) {
            // A host gives each piece as bytes of its own.
            let piece = piece.to_vec();
            decoder.push(&piece, |event| reading.take(api, event)).map_err(said)?;
        }
        decoder.finish(|event| reading.take(api, event)).map_err(said)?;
        let (reply, _, usage) = reading.finish();
        if reply.text.is_empty() || reply.calls.is_empty() || usage.output_tokens == 0 {
            return Err(format!("the stream of {api:?} was not read to its end"));
        }
        byte_count += reply.text.len() + reply.thinking.len();
        byte_count += reply.calls.iter().map(|call| call.name.len() + call.arguments.len()).sum::<usize>();
    }
    Ok(byte_count as f64)
}

fn said(wrong: Wrong) -> String {
    match wrong {
        Wrong::Format(found) => found.into(),
        Wrong::Error(text) => text,
    }
}
