//! What a guest may reach through HTTP, and the client that goes there for it.
//!
//! One request: the URL is read strictly and held against the patterns of the grant; its name is looked up once; every address that comes back has
//! to be allowed; the connection goes to one of exactly these; a step that takes too long is given up. There are no proxies, no redirects and no
//! second use of a connection. HTTP/1.1 alone.

mod admission;
mod body;
mod connect;
mod credentials;
mod exchange;
mod log;
mod names;
mod redirect;
mod refusal;
mod tls;
mod url;

pub use body::Body;
pub use refusal::{Kind, Refusal};

use self::{
    credentials::Credentials,
    exchange::{BoxError, Hop},
    log::Log,
    names::Names,
};
use anyhow::Result;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use runner_protocol::{Contact, Guard, Network, Timeouts};
use std::sync::Arc;
use tokio_rustls::TlsConnector;

/// A guest's way to the network. Clones are the same.
#[derive(Clone)]
pub struct Client {
    rules: Arc<Rules>,
    names: Arc<Names>,
    log: Log,
}

/// What does not change from guest to guest.
struct Rules {
    network: Network,
    without_guards: Vec<Guard>,
    credentials: Credentials,
    tls: TlsConnector,
}

impl Client {
    /// A client with the grants of `network`. Guards in `without_guards` do not hold: for tests.
    ///
    /// # Errors
    /// A pattern, a certificate or a credential cannot be read.
    pub fn new(network: &Network, without_guards: &[Guard]) -> Result<Client> {
        admission::check(&network.hosts)?;
        let rules = Rules {
            credentials: Credentials::read(&network.credentials)?,
            tls: tls::connector(&network.roots, !without_guards.contains(&Guard::Certificates))?,
            network: network.clone(),
            without_guards: without_guards.to_vec(),
        };
        Ok(Client { names: Arc::new(Names::new(&network.names)), rules: Arc::new(rules), log: Log::default() })
    }

    /// A client with the same grants for another guest: it has sent nothing, and names answer from the start.
    pub fn fresh(&self) -> Client {
        let names = Names::new(&self.rules.network.names);
        Client { rules: self.rules.clone(), names: Arc::new(names), log: Log::default() }
    }

    /// Sends `request` and waits for the head of the response. Each step may take as long as the grant says, or as `tighter` says if that is
    /// less. Dropping the response's body closes the connection.
    ///
    /// # Errors
    /// The request is not granted, or did not come to a response. The body of a response fails with the same error.
    pub async fn send<B>(&self, request: Request<B>, tighter: Option<Timeouts>) -> Result<Response<Body>, Refusal>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let times = tighter.map_or(self.rules.network.timeouts.clone(), |tighter| self.rules.network.timeouts.tightest(&tighter));
        let request = request.map(|body| body.map_err(Into::into).boxed_unsync());
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let mut response = exchange::exchange(self, Hop::First, request, &times).await?;
        if self.is_off(Guard::Redirects)
            && let Some(target) = redirect::target(&uri, &response)
        {
            response = exchange::exchange(self, Hop::Followed, redirect::request(&method, target), &times).await?;
        }
        Ok(if self.rules.network.whole_bodies { body::whole(response).await } else { response })
    }

    /// What was asked of the network so far, in order: without credentials, user names and queries.
    pub fn contacts(&self) -> Vec<Contact> {
        self.log.contacts()
    }

    fn is_off(&self, guard: Guard) -> bool {
        self.rules.without_guards.contains(&guard)
    }
}
