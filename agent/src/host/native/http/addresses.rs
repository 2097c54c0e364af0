//! From a name to addresses: looked up once, all of them checked, and the connection goes to no other.

use std::format;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::string::String;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use std::vec;
use std::vec::Vec;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::words::time_text;
use crate::capability::Private;
use crate::url::Url;

/// The most addresses that are tried, which is what ureq takes.
const MAX_ADDRESSES: usize = 16;

/// Looks up a name.
pub type Lookup = fn(&str, u16) -> io::Result<Vec<SocketAddr>>;

/// The lookup of the system.
pub fn system(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    Ok((host, port).to_socket_addrs()?.collect())
}

/// The addresses of `url`. One of them that is not granted is enough to refuse all: which of them is taken is not for the name's owner to say.
pub fn checked(url: &Url, private: &Private, lookup: Lookup, time: Duration) -> Result<Vec<SocketAddr>, String> {
    let addresses = match url.address {
        Some(address) => vec![SocketAddr::new(address, url.port)],
        None => in_time(url, lookup, time)?,
    };
    match addresses.iter().find(|address| !private.allows(address.ip())) {
        Some(address) => Err(format!("{} leads to a private address, {}, which is not granted", url.host, address.ip())),
        None if addresses.is_empty() => Err(format!("{} has no address", url.host)),
        None => Ok(addresses),
    }
}

/// Looks up in a thread, because the system's lookup cannot be told to stop; one that comes too late is left to itself.
fn in_time(url: &Url, lookup: Lookup, time: Duration) -> Result<Vec<SocketAddr>, String> {
    let failed = |error: io::Error| format!("cannot find {}: {error}", url.host);
    let (send, found) = mpsc::sync_channel(1);
    let (host, port) = (url.host.clone(), url.port);
    // If nobody waits for the answer any more, it is lost.
    thread::Builder::new().spawn(move || send.send(lookup(&host, port)).ok()).map_err(failed)?;
    match found.recv_timeout(time) {
        Ok(found) => found.map_err(failed),
        Err(_) => Err(format!("timed out after {} while looking up {}", time_text(time), url.host)),
    }
}

/// The addresses that were checked, in the place of a lookup.
#[derive(Debug)]
pub struct Checked(pub Vec<SocketAddr>);

impl Resolver for Checked {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut addresses = self.empty();
        self.0.iter().take(MAX_ADDRESSES).for_each(|address| addresses.push(*address));
        Ok(addresses)
    }
}
