//! Bodies as they come, and bodies that are read to their end beforehand.

use crate::common::{client, head, network};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use mock_api::{Mock, Page, Script};

/// A page of 10,000 bytes that arrives in many small writes.
fn long() -> Mock {
    let chunking = Some(mock_api::Chunking::Bytes.with(1000));
    let page = Page { path: "/page".into(), body: "x".repeat(10_000), chunking, pause_ms: Some(2), ..Page::default() };
    Mock::start(Script { pages: vec![page], ..Script::default() }).expect("starts")
}

async fn pieces(whole: bool) -> Vec<usize> {
    let mock = long();
    let mut grant = network(&[format!("http://a.example:{}", mock.port())]);
    grant.whole_bodies = whole;
    let mut body =
        head(&client(&grant, &[]), &format!("http://a.example:{}/page", mock.port())).await.expect("a head").into_body();
    let mut pieces = Vec::new();
    while let Some(frame) = body.frame().await {
        pieces.push(frame.expect("bytes").into_data().expect("data").len());
    }
    pieces
}

#[tokio::test]
async fn a_whole_body_comes_in_equal_pieces() {
    assert_eq!(pieces(true).await, [4096, 4096, 1808]);
    let as_it_came = pieces(false).await;
    assert_eq!(as_it_came.iter().sum::<usize>(), 10_000);
    assert!(as_it_came.len() > 3, "{as_it_came:?}");
}

#[tokio::test]
async fn a_request_has_its_body_and_the_right_length() {
    let mock = crate::common::server();
    let client = client(&network(&[format!("http://a.example:{}", mock.port())]), &[]);
    let request = Request::post(format!("http://a.example:{}/v1/chat/completions", mock.port()));
    let request = request.header("content-length", "1").body(Full::new(Bytes::from_static(b"{\"a\":1}"))).expect("a request");
    client.send(request, None).await.expect("a response");
    let seen = &mock.recorded()[0];
    assert_eq!((seen.header("content-length"), &*seen.body), (Some("7"), &b"{\"a\":1}"[..]));
}
