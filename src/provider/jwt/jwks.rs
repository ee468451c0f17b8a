//! Public keys that an issuer publishes as JWKs (RFC 7517), by their id.

use std::time::{Duration, SystemTime};

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use serde::Deserialize;

use crate::error::{BoxError, ConfigError};
use crate::key_source::{KeyCache, KeyHosts, KeySource, KeyUrl};
use crate::provider::Refusal;
use crate::rejection::Reason;

/// Where the keys are.
pub(super) struct Published {
    keys: KeyCache<Vec<PublishedKey>>,
    place: KeyPlace,
}

enum KeyPlace {
    /// A set of them, at one URL.
    Set(KeyUrl),
    /// Each at a URL of its own, which is this and its id.
    Each(KeyHosts, &'static str),
}

struct PublishedKey {
    id: String,
    key: DecodingKey,
    expired: Option<SystemTime>,
}

impl Published {
    pub(super) fn set(url: KeyUrl, source: impl KeySource) -> Self {
        // Issuers change their keys within hours.
        let keys = KeyCache::new(source, read).keep(Duration::from_secs(3_600));
        Self {
            keys,
            place: KeyPlace::Set(url),
        }
    }

    pub(super) fn each(host: &str, base: &'static str, source: impl KeySource) -> Result<Self, ConfigError> {
        Ok(Self {
            keys: KeyCache::new(source, read).keep(Duration::from_secs(3_600)),
            place: KeyPlace::Each(KeyHosts::new([host])?, base),
        })
    }

    /// The key with this id. It is an outsider's word, so it is a plain one or none.
    pub(super) async fn find(
        &self,
        id: &str,
        now: Option<SystemTime>,
    ) -> Result<Option<DecodingKey>, Refusal> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if id.is_empty() || id.len() > MAX_ID || id.starts_with('.') || !id.bytes().all(plain) {
            return Err(Reason::MalformedHeader.into());
        }
        let keys = match &self.place {
            KeyPlace::Set(url) => {
                let known = self.keys.get(url).await?;
                match known.iter().any(|key| key.id == id) {
                    true => known,
                    false => self.keys.newer(url).await?,
                }
            }
            KeyPlace::Each(hosts, base) => self.keys.get(&hosts.url(&format!("{base}{id}"))?).await?,
        };
        let counts = |key: &&PublishedKey| {
            key.id == id
                && key
                    .expired
                    .is_none_or(|expired| now.is_some_and(|now| now < expired))
        };
        Ok(keys.iter().find(counts).map(|key| key.key.clone()))
    }
}

/// A set of keys; Plaid's answer, which holds one; or a bare key.
#[derive(Deserialize)]
#[serde(untagged)]
enum Document {
    Set { keys: Vec<serde_json::Value> },
    One { key: serde_json::Value },
    Bare(serde_json::Value),
}

/// The keys that can verify; those of other kinds are passed over.
fn read(document: &[u8]) -> Result<Vec<PublishedKey>, BoxError> {
    let listed = match serde_json::from_slice(document)? {
        Document::Set { keys } => keys,
        Document::One { key } | Document::Bare(key) => vec![key],
    };
    let keys: Vec<_> = listed.into_iter().filter_map(read_key).collect();
    match keys.is_empty() {
        true => Err("it holds no key that can verify a signature".into()),
        false => Ok(keys),
    }
}

fn read_key(value: serde_json::Value) -> Option<PublishedKey> {
    let expired = value.get("expired_at").and_then(serde_json::Value::as_u64);
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    if jwk.common.public_key_use == Some(PublicKeyUse::Encryption) {
        return None;
    }
    Some(PublishedKey {
        key: DecodingKey::from_jwk(&jwk).ok()?,
        id: jwk.common.key_id?,
        expired: expired.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))),
    })
}

/// Issuers' ids are hashes and UUIDs.
const MAX_ID: usize = 128;
