//! The standard streams.

use std::io::{self, BufRead, Read, Write};
use std::string::{String, ToString};
use std::vec::Vec;

use super::standard::read_up_to;
use crate::effects::Trouble;

/// All of standard input.
pub(super) fn input(limit: usize) -> Result<Vec<u8>, Trouble> {
    read_up_to(io::stdin().lock(), limit).map_err(other)?
}

/// The next line of standard input without its end. One that is too large is read to its end.
pub(super) fn line(limit: usize) -> Result<Option<Vec<u8>>, Trouble> {
    line_of(&mut io::stdin().lock(), limit)
}

pub(super) fn line_of(from: &mut impl BufRead, limit: usize) -> Result<Option<Vec<u8>>, Trouble> {
    let mut line = Vec::new();
    // One byte for the line end, one to see that there is more.
    from.by_ref().take(limit as u64 + 1).read_until(b'\n', &mut line).map_err(other)?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if line.len() > limit {
        from.skip_until(b'\n').map_err(other)?;
        return Err(Trouble::TooLarge);
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(line))
}

/// Writes to standard output, at once.
pub(super) fn output(text: &str) -> Result<(), String> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    match written {
        // The reader has all it wanted, as in `agent --help | head -1`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| error.to_string()),
    }
}

/// Writes to standard error. Nothing is left to tell it to when that is closed.
pub(super) fn error(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

fn other(error: io::Error) -> Trouble {
    Trouble::Other(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_where_they_end_and_large_ones_are_passed_over() {
        let mut from = io::Cursor::new(b"ab\r\n\nabcd\nabcde\nx".as_slice());
        let mut next = || line_of(&mut from, 4);
        assert_eq!(next(), Ok(Some(b"ab".to_vec())));
        assert_eq!(next(), Ok(Some(b"".to_vec())));
        assert_eq!(next(), Ok(Some(b"abcd".to_vec())));
        assert_eq!(next(), Err(Trouble::TooLarge));
        assert_eq!(next(), Ok(Some(b"x".to_vec())));
        assert_eq!(next(), Ok(None));
    }
}
