//! URLs, read strictly: what two readers could take for two different hosts is refused, not repaired.

use alloc::string::String;
use core::net::IpAddr;

use crate::capability::address;
use crate::json;
use crate::text;

/// A URL whose host, port and path can be taken only one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// Whether the scheme is `https`; otherwise it is `http`.
    pub tls: bool,
    /// The host in small letters, without a dot at its end; an IPv6 address without brackets.
    pub host: String,
    /// The host as an address, if it is one.
    pub address: Option<IpAddr>,
    /// The port, filled in from the scheme where the text has none.
    pub port: u16,
    /// The path and the query, from the slash on.
    pub path: String,
}

impl Url {
    /// Reads `text`. The error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Url, &'static str> {
        // Everything outside of printable ASCII, and what browsers turn into something else.
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&byte)) {
            return Err("a character that a URL cannot have; write it as %XX, a host in its xn-- form");
        }
        let (tls, rest) = scheme(text).ok_or("it must start with https:// or http://")?;
        let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
        let (authority, path) = (rest.get(..end).unwrap_or_default(), rest.get(end..).unwrap_or_default());
        let (host, port) = split_port(authority)?;
        let address = literal(host)?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let mut host: String = bare.unwrap_or(host).into();
        host.make_ascii_lowercase();
        if address.is_none() {
            if host.ends_with('.') {
                host.pop();
            }
            check_name(&host)?;
        }
        let path = text::split(path, b'#').next().unwrap_or_default();
        let path = if path.starts_with('/') { path.into() } else { text::fill("/{}", &[path]) };
        Ok(Url { tls, host, address, port: port.unwrap_or(default_port(tls)), path })
    }

    /// `https` or `http`.
    pub fn scheme(&self) -> &'static str {
        if self.tls { "https" } else { "http" }
    }

    /// `host` or `host:port`: what the `Host` header says, and what a key is bound to.
    pub fn authority(&self) -> String {
        let mut text = match self.address {
            Some(IpAddr::V6(_)) => text::fill("[{}]", &[&self.host]),
            _ => self.host.clone(),
        };
        if self.port != default_port(self.tls) {
            text.push(':');
            json::number(&mut text, self.port.into());
        }
        text
    }

    /// The URL in its one form.
    pub fn text(&self) -> String {
        text::fill("{}://{}{}", &[self.scheme(), &self.authority(), &self.path])
    }
}

/// Whether the URL or the pattern asks for TLS, and what follows its scheme.
pub(crate) fn scheme(text: &str) -> Option<(bool, &str)> {
    let (scheme, rest) = text::split_once(text, "://")?;
    if scheme.eq_ignore_ascii_case("https") {
        Some((true, rest))
    } else {
        scheme.eq_ignore_ascii_case("http").then_some((false, rest))
    }
}

/// The port of a scheme.
pub(crate) fn default_port(tls: bool) -> u16 {
    if tls { 443 } else { 80 }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), &'static str> {
    if text::has(authority, b'@') {
        return Err("a user name in front of the host is not taken");
    }
    match cut_port(authority) {
        (_, None) => Ok((authority, None)),
        (host, Some(port)) => {
            let port = json::decimal(port).and_then(|port| u16::try_from(port).ok());
            port.filter(|port| *port != 0).map(|port| (host, Some(port))).ok_or("the port is no number from 1 to 65535")
        }
    }
}

/// The host, brackets and all, and what stands after the colon behind it.
pub(crate) fn cut_port(authority: &str) -> (&str, Option<&str>) {
    let mut at = text::find(authority, "]").unwrap_or(0);
    while let Some(byte) = authority.as_bytes().get(at) {
        if *byte == b':' {
            return (authority.get(..at).unwrap_or_default(), authority.get(at + 1..));
        }
        at += 1;
    }
    (authority, None)
}

/// The address that `host` writes out. A host whose last label starts with a digit has to be four decimal numbers: other readers take
/// `2130706433`, `0x7f.1` and `0177.0.0.1` for addresses too.
fn literal(host: &str) -> Result<Option<IpAddr>, &'static str> {
    if let Some(inner) = host.strip_prefix('[') {
        let inner = inner.strip_suffix(']').ok_or("the brackets around the address are not closed")?;
        return address::parse_v6(inner).map(|address| Some(IpAddr::V6(address))).ok_or("not an IPv6 address");
    }
    let bare = host.strip_suffix('.').unwrap_or(host);
    let last = text::split(bare, b'.').last().unwrap_or_default();
    if !last.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    address::parse_v4(host).map(|address| Some(IpAddr::V4(address))).ok_or("an address must be four decimal numbers")
}

fn check_name(host: &str) -> Result<(), &'static str> {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !label.starts_with('-')
    };
    if host.len() <= 253 && text::split(host, b'.').all(label) { Ok(()) } else { Err("the host is not a host name") }
}

#[cfg(test)]
mod tests;
