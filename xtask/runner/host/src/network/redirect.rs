//! What a client does that follows redirects by itself: only for the test that sees [`runner_protocol::Guard::Redirects`] hold.

use super::{Body, exchange::RequestBody};
use bytes::Bytes;
use http::{Method, Request, Response, Uri, header, uri::PathAndQuery};
use http_body_util::{BodyExt, Empty};

/// Where `response` to a request for `uri` sends its reader, if it does.
pub fn target(uri: &Uri, response: &Response<Body>) -> Option<Uri> {
    if !response.status().is_redirection() {
        return None;
    }
    let location: Uri = response.headers().get(header::LOCATION)?.to_str().ok()?.parse().ok()?;
    if location.authority().is_some() {
        return Some(location);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(location.path()).ok()?);
    Uri::from_parts(parts).ok()
}

/// The second request. It has neither body nor headers of the first one.
pub fn request(method: &Method, target: Uri) -> Request<RequestBody> {
    let method = if method == Method::HEAD { Method::HEAD } else { Method::GET };
    let body = Empty::<Bytes>::new().map_err(|never| match never {}).boxed_unsync();
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = target;
    request
}
