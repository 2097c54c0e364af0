//! Which hosts and addresses are granted. The grammar and the address rules are the agent's.

use super::{Client, Kind, Refusal};
use crate::failure::Failure;
use agent::{
    capability::{address::is_public, host},
    url::Url,
};
use anyhow::{Result, bail};
use runner_protocol::Guard;
use std::net::IpAddr;

/// Whether all `patterns` are such.
pub fn check(patterns: &[String]) -> Result<()> {
    for pattern in patterns {
        if let Err(wrong) = host::check(pattern) {
            bail!(Failure::usage(format!("the host `{pattern}` is no pattern: {wrong}")));
        }
    }
    Ok(())
}

/// Lets `url` pass if its scheme, host and port are granted.
pub fn host(client: &Client, url: &Url) -> Result<(), Refusal> {
    let granted = client.rules.network.hosts.iter().any(|pattern| host::matches(pattern, url));
    if granted || client.is_off(Guard::Hosts) {
        return Ok(());
    }
    Err(Refusal::new(Kind::Denied, format!("{}://{} is not granted", url.scheme(), url.authority())))
}

/// Lets `addresses` pass if each is public or granted. One that is not is enough to refuse all: which of them is taken is not for the name's owner
/// to say.
pub fn addresses(client: &Client, url: &Url, addresses: &[IpAddr]) -> Result<(), Refusal> {
    let allowed = |address: &&IpAddr| is_public(**address) || client.rules.network.private.contains(address);
    match addresses.iter().find(|address| !allowed(address)) {
        Some(address) if !client.is_off(Guard::Private) => {
            Err(Refusal::new(Kind::Address, format!("{} leads to {address}, a private address that is not granted", url.host)))
        }
        _ => Ok(()),
    }
}
