//! Guesses what a file is that is not wasm, so that the message can name the mistake.

/// What `bytes`, which are not wasm, look like, with the cure when there is one.
///
/// `None` for a file that starts as wasm: then its parser's own message says more.
pub fn looks_like(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 8] = [
        (b"\x1f\x8b", "a gzip file: unpack it first"),
        (b"\x28\xb5\x2f\xfd", "a zstd file: unpack it first"),
        (b"PK\x03\x04", "a zip file: unpack it first"),
        (b"\x7fELF", "a native ELF program: build it for a wasm target"),
        (b"MZ", "a Windows program: build it for a wasm target"),
        (b"\xcf\xfa\xed\xfe", "a macOS program: build it for a wasm target"),
        (b"!<arch>\n", "a static library: measure a linked module"),
        (b"BC\xc0\xde", "LLVM bitcode: measure a linked module"),
    ];
    if bytes.starts_with(b"\0asm") {
        return None;
    }
    if bytes.is_empty() {
        return Some("empty");
    }
    if b"\0asm".starts_with(bytes) {
        return Some("the first bytes of a wasm file: it was cut off");
    }
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(what);
    }
    Some(text(bytes).unwrap_or("data that does not start with the wasm magic number"))
}

/// What kind of text it is, if it is text: judged by its first 512 bytes.
fn text(bytes: &[u8]) -> Option<&'static str> {
    let head = &bytes[..bytes.len().min(512)];
    let head = match std::str::from_utf8(head) {
        Ok(text) => text,
        // A character may be cut at the end of what is looked at.
        Err(error) if error.error_len().is_none() && bytes.len() > head.len() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    if head.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return None;
    }
    let word = head.trim_start();
    Some(if ["(module", "(component", ";;", "(;"].iter().any(|start| word.starts_with(start)) {
        "WebAssembly text: turn it into a binary with `wasm-tools parse`"
    } else if word.starts_with('{') || word.starts_with('[') {
        "JSON text"
    } else {
        "text"
    })
}

#[cfg(test)]
mod tests {
    use super::looks_like;

    #[test]
    fn each_mistake_has_its_name() {
        for (bytes, words) in [
            (&b""[..], "empty"),
            (b"\0a", "cut off"),
            (b"\x1f\x8b\x08\0", "gzip"),
            (b"\x7fELF\x02", "ELF"),
            (b"  (module)", "WebAssembly text"),
            (b";; c\n(component)", "WebAssembly text"),
            (b"{\"a\":1}", "JSON"),
            ("grün".as_bytes(), "text"),
            (b"\xff\xfe\0\x01", "magic number"),
        ] {
            let said = looks_like(bytes).expect("it is not wasm");
            assert!(said.contains(words), "{bytes:?}: {said}");
        }
        assert_eq!(looks_like(b"\0asm\x01\0\0\0"), None);
    }

    #[test]
    fn a_character_cut_at_the_end_of_the_head_is_still_text() {
        let text = format!("{}é", "x".repeat(511));
        assert_eq!(looks_like(text.as_bytes()), Some("text"));
    }
}
