//! Signing as PayPal does.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;

use super::delivery::insert;
use super::{Delivery, Signs, key_pair};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::provider::PayPal;
use crate::secret::Secrets;
use crate::signature::public_key::Algorithm;

/// The certificate is said to stand at `/v1/notifications/certs/CERT-0`. The secret is a private key, see
/// [`Secret::from_bytes`](crate::Secret::from_bytes): its PKCS #8 in DER.
impl Signs for PayPal {
    fn sign(&self, delivery: &Delivery, secrets: &Secrets) -> Result<Request<Bytes>, ConfigError> {
        let mut request = delivery.unsigned()?;
        let headers = request.headers_mut();
        insert(headers, "paypal-cert-url", &self.test_certificate_url())?;
        insert(headers, "paypal-auth-algo", "SHA256withRSA")?;
        let (head, body) = request.into_parts();
        let text = self.signed_text(&head, &body).map_err(|reason| {
            ConfigError::new(
                ConfigErrorKind::Scheme,
                format!("the delivery can't be signed: {}", reason.code()),
            )
        })?;
        let signature = STANDARD.encode(key_pair::sign(
            Algorithm::RsaPkcs1Sha256,
            secrets,
            text.as_bytes(),
        )?);
        let mut request = Request::from_parts(head, body);
        insert(request.headers_mut(), "paypal-transmission-sig", &signature)?;
        Ok(request)
    }
}
