//! `webhook send` to a receiver behind TLS, and to addresses that are none.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use tempfile::NamedTempFile;
use tokio::process::Command;
use tokio_rustls::TlsAcceptor;
use tower_webhook::Secret;
use tower_webhook::provider::STRIPE;

use support::receiver::{layer, serve_over};

const SECRET: &str = "a secret of sufficient length";

/// Somebody who vouches for servers.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: NamedTempFile,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let file = NamedTempFile::new().unwrap();
        std::fs::write(file.path(), issuer.pem()).unwrap();
        Self { issuer, file }
    }

    /// A server of this name or address, as it shows itself.
    fn server(&self, name: &str) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// What `webhook send` says to a receiver, with the platform trusting these and `--cacert` naming those.
async fn send(to: &str, platform: &Path, cacert: Option<&Path>) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_webhook"));
    command.args(["send", "stripe", "invoice.paid", "--secret", SECRET, "--to", to]);
    command.args(cacert.iter().map(|file| format!("--cacert={}", file.display())));
    let output = command
        .env("SSL_CERT_FILE", platform)
        .env_remove("SSL_CERT_DIR")
        .output()
        .await
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

/// The address of a receiver that shows itself like this.
async fn receiver(tls: TlsAcceptor) -> String {
    let verify = layer(&STRIPE, &Secret::new(SECRET).unwrap(), "", "");
    let (address, _) = serve_over(Some(tls), verify).await;
    format!("https://{address}/stripe")
}

#[tokio::test]
async fn a_receiver_behind_tls_is_sent_to_if_it_is_vouched_for() {
    let [known, other] = [(); 2].map(|()| Authority::new());
    let (file, others) = (known.file.path(), other.file.path());
    let to = receiver(known.server("127.0.0.1")).await;
    for (platform, cacert) in [(others, Some(file)), (file, None)] {
        let (code, said) = send(&to, platform, cacert).await;
        assert!(code == Some(0) && said.starts_with("1 accepted"), "{said}");
    }
    for (platform, cacert) in [(others, None), (file, Some(others))] {
        let (code, said) = send(&to, platform, cacert).await;
        assert!(
            code == Some(1) && said.contains("invalid peer certificate"),
            "{said}"
        );
    }
    let elsewhere = receiver(known.server("hooks.example.com")).await;
    let (code, said) = send(&elsewhere, others, Some(file)).await;
    assert!(
        code == Some(1) && said.contains("certificate not valid for name"),
        "{said}"
    );
}

#[tokio::test]
async fn what_cannot_be_sent_to_or_trusted_is_said_at_once() {
    let authority = Authority::new();
    let empty = NamedTempFile::new().unwrap();
    let (file, none) = (authority.file.path(), empty.path());
    for (to, cacert, advice) in [
        ("127.0.0.1:3000", None, "say `--to http://HOST/PATH` or"),
        ("ftp://127.0.0.1/", None, "say `--to http://HOST/PATH` or"),
        (
            "https://127.0.0.1:1/",
            Some(none),
            "it holds no certificate in PEM",
        ),
        (
            "https://127.0.0.1:1/",
            Some(Path::new("/there/is/none")),
            "/there/is/none: ",
        ),
    ] {
        let (code, said) = send(to, file, cacert).await;
        assert!(code == Some(2) && said.contains(advice), "{to}: {said}");
    }
}

#[tokio::test]
async fn no_delivery_at_all_is_not_what_anybody_asks_for() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_webhook"));
    command.args(["send", "stripe", "invoice.paid", "--secret", SECRET, "--times=0"]);
    let output = command
        .args(["--to", "http://127.0.0.1:1/"])
        .output()
        .await
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("invalid value '0' for '--times <TIMES>'"), "{said}");
}
