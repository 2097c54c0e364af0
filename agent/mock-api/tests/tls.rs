//! HTTPS with the authority of the mock and no other.

#![cfg(feature = "tls")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Instant;

use mock_api::{Mock, Page, Script};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

fn client(mock: &Mock, pem: &str, name: &'static str) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM")).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    let name = ServerName::try_from(name).expect("a name");
    let stream = TcpStream::connect(("127.0.0.1", mock.port())).expect("connects");
    StreamOwned::new(ClientConnection::new(config, name).expect("a client"), stream)
}

#[test]
fn a_client_that_trusts_the_authority_is_served() {
    let page = Page { path: "/a".into(), body: "Hi.".into(), ..Page::default() };
    let mock = Mock::start_tls(Script { pages: vec![page], ..Script::default() }).expect("starts");
    let pem = mock.ca_pem().expect("TLS").to_string();
    assert_eq!(mock.url(), format!("https://127.0.0.1:{}", mock.port()));
    for name in ["localhost", "127.0.0.1"] {
        let mut client = client(&mock, &pem, name);
        client.write_all(b"GET /a HTTP/1.1\r\nconnection: close\r\n\r\n").expect("sends");
        let mut answer = String::new();
        client.read_to_string(&mut answer).expect("a good end");
        assert!(answer.ends_with("\r\n\r\nHi."), "{answer}");
    }
    let other = Mock::start_tls(Script::default()).expect("starts");
    let mut stranger = client(&mock, other.ca_pem().expect("TLS"), "localhost");
    assert!(stranger.write_all(b"GET /a HTTP/1.1\r\n\r\n").and_then(|()| stranger.flush()).is_err());

    let _idle = TcpStream::connect(("127.0.0.1", mock.port())).expect("connects");
    let start = Instant::now();
    drop(mock);
    assert!(start.elapsed().as_secs() < 2);
}
