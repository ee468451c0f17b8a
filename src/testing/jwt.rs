//! Signing as a sender of JSON Web Tokens does.

use bytes::Bytes;
use http::Request;
use jsonwebtoken::{Algorithm, EncodingKey, encode};

use super::delivery::insert;
use super::{Delivery, Signs};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::provider::jwt::Jwt;
use crate::secret::Secrets;

/// The secret is the shared one, or a private key where keys are published, see
/// [`Secret::from_bytes`](crate::Secret::from_bytes): its PKCS #8 in DER. The token then names the key `test-key`: give the receiver's
/// key source a JWK of this `kid`.
impl Signs for Jwt {
    fn sign(&self, delivery: &Delivery, secrets: &Secrets) -> Result<Request<Bytes>, ConfigError> {
        let mut request = delivery.unsigned()?;
        let unsigned = self.unsigned_token(request.uri(), delivery.body(), delivery.time());
        let last = secrets.iter().last().expect("a set of secrets is never empty");
        let key = encoding_key(unsigned.header.alg, last.expose());
        let token = key.and_then(|key| encode(&unsigned.header, &unsigned.claims, &key).ok());
        let token = token.ok_or_else(|| {
            ConfigError::new(
                ConfigErrorKind::UndecodableSecret,
                "the secret must be a private key of the token's algorithm in PKCS #8, given by `Secret::from_bytes` as its DER bytes",
            )
        })?;
        let shown = format!("{}{token}", unsigned.prefix);
        insert(request.headers_mut(), unsigned.shown_in, &shown)?;
        Ok(request)
    }
}

fn encoding_key(algorithm: Algorithm, secret: &[u8]) -> Option<EncodingKey> {
    match algorithm {
        Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => Some(EncodingKey::from_secret(secret)),
        Algorithm::ES256 | Algorithm::ES384 => Some(EncodingKey::from_ec_der(secret)),
        _ => secret.get(RSA_HEAD..).map(EncodingKey::from_rsa_der),
    }
}

/// Bytes that PKCS #8 (RFC 5208) writes before an RSA key of 1024 to 16384 bits, which is PKCS #1 from there on.
const RSA_HEAD: usize = 26;
