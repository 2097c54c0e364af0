//! HTTP to one API with one token: bounded in time and size, without redirects, and tried again where that is safe.

use super::{
    ForgeError,
    environment::Environment,
    retry::{Hints, Patience, Waited},
};
use crate::data::{comment::Name, exit::Failure};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::{env, ffi::OsString};
use ureq::{
    Agent, Body,
    config::Config,
    http::{HeaderValue, Method, Request, Response, header},
    tls::{PemItem, RootCerts, TlsConfig, parse_pem},
};

/// The largest answer: a hundred comments of 65,536 characters.
const ANSWER_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// An API, as one user.
pub struct Http {
    agent: Agent,
    base: String,
    token: HeaderValue,
    patience: Patience,
    waited: Waited,
}

/// An answer that is no error.
pub struct Answer {
    /// Its bytes.
    pub body: Vec<u8>,
    /// Whether it says that there is another page; absent where it has no links.
    pub has_next: Option<bool>,
}

/// An answer of any kind.
struct Raw {
    status: u16,
    hints: Hints,
    answer: Answer,
}

impl Http {
    /// A client. Nothing is sent yet.
    ///
    /// # Errors
    /// The token cannot stand in a header; SSL_CERT_FILE names no certificates.
    pub fn new(environment: &Environment, patience: Patience) -> Result<Http> {
        let mut token = HeaderValue::from_str(&format!("Bearer {}", environment.token))
            .map_err(|_| Failure::usage("GITHUB_TOKEN has a character that cannot be sent: set it to the token alone"))?;
        token.set_sensitive(true);
        let base = environment.api_url.clone();
        Ok(Http { agent: config(&base, patience)?.new_agent(), base, token, patience, waited: Waited::new(patience) })
    }

    /// Asks; tries again after an error of the server, a limit, or no answer.
    ///
    /// # Errors
    /// What it came to, with the cure.
    pub fn get(&self, path: &str) -> Result<Answer, ForgeError> {
        self.repeated(&Method::GET, path, None)
    }

    /// Changes something to what it then is, however often: tries again as [`Self::get`].
    ///
    /// # Errors
    /// As there.
    pub fn patch(&self, path: &str, body: &str) -> Result<Answer, ForgeError> {
        self.repeated(&Method::PATCH, path, Some(body))
    }

    /// Makes something: tries again only where a limit says that nothing was made.
    ///
    /// # Errors
    /// [`ForgeError::Unknown`] where it may have been made.
    pub fn post(&self, path: &str, body: &str) -> Result<Answer, ForgeError> {
        self.repeated(&Method::POST, path, Some(body))
    }

    fn repeated(&self, method: &Method, path: &str, body: Option<&str>) -> Result<Answer, ForgeError> {
        let is_safe = *method != Method::POST;
        let mut tried = 0;
        loop {
            tried += 1;
            let (said, hints) = match self.once(method, path, body) {
                Ok(raw) if raw.status < 300 => return Ok(raw.answer),
                Ok(raw) if is_limit(&raw) => (format!("is limited ({})", raw.status), raw.hints),
                Ok(raw) if raw.status >= 500 && is_safe => (format!("answered {}", raw.status), raw.hints),
                Ok(raw) if raw.status >= 500 => {
                    return Err(ForgeError::Unknown(format!("{method} {path} answered {}", raw.status)));
                }
                Ok(raw) => return Err(refused(method, path, &raw)),
                Err(said) if is_safe => (said, Hints::default()),
                Err(said) => return Err(ForgeError::Unknown(format!("{method} {path} {said}"))),
            };
            self.waited.wait(tried, hints).map_err(|why| ForgeError::Unreachable(format!("{method} {path} {said} {why}")))?;
        }
    }

