//! Keys, certificates and JWKs of a test's own.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

/// The private key, in a file as `--key` takes it.
pub(crate) fn key_file(key: &KeyPair) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    let encoded = STANDARD.encode(key.serialize_der());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{encoded}\n-----END PRIVATE KEY-----\n");
    std::fs::write(file.path(), pem).unwrap();
    file
}

/// A certificate of this key, issued to this name.
pub(crate) fn certificate(key: &KeyPair, name: &str) -> String {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2040, 1, 1);
    params.self_signed(key).unwrap().pem().trim().to_owned()
}

/// The public half as a JWK, under the name that `webhook send` gives it.
pub(crate) fn jwk(key: &KeyPair) -> Value {
    let (public, text) = (key.public_key_raw(), |bytes| {
        URL_SAFE_NO_PAD.encode::<&[u8]>(bytes)
    });
    if key.is_compatible(&PKCS_ECDSA_P256_SHA256) {
        let (x, y) = (text(&public[1..33]), text(&public[33..65]));
        return json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": "test-key", "x": x, "y": y});
    }
    // A sequence of two numbers: 2048 bits behind a zero, and 65537.
    let modulus = text(&public[9..265]);
    json!({"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "test-key", "n": modulus, "e": "AQAB"})
}
