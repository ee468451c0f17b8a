//! Signing HTTP messages as RFC 9421 has it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use sha2::{Digest, Sha256};

use super::delivery::insert;
#[cfg(feature = "aws-lc-rs")]
use super::key_pair;
use super::{Delivery, Signs};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::provider::place::Part;
use crate::provider::{MessageSignatures, Provider};
use crate::secret::Secrets;
use crate::signature::hmac::{Algorithm, MacKey};

/// Signs what the scheme names and no more, for the provider's first key. The secret is that key's: an HMAC's bytes, or a private
/// key in PKCS #8, see [`Secret::from_bytes`](crate::Secret::from_bytes), as its DER bytes.
impl Signs for MessageSignatures {
    fn sign(&self, delivery: &Delivery, secrets: &Secrets) -> Result<Request<Bytes>, ConfigError> {
        let (id, key) = self.first_key().ok_or_else(|| unusable("there is no key"))?;
        let mut request = delivery.unsigned()?;
        let digest = STANDARD.encode(Sha256::digest(delivery.body()));
        insert(
            request.headers_mut(),
            "content-digest",
            &format!("sha-256=:{digest}:"),
        )?;
        let input = format!(
            "sig1={};created={};keyid=\"{id}\"",
            self.covered(),
            seconds(delivery)
        );
        insert(request.headers_mut(), "signature-input", &input)?;
        insert(request.headers_mut(), "signature", "sig1=:AA==:")?;
        let (head, body) = request.into_parts();
        let base = self.first_base(&head).map_err(|reason| unusable(reason.code()))?;
        let signature = match key.key_pair() {
            None => {
                let last = secrets.iter().last().expect("a set of secrets is never empty");
                let mut mac = MacKey::new(Algorithm::Sha256, last.expose()).start();
                mac.update(base.as_bytes());
                mac.finish().as_bytes().to_vec()
            }
            #[cfg(feature = "aws-lc-rs")]
            Some(algorithm) => key_pair::sign(algorithm, secrets, base.as_bytes())?,
            #[cfg(not(feature = "aws-lc-rs"))]
            Some(never) => match never {},
        };
        let mut request = Request::from_parts(head, body);
        let signature = format!("sig1=:{}:", STANDARD.encode(signature));
        insert(request.headers_mut(), "signature", &signature)?;
        Ok(request)
    }
}

impl MessageSignatures {
    /// The components that the scheme names, as a list.
    fn covered(&self) -> String {
        let names = self.scheme().content.iter().filter_map(|part| match part {
            Part::Body => Some("\"content-digest\"".to_owned()),
            Part::Method => Some("\"@method\"".to_owned()),
            Part::Url => Some("\"@target-uri\"".to_owned()),
            Part::Header(name) => Some(format!("\"{name}\"")),
            _ => None,
        });
        format!("({})", names.collect::<Vec<_>>().join(" "))
    }
}

fn seconds(delivery: &Delivery) -> u64 {
    let since = delivery.time().duration_since(std::time::SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

fn unusable(why: &str) -> ConfigError {
    ConfigError::new(
        ConfigErrorKind::Scheme,
        format!("the delivery can't be signed: {why}"),
    )
}
