//! What a workflow's environment says, and what flags say instead.

use crate::{
    data::{event::Event, exit::Failure},
    shell::store,
};
use anyhow::{Context, Result};
use std::{env, path::Path};
use ureq::http::Uri;

/// The public API.
const API_URL: &str = "https://api.github.com";

/// Where to speak to, and as whom. It has no `Debug`: the token is not to be printed.
pub struct Environment {
    /// The API, without a slash at its end.
    pub api_url: String,
    /// `owner/name`.
    pub repository: String,
    /// The token.
    pub token: String,
}

impl Environment {
    /// From flags, else from GITHUB_API_URL and GITHUB_REPOSITORY. The token is in GITHUB_TOKEN alone: a flag would be seen by every process.
    ///
    /// # Errors
    /// Something is missing or is not what it should be.
    pub fn new(api_url: Option<&str>, repository: Option<&str>) -> Result<Environment> {
        let set = |flag: Option<&str>, name: &str| flag.map(String::from).or_else(|| variable(name));
        let api_url = set(api_url, "GITHUB_API_URL").unwrap_or_else(|| API_URL.into());
        let repository = set(repository, "GITHUB_REPOSITORY")
            .context(Failure::usage("cannot tell the repository: set GITHUB_REPOSITORY, or give --repository OWNER/NAME"))?;
        let token = variable("GITHUB_TOKEN").context(Failure::usage(
            "there is no token to post with: set GITHUB_TOKEN (in a workflow `env: GITHUB_TOKEN: ${{ github.token }}`)",
        ))?;
        if !is_repository(&repository) {
            return Err(Failure::usage("the repository has to be OWNER/NAME: correct GITHUB_REPOSITORY or --repository").into());
        }
        Ok(Environment { api_url: checked(&api_url)?, repository, token })
    }
}

/// A variable that is set to something.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().map(|value| value.trim().to_string()).filter(|value| !value.is_empty())
}

fn is_repository(text: &str) -> bool {
    let is_part = |part: &str| {
        !matches!(part, "" | "." | "..") && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    text.split_once('/').is_some_and(|(owner, name)| is_part(owner) && is_part(name))
}

/// The token goes there, so it has to be HTTPS; to this machine plain HTTP will do.
fn checked(url: &str) -> Result<String> {
    let wrong =
        |what: &str| Failure::usage(format!("the API's address {what}: correct GITHUB_API_URL or --api-url, such as {API_URL}"));
    let uri: Uri = url.parse().ok().context(wrong("is not a URL"))?;
    let authority = uri.authority().context(wrong("has no host"))?;
    if authority.as_str().contains('@') || uri.query().is_some() {
        return Err(wrong("has more than a host and a path").into());
    }
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), _) | (Some("http"), Some("127.0.0.1" | "localhost")) => {}
        _ => return Err(wrong("has to begin with https://").into()),
    }
    Ok(url.trim_end_matches('/').to_string())
}

/// What started the workflow; nothing outside of one.
///
/// # Errors
/// The file that GITHUB_EVENT_PATH names cannot be used.
pub fn event() -> Result<Option<Event>> {
    let Some(path) = variable("GITHUB_EVENT_PATH") else { return Ok(None) };
    let cure =
        || Failure::usage(format!("the event {path} cannot be used: unset GITHUB_EVENT_PATH, or give it the file of a workflow"));
    let text = store::read_text(Path::new(&path))?.with_context(cure)?;
    serde_json::from_str(&text).map(Some).with_context(cure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_to_https_only_or_stays_here() {
        for url in ["https://api.github.com", "https://ghe.corp/api/v3/", "http://127.0.0.1:8080", "http://localhost:1/x"] {
            assert_eq!(checked(url).unwrap(), url.trim_end_matches('/'));
        }
        for url in [
            "http://api.github.com",
            "ftp://a",
            "api.github.com",
            "",
            "https://",
            "https://a@b",
            "http://localhost@b",
            "https://a/?b",
            "http://127.0.0.1.evil",
        ] {
            assert!(checked(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_repository_is_two_plain_names() {
        assert!(is_repository("a/b") && is_repository("A-1/.github"));
        assert!(["", "a", "a/", "a/b/c", "a/..", "a/b?x", "a b/c", "a/b\n"].into_iter().all(|text| !is_repository(text)));
    }
}
