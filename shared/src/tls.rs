//! One TLS set-up for Postgres and HTTP: rustls on ring, public roots, and the database's own authority where it has one.

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("the certificate authority is not readable PEM: {0}")]
    Pem(#[from] rustls::pki_types::pem::Error),
    #[error("TLS cannot be set up: {0}")]
    Rustls(#[from] rustls::Error),
}

/// Verifies servers by the public roots and by `ca_pem`.
pub(crate) fn client_config(ca_pem: Option<&str>) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.into(),
    };
    for certificate in CertificateDer::pem_slice_iter(ca_pem.unwrap_or_default().as_bytes()) {
        roots.add(certificate?)?;
    }
    let provider = rustls::crypto::ring::default_provider();
    Ok(ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
