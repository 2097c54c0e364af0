//! What each fault does to an answer.

use std::time::Duration;

use crate::gzip::gzip;
use crate::modes::{Fault, Modes, Transfer};
use crate::named::Setting;
use crate::response::{FILLER, Part, Response};
use crate::turn::MARKER;

/// Whether some fault works on a place in the text that has to be marked.
pub(crate) fn marks(modes: &Modes) -> bool {
    use Fault::{EndlessComments, EndlessText, HugeLine, InvalidUtf8, LongLine};
    [InvalidUtf8, LongLine, HugeLine, EndlessText, EndlessComments].iter().any(|fault| modes.fault(*fault))
}

/// Applies all faults. What needs the events themselves was done when they were rendered.
pub(crate) fn apply(response: &mut Response, faults: &[Setting<Fault>]) {
    // The mark goes before anything can cut it or compress it.
    let (inside, outside) = faults.split_at(faults.partition_point(|fault| fault.kind < Fault::Redirect));
    inside.iter().for_each(|fault| apply_one(response, *fault));
    if let Some((index, before, after)) = find_mark(response) {
        response.parts[index] = Part::Bytes([before, after].concat());
    }
    outside.iter().for_each(|fault| apply_one(response, *fault));
}

fn apply_one(response: &mut Response, Setting { kind, number }: Setting<Fault>) {
    let millis = Duration::from_millis(number);
    match kind {
        Fault::ErrorEvent | Fault::Truncated => {}
        Fault::InvalidUtf8 => fill(response, Part::Bytes(vec![0xC3, 0xFF])),
        Fault::LongLine | Fault::HugeLine => fill(response, Part::Fill(number)),
        Fault::EndlessText => endless(response, None, millis),
        Fault::EndlessComments => endless(response, Some(": keep-alive\n\n"), millis),
        Fault::Redirect => {
            replace(response, status(number, 302), "text/plain", b"elsewhere\n".to_vec());
            if !response.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("location")) {
                response.set_header("location", "/redirected");
            }
        }
        Fault::HtmlError => {
            let page = "<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>\n";
            replace(response, status(number, 502), "text/html; charset=utf-8", page.into());
        }
        Fault::NotJson => replace(response, 200, "text/plain", b"The service is fine, thank you.\n".to_vec()),
        Fault::HugeError => huge_error(response, number),
        Fault::EmptyBody => response.parts.clear(),
        Fault::Gzip => compress(response),
        Fault::Stall => half_way(response, Part::Wait(millis)),
        Fault::Drop => half_way(response, Part::Hangup),
        Fault::LengthTooLong => length_error(response, i64::try_from(number).unwrap_or(i64::MAX)),
        Fault::LengthTooShort => length_error(response, -i64::try_from(number).unwrap_or(i64::MAX)),
        Fault::HeaderFlood => response.flood = number,
        Fault::SlowHeaders => response.head_pause = millis,
    }
}

fn status(number: u64, usual: u16) -> u16 {
    u16::try_from(number).ok().filter(|status| (200..=599).contains(status)).unwrap_or(usual)
}

/// Another answer in place of this one.
fn replace(response: &mut Response, status: u16, content_type: &str, body: Vec<u8>) {
    response.status = status;
    response.set_header("content-type", content_type);
    response.parts = vec![Part::Bytes(body)];
}

fn huge_error(response: &mut Response, bytes: u64) {
    replace(response, 500, "application/json", br#"{"error":{"type":"server_error","message":""#.to_vec());
    response.parts.extend([Part::Fill(bytes), Part::Bytes(br#""}}"#.to_vec())]);
}

/// Puts something in the place that is marked, and keeps the mark for faults that come after.
fn fill(response: &mut Response, what: Part) {
    let Some((index, before, after)) = find_mark(response) else { return };
    let after = [MARKER.as_bytes(), &after].concat();
    response.parts.splice(index..=index, [Part::Bytes(before), what, Part::Bytes(after)]);
}

/// An event that comes again and again: `event`, or the one that is marked. Without events, some bytes.
fn endless(response: &mut Response, event: Option<&str>, pause: Duration) {
    let Some((index, mut before, after)) = find_mark(response) else { return };
    let parts = match event {
        Some(event) if response.is_stream() => vec![Part::Endless(event.into(), pause)],
        None if response.is_stream() && before.starts_with(b"data") | before.starts_with(b"event") => {
            before.extend_from_slice(b"on ");
            vec![Part::Endless([before, after].concat(), pause)]
        }
        _ => {
            let again = if event.is_some() { " " } else { "on " };
            vec![Part::Bytes(before), Part::Endless(again.into(), pause), Part::Bytes(after)]
        }
    };
    response.parts.splice(index..=index, parts);
}

/// The part with the mark: its index, and its bytes before and after the mark.
fn find_mark(response: &Response) -> Option<(usize, Vec<u8>, Vec<u8>)> {
    response.parts.iter().enumerate().find_map(|(index, part)| {
        let Part::Bytes(bytes) = part else { return None };
        let at = bytes.windows(MARKER.len()).position(|window| window == MARKER.as_bytes())?;
        Some((index, bytes[..at].to_vec(), bytes[at + MARKER.len()..].to_vec()))
    })
}

fn compress(response: &mut Response) {
    let mut body = Vec::new();
    for part in &response.parts {
        match part {
            Part::Bytes(bytes) => body.extend_from_slice(bytes),
            Part::Fill(count) => body.resize(body.len() + usize::try_from(*count).unwrap_or(0), FILLER),
            Part::Wait(_) | Part::Hangup => {}
            Part::Endless(..) => return,
        }
    }
    response.set_header("content-encoding", "gzip");
    response.parts = vec![Part::Bytes(gzip(&body))];
}

/// Something in the middle of the body: inside the event in the middle, where there are events.
fn half_way(response: &mut Response, what: Part) {
    let is_bytes = |part: &Part| matches!(part, Part::Bytes(bytes) if bytes.len() > 1);
    let candidates: Vec<_> = (0..response.parts.len()).filter(|index| is_bytes(&response.parts[*index])).collect();
    let Some(index) = candidates.get(candidates.len() / 2).copied() else { return response.parts.push(what) };
    if let Part::Bytes(bytes) = &mut response.parts[index] {
        let rest = bytes.split_off(bytes.len() / 2);
        response.parts.splice(index + 1..index + 1, [what, Part::Bytes(rest)]);
    }
}

fn length_error(response: &mut Response, bytes: i64) {
    response.length_error = Some(bytes);
    response.transfer = Some(Transfer::Length);
    response.close = true;
}
