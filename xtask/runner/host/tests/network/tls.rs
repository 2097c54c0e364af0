//! Whom the client trusts.

use crate::common::{HERE, client, get, network, page};
use mock_api::{Mock, Script};
use runner_host::network::{Client, Kind};
use runner_protocol::{Guard, Network};
use std::fs;
use tempfile::TempDir;

/// A server for `localhost`, a grant for it and for `a.example`, which is the same server under a name that its certificate lacks.
fn set_up(folder: &TempDir) -> (Mock, Network) {
    let mock = Mock::start_tls(Script { pages: vec![page()], ..Script::default() }).expect("starts");
    let (port, root) = (mock.port(), folder.path().join("ca.pem"));
    fs::write(&root, mock.ca_pem().expect("TLS")).expect("written");
    let mut grant = network(&["localhost", "127.0.0.1", "a.example"].map(|host| format!("https://{host}:{port}")));
    grant.names.insert("localhost".into(), vec![vec![HERE]]);
    grant.roots = vec![root];
    (mock, grant)
}

#[tokio::test]
async fn the_test_authority_is_trusted_if_it_is_named() {
    let folder = TempDir::new().expect("a folder");
    let (mock, grant) = set_up(&folder);
    for host in ["localhost", "127.0.0.1"] {
        let url = format!("https://{host}:{}/page", mock.port());
        assert_eq!(get(&client(&grant, &[]), &url).await, Ok((200, "Hi.".into())), "{host}");
    }
}

async fn refused_unless_off(grant: &Network, mock: &Mock, host: &str) {
    let url = format!("https://{host}:{}/page", mock.port());
    let refusal = get(&client(grant, &[]), &url).await.expect_err("refused");
    assert_eq!(refusal.kind, Kind::Certificate, "{refusal}");
    assert!(mock.recorded().is_empty());
    assert_eq!(get(&client(grant, &[Guard::Certificates]), &url).await, Ok((200, "Hi.".into())));
}

#[tokio::test]
async fn an_unknown_authority_is_refused_unless_the_guard_is_off() {
    let folder = TempDir::new().expect("a folder");
    let (mock, grant) = set_up(&folder);
    refused_unless_off(&Network { roots: Vec::new(), ..grant }, &mock, "localhost").await;
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused_unless_the_guard_is_off() {
    let folder = TempDir::new().expect("a folder");
    let (mock, grant) = set_up(&folder);
    refused_unless_off(&grant, &mock, "a.example").await;
}

#[tokio::test]
async fn a_server_without_tls_is_no_certificate_problem() {
    let mock = crate::common::server();
    let grant = network(&[format!("https://a.example:{}", mock.port())]);
    let refusal = get(&client(&grant, &[]), &format!("https://a.example:{}/page", mock.port())).await.expect_err("no TLS");
    assert_eq!(refusal.kind, Kind::Tls, "{refusal}");
}

#[test]
fn a_root_that_is_none_is_a_wrong_specification() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("ca.pem");
    let grant = Network { roots: vec![path.clone()], ..Network::default() };
    for text in [None, Some(""), Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")] {
        if let Some(text) = text {
            fs::write(&path, text).expect("written");
        }
        let error = Client::new(&grant, &[]).err().expect("refused");
        assert!(error.to_string().contains("ca.pem cannot be trusted"), "{text:?} {error:?}");
    }
}
