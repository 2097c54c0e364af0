//! An answer as bytes on a connection: the head, the transfer, the cuts, the pauses.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use crate::modes::{Chunking, Transfer};
use crate::named::Setting;
use crate::response::{FILLER, Part, Response};
use crate::stop::Stop;

/// Filler is made in blocks of so many bytes.
const BLOCK_BYTES: usize = 64 << 10;

/// What becomes of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    /// The next request may come.
    KeepAlive,
    /// It ends in good order.
    Close,
    /// It just ends.
    Hangup,
}

/// Sends an answer.
pub(crate) fn send(out: &mut impl Write, response: &Response, keep_alive: bool, stop: &Stop) -> io::Result<After> {
    let length = response.body_bytes();
    let transfer = match response.transfer.unwrap_or(if response.is_stream() { Transfer::Chunked } else { Transfer::Length }) {
        Transfer::Length if length.is_none() => Transfer::Chunked,
        transfer => transfer,
    };
    let close = response.close || !keep_alive || transfer == Transfer::Close;
    stop.wait(response.delay)?;
    let mut sender = Sender { out, response, stop, chunked: transfer == Transfer::Chunked, held: Vec::new(), unsent: Vec::new() };
    sender.head(transfer, length.unwrap_or(0), close)?;
    let after = sender.body()?;
    Ok(if after == After::KeepAlive && close { After::Close } else { after })
}

struct Sender<'a, W> {
    out: &'a mut W,
    response: &'a Response,
    stop: &'a Stop,
    chunked: bool,
    /// With [`Chunking::Whole`], body bytes that are not framed yet.
    held: Vec<u8>,
    /// Framed, and left for the next write.
    unsent: Vec<u8>,
}

impl<W: Write> Sender<'_, W> {
    fn head(&mut self, transfer: Transfer, length: u64, close: bool) -> io::Result<()> {
        let response = self.response;
        let mut head = format!("HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
        for (name, value) in &response.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let mut flood = 0;
        while (head.len() as u64) < response.flood {
            flood += 1;
            let _ = write!(head, "x-flood-{flood}: {:0>100}\r\n", flood);
        }
        let declared = length.saturating_add_signed(response.length_error.unwrap_or(0));
        match transfer {
            Transfer::Chunked => head.push_str("transfer-encoding: chunked\r\n"),
            Transfer::Length => drop(write!(head, "content-length: {declared}\r\n")),
            Transfer::Close => {}
        }
        head.push_str(if close { "connection: close\r\n\r\n" } else { "\r\n" });
        if response.head_pause.is_zero() {
            return self.write(head.as_bytes(), response.chunking.kind == Chunking::Whole);
        }
        for byte in head.as_bytes() {
            self.out.write_all(&[*byte])?;
            self.out.flush()?;
            self.stop.wait(response.head_pause)?;
        }
        Ok(())
    }

    fn body(&mut self) -> io::Result<After> {
        for part in &self.response.parts {
            match part {
                Part::Bytes(bytes) => self.bytes(bytes)?,
                Part::Fill(count) => self.fill(*count)?,
                Part::Wait(duration) => {
                    self.release(false)?;
                    self.stop.wait(*duration)?;
                }
                Part::Endless(bytes, pause) => loop {
                    self.bytes(bytes)?;
                    self.release(false)?;
                    self.stop.wait(*pause)?;
                },
                Part::Hangup => {
                    self.release(false)?;
                    return Ok(After::Hangup);
                }
            }
        }
        self.release(true)?;
        self.out.flush()?;
        Ok(After::KeepAlive)
    }

    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.response.chunking.kind == Chunking::Whole {
            self.held.extend_from_slice(bytes);
            return Ok(());
        }
        cut(self.response.chunking, bytes).into_iter().try_for_each(|piece| self.frame(piece, false))
    }

    fn fill(&mut self, count: u64) -> io::Result<()> {
        self.release(false)?;
        let block = [FILLER; BLOCK_BYTES];
        let mut left = count;
        while left > 0 {
            let bytes = usize::try_from(left).unwrap_or(BLOCK_BYTES).min(BLOCK_BYTES);
            let framed = framed(&block[..bytes], self.chunked);
            self.out.write_all(&framed)?;
            self.stop.wait(Duration::ZERO)?;
            left -= bytes as u64;
        }
        Ok(())
    }

    /// Sends what is held, and at the end the last chunk.
    fn release(&mut self, end: bool) -> io::Result<()> {
        let held = std::mem::take(&mut self.held);
        self.frame(&held, end)
    }

    fn frame(&mut self, piece: &[u8], end: bool) -> io::Result<()> {
        let mut bytes = framed(piece, self.chunked);
        if end && self.chunked {
            bytes.extend_from_slice(b"0\r\n\r\n");
        }
        self.write(&bytes, false)
    }

    /// Writes, cut as the mode says; if there is `more`, with the next write.
    fn write(&mut self, bytes: &[u8], more: bool) -> io::Result<()> {
        self.unsent.extend_from_slice(bytes);
        if more {
            return Ok(());
        }
        for piece in cut(self.response.chunking, &std::mem::take(&mut self.unsent)) {
            self.out.write_all(piece)?;
            self.out.flush()?;
            self.stop.wait(self.response.pause)?;
        }
        Ok(())
    }
}

/// One HTTP chunk, or just the bytes. Nothing makes no chunk, as that would be the end.
fn framed(piece: &[u8], chunked: bool) -> Vec<u8> {
    if !chunked || piece.is_empty() {
        return piece.to_vec();
    }
    [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat()
}

/// The pieces of some bytes; together they are the bytes.
fn cut(chunking: Setting<Chunking>, bytes: &[u8]) -> Vec<&[u8]> {
    let size = match chunking.kind {
        Chunking::Whole | Chunking::Event => bytes.len(),
        Chunking::Byte => 1,
        Chunking::Bytes => usize::try_from(chunking.number).unwrap_or(usize::MAX),
        Chunking::Utf8 => return cut_after(bytes, |byte, _| byte >= 0xC0),
        Chunking::CrLf => return cut_after(bytes, |byte, next| byte == b'\r' && next == b'\n'),
    };
    bytes.chunks(size.max(1)).collect()
}

fn cut_after(bytes: &[u8], here: impl Fn(u8, u8) -> bool) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(2).position(|pair| here(pair[0], pair[1])) {
        let (piece, after) = rest.split_at(at + 1);
        pieces.push(piece);
        rest = after;
    }
    pieces.extend((!rest.is_empty()).then_some(rest));
    pieces
}

fn reason(status: u16) -> &'static str {
    match status {
        200..=299 => "OK",
        300..=399 => "Redirect",
        400..=499 => "Refused",
        _ => "Failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_cuts_where_it_says() {
        let text = "aé\r\nß".as_bytes();
        let lengths = |chunking: Setting<Chunking>| cut(chunking, text).iter().map(|piece| piece.len()).collect::<Vec<_>>();
        assert_eq!(lengths(Chunking::Whole.into()), [7]);
        assert_eq!(lengths(Chunking::Byte.into()), [1; 7]);
        assert_eq!(lengths(Chunking::Bytes.with(3)), [3, 3, 1]);
        assert_eq!(lengths(Chunking::Utf8.into()), [2, 4, 1]);
        assert_eq!(lengths(Chunking::CrLf.into()), [4, 3]);
    }
}