    fn once(&self, method: &Method, path: &str, body: Option<&str>) -> Result<Raw, String> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(header::AUTHORIZATION, &self.token)
            .header(header::ACCEPT, "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28")
            .header(header::USER_AGENT, "cargo-xtask");
        // Its words could have the request in them.
        let wrong = |_| "cannot be sent as HTTP".to_string();
        let sent = match body {
            None => self.agent.run(request.body(()).map_err(wrong)?),
            Some(body) => self.agent.run(request.header(header::CONTENT_TYPE, "application/json").body(body).map_err(wrong)?),
        };
        read(sent.map_err(|error| self.words(&error))?).map_err(|error| self.words(&error))
    }

    /// What went wrong, without anything that was sent or received.
    fn words(&self, error: &ureq::Error) -> String {
        match error {
            ureq::Error::Timeout(_) => format!("did not answer within {} ms", self.patience.timeout.as_millis()),
            ureq::Error::BodyExceedsLimit(most) => format!("answered with more than {most} bytes"),
            ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => "answered with something that is not HTTP".into(),
            ureq::Error::HostNotFound => "found no such host".into(),
            ureq::Error::Io(error) => format!("broke off: {}", Name::of(&error.to_string())),
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) => {
                "found a certificate that is not trusted (SSL_CERT_FILE names others)".into()
            }
            _ => "could not be sent".into(),
        }
    }
}

/// No proxy between this machine and itself, or the token would go through it in the clear.
fn config(base: &str, patience: Patience) -> Result<Config> {
    let is_tls = base.starts_with("https:");
    let mut config = Agent::config_builder()
        .https_only(is_tls)
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_global(Some(patience.timeout))
        .max_response_header_size(64 * 1024);
    if is_tls {
        config = config.tls_config(TlsConfig::builder().root_certs(roots()?).build());
    } else {
        config = config.proxy(None);
    }
    Ok(config.build())
}

/// Mozilla's roots, or those of the file that SSL_CERT_FILE names: for an Enterprise server with certificates of its own.
fn roots() -> Result<RootCerts> {
    let Some(file) = env::var_os("SSL_CERT_FILE").filter(|file: &OsString| !file.is_empty()) else {
        return Ok(RootCerts::WebPki);
    };
    let cure = || Failure::usage("SSL_CERT_FILE names no certificates: give it a PEM file of them, or unset it");
    let bytes = fs_err::read(file).with_context(cure)?;
    let certificates: Vec<_> = parse_pem(&bytes)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() { Err(cure().into()) } else { Ok(certificates.into()) }
}

fn read(mut response: Response<Body>) -> Result<Raw, ureq::Error> {
    let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(String::from);
    let number = |name: &str| text(name).and_then(|value| value.trim().parse::<u64>().ok());
    let reset = number("x-ratelimit-reset").filter(|_| number("x-ratelimit-remaining") == Some(0));
    let hints = Hints { retry_after: number("retry-after"), reset };
    let has_next = text("link").map(|links| links.contains("rel=\"next\""));
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
    Ok(Raw { status, hints, answer: Answer { body, has_next } })
}

/// GitHub says 403 too where it is asked too often.
fn is_limit(raw: &Raw) -> bool {
    raw.status == 429 || (raw.status == 403 && (raw.hints != Hints::default() || said(raw).as_str().contains("rate limit")))
}

fn said(raw: &Raw) -> Name {
    #[derive(Deserialize)]
    struct Said {
        message: String,
    }
    let said = serde_json::from_slice::<Said>(&raw.answer.body);
    Name::of(&said.map_or_else(|_| "without a message".into(), |said| said.message))
}

fn refused(method: &Method, path: &str, raw: &Raw) -> ForgeError {
    let said = said(raw);
    let text = |cure: &str| format!("{method} {path} answered {} ({said}): {cure}", raw.status);
    match raw.status {
        401 => ForgeError::Refused(text("the token is not valid; give GITHUB_TOKEN one that is")),
        403 if said.as_str().contains("not accessible by integration") => {
            ForgeError::ReadOnly(text("the token may not do this; give the job `permissions: pull-requests: write`"))
        }
        403 => ForgeError::Refused(text("the token may not do this; look at its permissions and at the organization's rules")),
        404 => ForgeError::Refused(text(
            "no such repository or pull request, or the token may not see it; look at GITHUB_REPOSITORY",
        )),
        410 | 422 => ForgeError::Refused(text("the comment was not taken; look whether the pull request is locked")),
        300..=399 => ForgeError::Refused(text(
            "it points elsewhere, and the token is not sent there; set GITHUB_REPOSITORY and GITHUB_API_URL to the new place",
        )),
        _ => ForgeError::Refused(text("look at GITHUB_API_URL")),
    }
}
