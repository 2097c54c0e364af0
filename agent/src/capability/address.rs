//! Addresses that are not on the public internet. Reaching them takes a grant that names them, whatever name led there.

use alloc::string::String;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Private;
use crate::json;
use crate::text;

/// Whether `text` is an entry of `private`: an address, or `*` for all.
pub fn check(text: &str) -> Result<(), &'static str> {
    if text == "*" || parse(text).is_some() { Ok(()) } else { Err("it must be an IP address") }
}

impl Private {
    /// Whether no address outside of the public internet is allowed.
    pub fn is_none(&self) -> bool {
        matches!(self, Private::Only(list) if list.is_empty())
    }

    /// Whether a connection may go to `address`.
    pub fn allows(&self, address: IpAddr) -> bool {
        let listed = |entry: &String| entry == "*" || parse(entry) == Some(address);
        match self {
            Private::Any => true,
            Private::Only(list) => is_public(address) || list.iter().any(listed),
        }
    }
}

/// The address that `text` writes out, without brackets. Held against `core`'s reader by a test.
pub fn parse(text: &str) -> Option<IpAddr> {
    parse_v4(text).map(IpAddr::V4).or_else(|| parse_v6(text).map(IpAddr::V6))
}

/// Four decimal numbers without zeros in front.
pub(crate) fn parse_v4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    let mut parts = text::split(text, b'.');
    for octet in &mut octets {
        let part = parts.next().filter(|part| part.len() == 1 || !part.starts_with('0'))?;
        *octet = u8::try_from(json::decimal(part)?).ok()?;
    }
    if parts.next().is_some() { None } else { Some(octets.into()) }
}

/// Groups of hexadecimal digits, `::` for one or more groups of zeros, and the last two groups in the form of IPv4 if it is so (RFC 4291, 2.2).
pub(crate) fn parse_v6(text: &str) -> Option<Ipv6Addr> {
    let (head, tail) = match text::split_once(text, "::") {
        Some((head, tail)) => (groups(head)?, Some(groups(tail)?)),
        None => (groups(text)?, None),
    };
    let mut all = [0u16; 8];
    match &tail {
        None if head.len() != 8 => return None,
        Some(tail) if head.len() + tail.len() > 7 => return None,
        _ => {}
    }
    for (to, from) in all.iter_mut().zip(&head) {
        *to = *from;
    }
    for (to, from) in all.iter_mut().rev().zip(tail.iter().flatten().rev()) {
        *to = *from;
    }
    // A number in the form of IPv4 can stand only at the very end.
    let early = tail.is_some() && text::find(text::split_once(text, "::").unwrap_or_default().0, ".").is_some();
    if early { None } else { Some(all.into()) }
}

/// The groups between colons; none for no text.
fn groups(text: &str) -> Option<Vec<u16>> {
    let mut groups = Vec::new();
    if text.is_empty() {
        return Some(groups);
    }
    let mut parts = text::split(text, b':');
    while let Some(part) = parts.next() {
        if text::find(part, ".").is_some() {
            let [a, b, c, d] = parse_v4(part)?.octets();
            groups.extend_from_slice(&[u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])]);
            return if parts.next().is_some() { None } else { Some(groups) };
        }
        if !(1..=4).contains(&part.len()) {
            return None;
        }
        let mut group = 0;
        for byte in part.bytes() {
            group = group << 4 | u16::try_from(char::from(byte).to_digit(16)?).ok()?;
        }
        groups.push(group);
    }
    Some(groups)
}

/// Whether `address` is a host on the public internet, after the IANA registries of special-purpose addresses.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        [0 | 10 | 127, ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 168, ..]
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
            | [224..=255, ..]
    )
}

/// Only 2000::/3 is given out, and of that not what wraps an IPv4 address or is for documentation.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Teredo and the other protocol ranges of 2001::/23, documentation, 6to4, documentation.
        [0x2001, 0..=0x1FF | 0xDB8, ..] | [0x2002, ..] | [0x3FFF, 0..=0xFFF, ..] => false,
        [0x2000..=0x3FFF, ..] => true,
        _ => false,
    }
}

/// Whether a name stands for something on this machine or network by convention.
pub fn is_private_name(host: &str) -> bool {
    let under = |name: &str| host.strip_suffix(name).is_some_and(|head| head.is_empty() || head.ends_with('.'));
    text::find(host, ".").is_none() || ["localhost", "local", "internal", "lan", "home.arpa"].into_iter().any(under)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn addresses_are_read_as_core_reads_them(text in "[0-9a-f:.]{0,16}|([0-9a-fA-F]{1,4}:){7}[0-9a-f]{1,4}|([0-9]{1,3}\\.){3}[0-9]{1,3}|([0-9a-f]{0,2}:){1,6}1.2.3.4") {
            prop_assert_eq!(parse(&text), text.parse::<IpAddr>().ok(), "{}", text);
        }

        #[test]
        fn every_address_reads_back(bits in any::<u128>(), v4 in any::<u32>()) {
            let v6 = IpAddr::V6(Ipv6Addr::from(bits));
            prop_assert_eq!(parse(&v6.to_string()), Some(v6));
            let v4 = IpAddr::V4(Ipv4Addr::from(v4));
            prop_assert_eq!(parse(&v4.to_string()), Some(v4));
        }
    }
}
