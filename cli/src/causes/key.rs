//! Secrets of the wrong family: read as another kind of sender reads its secrets.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use tower_webhook::{Secret, Secrets};

use crate::judge::Terms;

/// Tries the secret as another family of secrets would read it.
pub(super) async fn of_another_family(terms: &Terms, request: &Request<Bytes>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for secret in terms.secrets.iter() {
        let text = secret.expose();
        let bare = text.strip_prefix(b"whsec_").unwrap_or(text);
        let tries = [
            (
                "the secret's text itself is the key: it was decoded, but must not be",
                Some(text.to_vec()),
            ),
            (
                "the key is what the secret is the Base64 of: it must be decoded",
                STANDARD.decode(bare).ok(),
            ),
            (
                "the key is what the secret is the hexadecimal form of: it must be decoded",
                hex::decode(bare).ok(),
            ),
            (
                "the secret's `whsec_` is not part of the key",
                Some(bare.to_vec()).filter(|bare| bare != text),
            ),
        ];
        for (cause, key) in tries {
            let Some(Ok(key)) = key.map(Secret::from_bytes) else {
                continue;
            };
            let terms = Terms {
                secrets: Secrets::from(key),
                ..terms.clone()
            };
            if terms.proves(request.clone()).await {
                found.push(format!("wrong secret family: {cause}"));
            }
        }
    }
    found.dedup();
    found
}
