//! Headers that the host adds: the guest never sees them, and no other host gets them.

use crate::failure::Failure;
use agent::{capability::host, url::Url};
use anyhow::{Context, Result};
use http::{HeaderMap, HeaderName, HeaderValue};
use runner_protocol::Credential;
use std::fs;

/// The headers, each with the pattern of its host.
pub struct Credentials(Vec<(String, HeaderName, HeaderValue)>);

impl Credentials {
    /// Reads the values. Line ends around one are not part of it.
    ///
    /// # Errors
    /// A file cannot be read, or something in it or in the rule is no header. The value is in no message.
    pub fn read(rules: &[Credential]) -> Result<Credentials> {
        rules.iter().map(read).collect::<Result<_>>().map(Credentials)
    }

    /// Puts those for `url` into `headers`, in the place of what the guest sent under that name.
    pub fn add(&self, url: &Url, headers: &mut HeaderMap) {
        for (pattern, name, value) in &self.0 {
            if host::matches(pattern, url) {
                headers.insert(name.clone(), value.clone());
            }
        }
    }
}

fn read(rule: &Credential) -> Result<(String, HeaderName, HeaderValue)> {
    let path = rule.value_file.display();
    if let Err(wrong) = host::check(&rule.host) {
        anyhow::bail!(Failure::usage(format!("the host `{}` of a credential is no pattern: {wrong}", rule.host)));
    }
    let name = HeaderName::try_from(&rule.header)
        .with_context(|| Failure::usage(format!("`{}` is no name of a header: correct `credentials`", rule.header)))?;
    let text = fs::read(&rule.value_file)
        .with_context(|| Failure::usage(format!("cannot read {path}: name an existing file as `value_file`")))?;
    // The error would say which byte, and so would be a hint.
    let mut value = HeaderValue::from_bytes(text.trim_ascii())
        .map_err(|_| Failure::usage(format!("what is in {path} cannot be a header: write the value alone, in one line")))?;
    value.set_sensitive(true);
    Ok((rule.host.clone(), name, value))
}
