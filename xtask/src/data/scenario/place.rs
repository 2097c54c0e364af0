//! What is known only when a scenario is played: where its mock and its canary are. Texts name them as `{mock}` and the like.

/// Where the services of a scenario are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The mock's port.
    pub port: Option<u16>,
    /// Whether it speaks HTTPS.
    pub tls: bool,
}

impl Places {
    /// `text` with everything filled in:
    ///
    /// | name | value |
    /// |---|---|
    /// | `{mock}` | `http://127.0.0.1:PORT`, with TLS `https://localhost:PORT` |
    /// | `{mock-host}` | the same without the scheme |
    /// | `{mock-port}` | `PORT` |
    /// | `{canary}` | `http://127.0.0.2:PORT` |
    pub fn fill(&self, text: &str) -> String {
        let Some(port) = self.port else { return text.to_string() };
        let (scheme, name) = if self.tls { ("https", "localhost") } else { ("http", "127.0.0.1") };
        text.replace("{mock}", &format!("{scheme}://{name}:{port}"))
            .replace("{mock-host}", &format!("{name}:{port}"))
            .replace("{mock-port}", &port.to_string())
            .replace("{canary}", &format!("http://127.0.0.2:{port}"))
    }

    /// `text` as it would be with any other port.
    pub fn unfill(&self, text: &str) -> String {
        let Some(port) = self.port else { return text.to_string() };
        let number = format!(":{port}");
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(&number) {
            let is_longer = after.starts_with(|next: char| next.is_ascii_digit());
            out.push_str(before);
            out.push_str(if is_longer { &number } else { ":{mock-port}" });
            rest = after;
        }
        out + rest
    }
}
