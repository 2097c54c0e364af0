//! Whose certificates are trusted.

use std::env;
use std::ffi::OsString;
use std::format;
use std::fs;
use std::string::String;
use std::vec::Vec;

use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

/// TLS that trusts Mozilla's roots, or those in the file that `SSL_CERT_FILE` names.
pub fn tls() -> Result<TlsConfig, String> {
    let file = env::var_os("SSL_CERT_FILE").filter(|file| !file.is_empty());
    Ok(TlsConfig::builder().root_certs(file.map_or(Ok(RootCerts::WebPki), from_file)?).build())
}

/// The roots in a file. One without any is an error: it would mean to trust nobody, which nobody asks for.
pub fn from_file(file: OsString) -> Result<RootCerts, String> {
    let wrong = |what: &str| format!("SSL_CERT_FILE, {}, {what}", file.to_string_lossy());
    let bytes = fs::read(&file).map_err(|error| wrong(&format!("cannot be read: {error}")))?;
    let mut roots = Vec::new();
    for item in parse_pem(&bytes) {
        if let PemItem::Certificate(root) = item.map_err(|_| wrong("is not PEM"))? {
            roots.push(root);
        }
    }
    if roots.is_empty() { Err(wrong("has no certificate")) } else { Ok(roots.into()) }
}
