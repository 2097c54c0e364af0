//! One line of the format, taken apart. What the words mean is decided where the lines are put together.

/// A line that says something.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// `key: value`, in the header or at the end of a part.
    Header { key: &'a str, value: &'a str },
    /// `key=value`: from here on counts belong to another function, file or object, or a call or jump follows.
    Specification { key: &'a str, value: &'a str },
    /// Positions, then the counts of the events at them.
    Cost(Vec<&'a str>),
}

/// `None` for an empty line and for a comment.
pub fn read(line: &str) -> Result<Option<Line<'_>>, String> {
    let line = line.trim();
    match line.as_bytes().first() {
        None | Some(b'#') => return Ok(None),
        Some(b'0'..=b'9' | b'+' | b'-' | b'*') => return Ok(Some(Line::Cost(line.split_ascii_whitespace().collect()))),
        Some(_) => {}
    }
    // Names contain both signs (`fn=std::main`, `cmd: A=b`), keys neither.
    let Some(at) = line.find([':', '=']) else { return Err(format!("neither counts nor a key: {:?}", start_of(line))) };
    let (key, value) = (&line[..at], line[at + 1..].trim());
    Ok(Some(match line.as_bytes()[at] {
        b':' => Line::Header { key, value },
        _ => Line::Specification { key, value },
    }))
}

/// A count, decimal or hexadecimal behind `0x`.
pub fn number(word: &str) -> Result<u64, String> {
    let parsed = match word.strip_prefix("0x") {
        Some(digits) if !digits.starts_with('+') => u64::from_str_radix(digits, 16).ok(),
        None if !word.starts_with('+') => word.parse().ok(),
        _ => None,
    };
    parsed.ok_or_else(|| format!("not a number: {:?}", start_of(word)))
}

/// As much of `text` as fits into a message.
pub fn start_of(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_a_line_is_seen_at_its_start() {
        assert_eq!(read("").unwrap(), None);
        assert_eq!(read("# callgrind format").unwrap(), None);
        assert_eq!(read("events: Ir Dr").unwrap(), Some(Line::Header { key: "events", value: "Ir Dr" }));
        assert_eq!(read("cmd:  env A=b x").unwrap(), Some(Line::Header { key: "cmd", value: "env A=b x" }));
        assert_eq!(read("fn=(1) a::b").unwrap(), Some(Line::Specification { key: "fn", value: "(1) a::b" }));
        assert_eq!(read("+3 * 19 0x13\r").unwrap(), Some(Line::Cost(vec!["+3", "*", "19", "0x13"])));
        assert_eq!(read("nonsense"), Err("neither counts nor a key: \"nonsense\"".into()));
    }

    #[test]
    fn numbers() {
        assert_eq!((number("17"), number("0x1F"), number("0")), (Ok(17), Ok(31), Ok(0)));
        for bad in ["", "0x", "+1", "-1", "0x+1", "1e3", "18446744073709551616"] {
            assert!(number(bad).is_err(), "{bad}");
        }
    }
}
