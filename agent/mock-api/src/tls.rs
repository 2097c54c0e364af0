//! A test authority of its own, and a certificate of it for this machine.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The names a client may use.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// What TLS connections are made with.
pub(crate) struct Tls {
    config: Arc<ServerConfig>,
    /// The certificate of the authority, as PEM.
    pub ca_pem: String,
}

impl Tls {
    /// A fresh authority and a fresh certificate.
    pub(crate) fn new() -> io::Result<Tls> {
        let mut params = CertificateParams::new(Vec::new()).map_err(io::Error::other)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, "mock-api test authority");
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let ca_pem = params.self_signed(&key).map_err(io::Error::other)?.pem();
        let issuer = Issuer::new(params, key);

        let mut params = CertificateParams::new(NAMES.map(String::from)).map_err(io::Error::other)?;
        params.distinguished_name.push(DnType::CommonName, "mock-api");
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = params.signed_by(&key, &issuer).map_err(io::Error::other)?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .map_err(io::Error::other)?;
        Ok(Tls { config: Arc::new(config), ca_pem })
    }

    /// The handshake happens with the first read.
    pub(crate) fn accept(&self, stream: TcpStream) -> io::Result<StreamOwned<ServerConnection, TcpStream>> {
        let connection = ServerConnection::new(self.config.clone()).map_err(io::Error::other)?;
        Ok(StreamOwned::new(connection, stream))
    }
}
