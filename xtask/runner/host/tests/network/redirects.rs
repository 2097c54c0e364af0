//! Redirects are the guest's to see.

use crate::common::{client, get, head, network, page, server};
use http::header::LOCATION;
use mock_api::{Mock, Page, Script};
use runner_protocol::Guard;

fn redirecting(to: &str) -> Mock {
    let headers = [("location".to_string(), to.to_string())].into();
    let away = Page { path: "/away".into(), status: Some(302), headers, ..Page::default() };
    Mock::start(Script { pages: vec![away, page()], ..Script::default() }).expect("starts")
}

#[tokio::test]
async fn a_redirect_is_not_followed_unless_the_guard_is_off() {
    let elsewhere = server();
    let target = format!("http://b.example:{}/page", elsewhere.port());
    let mock = redirecting(&target);
    let (grant, url) =
        (network(&[format!("http://a.example:{}", mock.port())]), format!("http://a.example:{}/away", mock.port()));
    let response = head(&client(&grant, &[]), &url).await.expect("a response");
    assert_eq!((response.status().as_u16(), response.headers()[LOCATION].to_str().ok()), (302, Some(&*target)));
    assert!(elsewhere.recorded().is_empty());
    let open = client(&grant, &[Guard::Redirects]);
    assert_eq!(get(&open, &url).await, Ok((200, "Hi.".into())));
    assert_eq!((elsewhere.recorded().len(), open.contacts().len()), (1, 2));
}

#[tokio::test]
async fn a_client_that_follows_takes_a_path_for_one_of_the_same_host() {
    let mock = redirecting("/page");
    let (grant, url) =
        (network(&[format!("http://a.example:{}", mock.port())]), format!("http://a.example:{}/away", mock.port()));
    assert_eq!(get(&client(&grant, &[Guard::Redirects]), &url).await, Ok((200, "Hi.".into())));
}
