//! Headers that the host adds, and those that it takes away.

use crate::common::{client, head, network, request, server};
use runner_host::network::Client;
use runner_protocol::{Credential, Network};
use std::fs;
use tempfile::TempDir;

fn with_key(mut network: Network, host: String, folder: &TempDir) -> Network {
    let value_file = folder.path().join("key");
    fs::write(&value_file, "Bearer sk-test-1\n").expect("written");
    network.credentials = vec![Credential { host, header: "Authorization".into(), value_file }];
    network
}

#[tokio::test]
async fn a_credential_goes_to_its_host_and_to_no_other() {
    let (mock, folder) = (server(), TempDir::new().expect("a folder"));
    let port = mock.port();
    let grant = with_key(network(&[format!("http://*.example:{port}")]), format!("http://a.example:{port}"), &folder);
    let client = client(&grant, &[]);
    let mut asked = request(&format!("http://a.example:{port}/page"));
    asked.headers_mut().insert("authorization", "Bearer guest".parse().expect("a value"));
    client.send(asked, None).await.expect("a response");
    head(&client, &format!("http://b.example:{port}/page")).await.expect("a response");
    let seen = mock.recorded();
    let keys: Vec<_> = seen.iter().map(|request| request.header("authorization")).collect();
    assert_eq!(keys, [Some("Bearer sk-test-1"), None]);
    assert!(!format!("{:?}", client.contacts()).contains("sk-test-1"));
}

#[tokio::test]
async fn the_headers_of_the_connection_are_the_hosts() {
    let mock = server();
    let client = client(&network(&[format!("http://a.example:{}", mock.port())]), &[]);
    let mut asked = request(&format!("http://a.example:{}/page", mock.port()));
    for (name, value) in
        [("host", "b.example"), ("upgrade", "h2c"), ("connection", "keep-alive"), ("x-own", "kept"), ("content-length", "99")]
    {
        asked.headers_mut().insert(name, value.parse().expect("a value"));
    }
    client.send(asked, None).await.expect("a response");
    let seen = &mock.recorded()[0];
    assert_eq!(seen.header("host"), Some(&*format!("a.example:{}", mock.port())));
    assert_eq!((seen.header("upgrade"), seen.header("connection")), (None, Some("close")));
    assert_eq!((seen.header("x-own"), seen.header("content-length")), (Some("kept"), None));
}

#[test]
fn a_credential_that_is_no_header_is_refused_without_showing_it() {
    let folder = TempDir::new().expect("a folder");
    let grant = with_key(network(&[]), "https://a.example".into(), &folder);
    let path = &grant.credentials[0].value_file;
    fs::write(path, "sk-secret\nsecond line").expect("written");
    let error = Client::new(&grant, &[]).err().expect("refused");
    assert!(!format!("{error:?}").contains("sk-secret"), "{error:?}");
    fs::remove_file(path).expect("removed");
    assert!(Client::new(&grant, &[]).is_err());
}
