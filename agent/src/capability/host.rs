//! Patterns of hosts: `scheme://host[:port]`.
//!
//! The scheme is `https` or `http`. The host is a name, an address, `*.` in front of a name (one label or more in its place), or `*`. The port
//! is a number or `*`; without one it is the scheme's.

use super::{address, glob};
use crate::text;
use crate::url::{self, Url};

/// Whether `pattern` is one.
pub fn check(pattern: &str) -> Result<(), &'static str> {
    let (tls, host, port) = split(pattern).ok_or("it must start with https:// or http://")?;
    if text::has(host, b'/') || port.is_some_and(|port| text::has(port, b'/')) {
        return Err("a host has no path");
    }
    // Without its wildcards it has to be a URL.
    let name = host.strip_prefix("*.").unwrap_or(host);
    let name = if name == "*" { "a" } else { name };
    let port = port.filter(|port| *port != "*").unwrap_or("1");
    let scheme = if tls { "https://" } else { "http://" };
    let url = Url::parse(&[scheme, name, ":", port].concat())?;
    if host.starts_with("*.") && url.address.is_some() {
        return Err("a wildcard stands in front of a name, not of an address");
    }
    Ok(())
}

/// Whether `pattern` covers the scheme, the host and the port of `url`.
pub fn matches(pattern: &str, url: &Url) -> bool {
    let Some((tls, host, port)) = split(pattern) else { return false };
    let port = match port {
        None => url.port == url::default_port(tls),
        Some(port) => port == "*" || crate::json::decimal(port) == Some(url.port.into()),
    };
    tls == url.tls && port && covers(host, url)
}

/// Whether `pattern` covers `url` and has its very host, without a wildcard, where that is an address or a name that never leaves the
/// machine or the network.
pub fn names(pattern: &str, url: &Url) -> bool {
    let exact = split(pattern).is_some_and(|(_, host, _)| !text::has(host, b'*'));
    exact && matches(pattern, url) && (url.address.is_some() || address::is_private_name(&url.host))
}

fn covers(pattern: &str, url: &Url) -> bool {
    let bare = pattern.strip_prefix('[').and_then(|pattern| pattern.strip_suffix(']'));
    let pattern = bare.unwrap_or(pattern);
    let pattern = pattern.strip_suffix('.').unwrap_or(pattern);
    match pattern.strip_prefix("*.") {
        _ if pattern == "*" => true,
        // The dot stays: `*.example.com` is neither `example.com` nor `evilexample.com`.
        Some(_) => url.address.is_none() && glob(&pattern.to_ascii_lowercase(), &url.host),
        None => match url.address {
            Some(address) => address::parse(pattern) == Some(address),
            None => pattern.eq_ignore_ascii_case(&url.host),
        },
    }
}

/// Whether the scheme is TLS, the host, and the port if there is one.
fn split(pattern: &str) -> Option<(bool, &str, Option<&str>)> {
    let (tls, rest) = url::scheme(pattern)?;
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = url::cut_port(rest);
    Some((tls, host, port))
}
