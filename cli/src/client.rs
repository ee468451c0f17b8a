//! The HTTP client that deliveries are sent with: plain, or over TLS with the platform's trust or a file's.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::Uri;
use http_body_util::Full;
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::in_file;

pub(crate) type Http = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// A client for this address, which trusts whom the file names, or else whom the platform trusts.
///
/// # Errors
///
/// When the address is none that can be sent to, or there is nobody to trust.
pub(crate) fn client(to: &str, trusted: Option<&Path>) -> Result<Http, Box<dyn Error>> {
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?;
    let config = match (is_https(to)?, trusted) {
        (true, Some(file)) => config.with_root_certificates(roots(file)?),
        (true, None) => config.with_native_roots()?,
        // Reading the platform's takes a while, and nobody will ask for them.
        (false, _) => config.with_root_certificates(RootCertStore::empty()),
    };
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(config.with_no_client_auth())
        .https_or_http()
        .enable_http1()
        .build();
    Ok(Client::builder(TokioExecutor::new()).build(connector))
}

fn is_https(to: &str) -> Result<bool, &'static str> {
    let uri = to.parse::<Uri>().map_err(|_| NO_ADDRESS)?;
    match uri.scheme_str() {
        Some("https") => Ok(true),
        Some("http") => Ok(false),
        _ => Err(NO_ADDRESS),
    }
}

/// The certificates in this file, PEM like curl's.
fn roots(file: &Path) -> Result<RootCertStore, String> {
    let text = in_file(file, std::fs::read(file))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate = certificate.map_err(|error| format!("{}: {error}", file.display()))?;
        let added = roots.add(certificate);
        added.map_err(|error| format!("{}: {error}", file.display()))?;
    }
    match roots.is_empty() {
        true => Err(format!("{}: it holds no certificate in PEM", file.display())),
        false => Ok(roots),
    }
}

const NO_ADDRESS: &str = "say `--to http://HOST/PATH` or `--to https://HOST/PATH`";
