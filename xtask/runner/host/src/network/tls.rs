//! Whom the client trusts, and how it greets the other side.

use super::{Kind, Refusal};
use crate::failure::Failure;
use agent::url::Url;
use anyhow::{Context, Result, bail};
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use std::{path::PathBuf, sync::Arc};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

/// A connector that trusts the public roots and those in the files `roots`; with `check` off, anybody.
///
/// # Errors
/// A file cannot be read, or has no certificate.
pub fn connector(roots: &[PathBuf], check: bool) -> Result<TlsConnector> {
    let mut store = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for path in roots {
        let wrong =
            || Failure::usage(format!("{} cannot be trusted: it has to be a file with certificates as PEM", path.display()));
        let before = store.len();
        for certificate in CertificateDer::pem_file_iter(path).with_context(wrong)? {
            store.add(certificate.with_context(wrong)?).with_context(wrong)?;
        }
        if store.len() == before {
            bail!(wrong());
        }
    }
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
    let mut config = if check {
        builder.with_root_certificates(store).with_no_client_auth()
    } else {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody(provider))).with_no_client_auth()
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

/// The handshake with the host of `url`.
///
/// # Errors
/// The other side is not trusted, or does not speak TLS.
pub async fn handshake(connector: &TlsConnector, url: &Url, stream: TcpStream) -> Result<TlsStream<TcpStream>, Refusal> {
    let failed = |kind, what: String| Refusal::new(kind, format!("the TLS handshake with {} failed: {what}", url.host));
    let name = match url.address {
        Some(address) => ServerName::from(address),
        None => ServerName::try_from(url.host.clone()).map_err(|error| failed(Kind::Url, error.to_string()))?,
    };
    connector.connect(name, stream).await.map_err(|error| {
        let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
        let kind = if matches!(cause, Some(rustls::Error::InvalidCertificate(_))) { Kind::Certificate } else { Kind::Tls };
        failed(kind, error.to_string())
    })
}

/// Trusts anybody: what [`runner_protocol::Guard::Certificates`] is there to prevent.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
