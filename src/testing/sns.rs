//! Signing as Amazon SNS does.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderValue;
use http::Request;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::{Delivery, Signs, key_pair};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::provider::Sns;
use crate::secret::Secrets;
use crate::signature::public_key::Algorithm;

/// The body is the document, or the text of a notification. What a document lacks of type, id, topic (the first), time, version
/// (2) and certificate (`/SimpleNotificationService-0.pem` at the topic's host) is filled in. The secret is a private key, see
/// [`Secret::from_bytes`](crate::Secret::from_bytes): its PKCS #8 in DER.
impl Signs for Sns {
    fn sign(&self, delivery: &Delivery, secrets: &Secrets) -> Result<Request<Bytes>, ConfigError> {
        let mut document = match serde_json::from_slice(delivery.body()) {
            Ok(Value::Object(document)) => document,
            _ => Map::from_iter([("Message".into(), String::from_utf8_lossy(delivery.body()).into())]),
        };
        let (topic, host) = self.first_topic().unwrap_or_default();
        let filled = [
            ("Type", "Notification"),
            ("MessageId", delivery.event_id()),
            ("TopicArn", topic),
            ("Timestamp", &delivery.written_time()),
            ("SignatureVersion", "2"),
            ("Signature", ""),
            (
                "SigningCertURL",
                &format!("https://{host}/SimpleNotificationService-0.pem"),
            ),
        ];
        for (name, value) in filled {
            document.entry(name).or_insert_with(|| value.into());
        }
        let unsigned = Value::from(document.clone()).to_string();
        let text = Self::signed_text(unsigned.as_bytes()).ok_or_else(|| {
            ConfigError::new(
                ConfigErrorKind::Scheme,
                "the document is no message of SNS; give it the fields of one",
            )
        })?;
        let signature = STANDARD.encode(key_pair::sign(
            Algorithm::RsaPkcs1Sha256,
            secrets,
            text.as_bytes(),
        )?);
        document.insert("Signature".into(), signature.into());
        let mut request = delivery
            .unsigned()?
            .map(|_| Value::from(document).to_string().into());
        let media_type = HeaderValue::from_static("text/plain; charset=UTF-8");
        request.headers_mut().insert(CONTENT_TYPE, media_type);
        Ok(request)
    }
}
