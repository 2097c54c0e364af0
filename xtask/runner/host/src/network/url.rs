//! The URL of a request, read so that it can be taken only one way.

use super::{Kind, Refusal};
use agent::url::Url;
use http::{Method, Request, Uri};

/// The URL of `request`, if it can be sent at all.
pub fn read<B>(request: &Request<B>) -> Result<Url, Refusal> {
    // Its answer is the request, and with it the header that the host added and the guest is not to see.
    if request.method() == Method::TRACE {
        return Err(Refusal::new(Kind::Method, "TRACE would give back what the host adds to a request"));
    }
    if request.method() == Method::CONNECT {
        return Err(Refusal::new(Kind::Method, "CONNECT would be a tunnel to somewhere else"));
    }
    let wrong = |what: &str| Refusal::new(Kind::Url, format!("the URL is not taken: {what}"));
    let uri = request.uri();
    let scheme = uri.scheme_str().ok_or_else(|| wrong("it has no scheme"))?;
    let authority = uri.authority().ok_or_else(|| wrong("it has no host"))?;
    let path = match uri.path_and_query().map(|path| path.as_str()).unwrap_or_default() {
        path if path.is_empty() || path.starts_with('?') => format!("/{path}"),
        path if path.starts_with('/') => path.into(),
        // `*`, or what would be a part of the host in the text below.
        _ => return Err(wrong("its path does not start with a slash")),
    };
    Url::parse(&format!("{scheme}://{authority}{path}")).map_err(wrong)
}

/// `uri` without what may be secret: the user in front of the host, and the query.
pub fn for_log(uri: &Uri) -> String {
    let port = uri.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}{}", uri.scheme_str().unwrap_or_default(), uri.host().unwrap_or_default(), uri.path())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_host_is_the_one_that_everybody_reads(text in "(https?|ftp)://[a-z0-9.:@\\[\\]-]{1,12}([/?#*][ -~]{0,8})?", path in "[/?*a-z.:@]{0,6}") {
            let Ok(uri) = text.parse::<Uri>() else { return Ok(()) };
            // A guest can set the path by itself, without a slash too.
            let mut parts = uri.into_parts();
            if let Ok(path) = path.parse() {
                parts.path_and_query = Some(path);
            }
            let Ok(uri) = Uri::from_parts(parts) else { return Ok(()) };
            let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
            if let Ok(url) = read(&Request::get(uri.clone()).body(()).expect("a request")) {
                prop_assert_eq!(&url.host, &host, "{}", uri);
                prop_assert_eq!(url.port, uri.port_u16().unwrap_or(if url.tls { 443 } else { 80 }));
                prop_assert!(url.path.starts_with('/') && for_log(&uri).contains(&host));
            }
        }
    }
}
