//! Server-sent events: bytes in, in pieces of any size; events out. After the parsing rules of the WHATWG HTML standard, section
//! "Server-sent events", with two differences: a line has a limit, and [`Decoder::finish`] gives a last event whose closing blank line is
//! missing, because real streams end so.

use alloc::vec::Vec;

/// The longest line. The standard has no limit; a program with 16 MiB of memory needs one.
pub const MAX_LINE_BYTES: usize = 1024 * 1024;

/// A stream that cannot be read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// A line, or the data of one event, is longer than [`MAX_LINE_BYTES`].
    TooLong,
    /// The data of an event is not UTF-8.
    NotUtf8,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Decoder {
    /// The line being read.
    line: Vec<u8>,
    /// The data lines of the event being read, each with its end.
    data: Vec<u8>,
    /// Whether the byte before was a carriage return: a line feed after it ends no second line.
    after_return: bool,
}

impl Decoder {
    /// Reads `bytes` and calls `event` with the data of each event that they complete. Names are not given: the data of both APIs says what
    /// it is. An event without data is nothing.
    pub fn push<E: From<Trouble>>(&mut self, bytes: &[u8], mut event: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
        for &byte in bytes {
            let ends_line = byte == b'\r' || (byte == b'\n' && !self.after_return);
            if ends_line {
                self.end_line(&mut event)?;
            } else if byte != b'\n' {
                if self.line.len() >= MAX_LINE_BYTES {
                    return Err(Trouble::TooLong.into());
                }
                self.line.push(byte);
            }
            self.after_return = byte == b'\r';
        }
        Ok(())
    }

    /// The stream has ended: calls `event` with the data of an event that no blank line closed. Whether it is whole is for the caller to
    /// judge.
    pub fn finish<E: From<Trouble>>(&mut self, mut event: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
        if !self.line.is_empty() {
            self.end_line(&mut event)?;
        }
        self.end_line(&mut event)
    }

    fn end_line<E: From<Trouble>>(&mut self, event: &mut impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
        if self.line.is_empty() {
            // A blank line: the event is complete.
            self.data.pop();
            let data = core::mem::take(&mut self.data);
            let text = core::str::from_utf8(&data).map_err(|_| Trouble::NotUtf8)?;
            return if text.is_empty() { Ok(()) } else { event(text) };
        }
        if let Some(value) = value_of_data(&self.line) {
            if self.data.len() + value.len() > MAX_LINE_BYTES {
                return Err(Trouble::TooLong.into());
            }
            self.data.extend_from_slice(value);
            self.data.push(b'\n');
        }
        self.line.clear();
        Ok(())
    }
}

/// What a line says of the field `data`: nothing if it is a comment or another field.
fn value_of_data(line: &[u8]) -> Option<&[u8]> {
    // A byte order mark can stand only in front of the first line; in front of another it would make that another field, which is nothing.
    let line = crate::message::without_bom(line);
    match line.strip_prefix(b"data")? {
        [] => Some(&[]),
        [b':', b' ', value @ ..] | [b':', value @ ..] => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};
    use alloc::vec;
    use proptest::prelude::*;

    #[derive(Debug, PartialEq)]
    struct Stop(Trouble);

    impl From<Trouble> for Stop {
        fn from(trouble: Trouble) -> Stop {
            Stop(trouble)
        }
    }

    fn read(pieces: &[&[u8]]) -> Result<Vec<String>, Stop> {
        let (mut decoder, mut events) = (Decoder::default(), vec![]);
        let mut keep = |data: &str| {
            events.push(data.to_string());
            Ok::<(), Stop>(())
        };
        for piece in pieces {
            decoder.push(piece, &mut keep)?;
        }
        decoder.finish(&mut keep)?;
        Ok(events)
    }

    #[test]
    fn lines_end_in_three_ways() {
        for stream in
            ["data: a\n\ndata: b\n\n", "data: a\r\n\r\ndata: b\r\n\r\n", "data: a\r\rdata: b\r\r", "data: a\n\r\ndata: b\r\n\n"]
        {
            assert_eq!(read(&[stream.as_bytes()]), Ok(vec!["a".to_string(), "b".to_string()]), "{stream:?}");
        }
    }

    #[test]
    fn one_space_is_dropped_and_data_lines_are_joined() {
        assert_eq!(read(&[b"data:  a\ndata:b\ndata\ndata: \n\n"]), Ok(vec![" a\nb\n\n".to_string()]));
    }

    #[test]
    fn comments_names_and_events_without_data_are_nothing() {
        assert_eq!(
            read(&[b": ping\n\nevent: x\n\nid: 1\nretry: 2\ndatum: y\n\ndata:\n\ndata: a\n\n"]),
            Ok(vec!["a".to_string()])
        );
    }

    #[test]
    fn a_line_separator_in_the_text_ends_no_line() {
        assert_eq!(read(&["data: a\u{2028}b\n\n".as_bytes()]), Ok(vec!["a\u{2028}b".to_string()]));
    }

    #[test]
    fn the_last_event_needs_no_blank_line_and_no_line_end() {
        assert_eq!(read(&[b"data: a\n\ndata: b"]), Ok(vec!["a".to_string(), "b".to_string()]));
        assert_eq!(read(&[b"data: a\ndata: b\n"]), Ok(vec!["a\nb".to_string()]));
    }

    #[test]
    fn a_byte_order_mark_in_front_is_dropped() {
        assert_eq!(read(&[b"\xEF\xBB\xBFdata: a\n\n"]), Ok(vec!["a".to_string()]));
    }

    #[test]
    fn what_is_not_utf8_is_refused() {
        assert_eq!(read(&[b"data: a\xFF\n\n"]), Err(Stop(Trouble::NotUtf8)));
    }

    #[test]
    fn a_line_and_an_event_have_a_limit() {
        let long = vec![b'x'; MAX_LINE_BYTES];
        assert_eq!(read(&[&long, b"x"]), Err(Stop(Trouble::TooLong)));
        let line = ["data: ".as_bytes(), &long[..MAX_LINE_BYTES / 2], b"\n"].concat();
        assert_eq!(read(&[&line, &line, &line]), Err(Stop(Trouble::TooLong)));
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(stream in "(data|data: |: |event: |é|\u{2028}|a|\r|\n|\r\n|\n\n){0,40}", cut in any::<prop::sample::Index>()) {
            let bytes = stream.as_bytes();
            let whole = read(&[bytes]);
            let (left, right) = bytes.split_at(cut.index(bytes.len() + 1));
            prop_assert_eq!(&read(&[left, right]), &whole);
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            prop_assert_eq!(&read(&single), &whole);
        }
    }
}
