//! From a name to addresses: the system's answer, or the one that the specification gives.

use super::{Kind, Refusal};
use agent::url::Url;
use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// The answers that are given instead of the system's.
pub struct Names {
    given: Mutex<BTreeMap<String, Answers>>,
}

/// The answers for one name, one list of addresses a question.
struct Answers {
    asked_count: usize,
    lists: Vec<Vec<IpAddr>>,
}

impl Names {
    /// With `given` in the place of the system's answers.
    pub fn new(given: &BTreeMap<String, Vec<Vec<IpAddr>>>) -> Names {
        let answers = |lists: &Vec<Vec<IpAddr>>| Answers { asked_count: 0, lists: lists.clone() };
        let given = given.iter().map(|(name, lists)| (name.to_ascii_lowercase(), answers(lists)));
        Names { given: Mutex::new(given.collect()) }
    }

    /// The addresses of the host of `url`: one question.
    pub async fn addresses(&self, url: &Url) -> Result<Vec<IpAddr>, Refusal> {
        if let Some(address) = url.address {
            return Ok(vec![address]);
        }
        let addresses = match self.given(&url.host) {
            Some(addresses) => addresses,
            None => system(url).await?,
        };
        if addresses.is_empty() {
            return Err(Refusal::new(Kind::Name, format!("{} has no address", url.host)));
        }
        Ok(addresses)
    }

    fn given(&self, host: &str) -> Option<Vec<IpAddr>> {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = given.get_mut(host)?;
        let list = answers.lists.get(answers.asked_count).or(answers.lists.last()).cloned();
        answers.asked_count += 1;
        Some(list.unwrap_or_default())
    }
}

async fn system(url: &Url) -> Result<Vec<IpAddr>, Refusal> {
    let found = tokio::net::lookup_host((&*url.host, url.port)).await;
    let found = found.map_err(|error| Refusal::new(Kind::Name, format!("cannot find {}: {error}", url.host)))?;
    Ok(found.map(|address| address.ip()).collect())
}
