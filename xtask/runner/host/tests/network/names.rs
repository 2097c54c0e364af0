//! Names that lead to several addresses, or to others the second time.

use crate::common::{HERE, THERE, client, get, network, page, server};
use mock_api::{Mock, Script};
use runner_host::network::Kind;
use runner_protocol::{Guard, Network};
use std::net::IpAddr;

/// A server on the port of `first`, on another address.
fn neighbour(first: &Mock) -> Mock {
    let page = mock_api::Page { body: "Inside.".into(), ..page() };
    Mock::start_on((THERE, first.port()).into(), Script { pages: vec![page], ..Script::default() }).expect("starts")
}

fn named(port: u16, answers: &[&[IpAddr]]) -> Network {
    let mut network = network(&[format!("http://a.example:{port}")]);
    network.names.insert("a.example".into(), answers.iter().map(|answer| answer.to_vec()).collect());
    network
}

#[tokio::test]
async fn one_answer_that_is_not_granted_is_enough() {
    let mock = server();
    let url = format!("http://a.example:{}/page", mock.port());
    for answers in [[HERE, THERE], [THERE, HERE]] {
        let grant = named(mock.port(), &[&answers]);
        assert_eq!(get(&client(&grant, &[]), &url).await.expect_err("refused").kind, Kind::Address);
        assert!(get(&client(&grant, &[Guard::Private]), &url).await.is_ok());
    }
    assert_eq!(mock.recorded().len(), 2);
}

#[tokio::test]
async fn an_answer_that_changes_does_not_move_the_connection_unless_the_guard_is_off() {
    let mock = server();
    let inside = neighbour(&mock);
    let url = format!("http://A.EXAMPLE:{}/page", mock.port());
    let grant = named(mock.port(), &[&[HERE], &[THERE]]);
    let held = client(&grant, &[]);
    assert_eq!(get(&held, &url).await, Ok((200, "Hi.".into())));
    assert_eq!(get(&held, &url).await.expect_err("the second answer").kind, Kind::Address);
    assert!(inside.recorded().is_empty());
    // Names answer from the start for the next guest.
    assert_eq!(get(&held.fresh(), &url).await, Ok((200, "Hi.".into())));
    assert_eq!(get(&client(&grant, &[Guard::Pin]), &url).await, Ok((200, "Inside.".into())));
}

#[tokio::test]
async fn the_next_address_is_tried_when_nobody_answers_at_the_first() {
    let mock = server();
    let url = format!("http://a.example:{}/page", mock.port());
    let mut grant = named(mock.port(), &[&[THERE, HERE]]);
    grant.private.push(THERE);
    let tried = client(&grant, &[]);
    assert_eq!(get(&tried, &url).await, Ok((200, "Hi.".into())));
    assert_eq!(tried.contacts()[0].address, Some(HERE));
}

#[tokio::test]
async fn a_name_without_an_address_and_an_address_without_a_server_are_told_apart() {
    let unused = { server().port() };
    let url = format!("http://a.example:{unused}/");
    assert_eq!(get(&client(&named(unused, &[&[]]), &[]), &url).await.expect_err("no address").kind, Kind::Name);
    assert_eq!(get(&client(&named(unused, &[]), &[]), &url).await.expect_err("no answer").kind, Kind::Name);
    assert_eq!(get(&client(&named(unused, &[&[HERE]]), &[]), &url).await.expect_err("no server").kind, Kind::Connect);
}
