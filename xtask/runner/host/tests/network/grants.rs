//! Which hosts and addresses are reached.

use crate::common::{HERE, client, decision, get, network, request, server};
use http::Method;
use runner_host::network::Kind;
use runner_protocol::{Contact, Decision, Guard};
use std::net::IpAddr;

#[tokio::test]
async fn a_granted_host_is_reached_and_logged_without_its_query() {
    let mock = server();
    let url = format!("http://a.example:{}/page", mock.port());
    let client = client(&network(&[format!("http://*.example:{}", mock.port())]), &[]);
    assert_eq!(get(&client, &format!("{url}?key=secret")).await, Ok((200, "Hi.".into())));
    let contact = Contact { request: format!("GET {url}"), address: Some(HERE), decision: Decision::Answered(200) };
    assert_eq!(client.contacts(), [contact]);
    let seen = mock.recorded();
    assert_eq!(seen[0].header("host"), Some(&*format!("a.example:{}", mock.port())));
    assert!(client.fresh().contacts().is_empty());
}

#[tokio::test]
async fn another_scheme_host_or_port_is_refused_unless_the_guard_is_off() {
    let mock = server();
    let port = mock.port();
    let hosts = [
        format!("https://a.example:{port}"),
        format!("http://b.example:{port}"),
        "http://a.example:1".into(),
        format!("http://*.a.example:{port}"),
    ];
    let url = format!("http://a.example:{port}/page");
    let held = client(&network(&hosts), &[]);
    assert_eq!(get(&held, &url).await.expect_err("refused").kind, Kind::Denied);
    assert!(matches!(decision(&held), Decision::Refused(_)) && mock.recorded().is_empty());
    let open = client(&network(&hosts), &[Guard::Hosts]);
    assert_eq!(get(&open, &url).await, Ok((200, "Hi.".into())));
}

#[tokio::test]
async fn what_two_readers_could_read_differently_is_refused() {
    let mock = server();
    let port = mock.port();
    let client = client(&network(&["http://*:*".into(), "https://*:*".into()]), &[]);
    let urls = [
        format!("http://a.example@b.example:{port}/page"),
        format!("http://2130706433:{port}/page"),
        format!("http://0x7f.1:{port}/page"),
        format!("http://127.1:{port}/page"),
        format!("ftp://a.example:{port}/page"),
    ];
    for url in urls {
        assert_eq!(get(&client, &url).await.expect_err(&url).kind, Kind::Url, "{url}");
    }
    let mut tunnel = request(&format!("http://a.example:{port}"));
    *tunnel.method_mut() = Method::CONNECT;
    assert_eq!(client.send(tunnel, None).await.expect_err("a tunnel").kind, Kind::Method);
    assert!(mock.recorded().is_empty());
    let logged = format!("{:?}", client.contacts());
    assert!(logged.contains("b.example") && !logged.contains("a.example@"), "{logged}");
}

#[tokio::test]
async fn private_addresses_are_refused_unless_granted_or_the_guard_is_off() {
    let mock = server();
    let port = mock.port();
    let mut grant = network(&["http://*:*".into()]);
    grant.private.clear();
    let literal = format!("http://127.0.0.1:{port}/page");
    for url in [
        &literal,
        &format!("http://a.example:{port}/page"),
        &format!("http://[::1]:{port}/"),
        &format!("http://[::ffff:127.0.0.1]:{port}/"),
    ] {
        assert_eq!(get(&client(&grant, &[]), url).await.expect_err(url).kind, Kind::Address, "{url}");
    }
    assert!(mock.recorded().is_empty());
    assert_eq!(get(&client(&grant, &[Guard::Private]), &literal).await, Ok((200, "Hi.".into())));
}

#[tokio::test]
async fn no_range_that_is_not_the_internet_is_reached() {
    let mut grant = network(&["http://*:*".into()]);
    let addresses = [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.2",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "fec0::1",
        "ff02::1",
    ];
    for address in addresses {
        let address: IpAddr = address.parse().expect(address);
        grant.names.insert("a.example".into(), vec![vec![address]]);
        let refusal = get(&client(&grant, &[]), "http://a.example:9/").await.expect_err("refused");
        assert_eq!(refusal.kind, Kind::Address, "{address}");
    }
}

#[test]
fn a_pattern_that_is_none_is_a_wrong_specification() {
    let error = runner_host::network::Client::new(&network(&["a.example".into()]), &[]).err().expect("refused");
    assert!(error.to_string().contains("`a.example` is no pattern"), "{error}");
    assert_eq!(runner_host::failure::exit_of(&error), runner_host::failure::USAGE);
}
