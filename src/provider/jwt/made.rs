//! What a genuine token says, for the signer.

use std::time::{Duration, SystemTime};

use http::Uri;
use jsonwebtoken::{Algorithm, Header};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{Bearer, Jwt, Time, Trust, asked_at};
use crate::signature::encoding::Encoding;

/// A token before it is signed, and where it is shown.
pub(crate) struct Unsigned {
    pub(crate) shown_in: &'static str,
    pub(crate) prefix: &'static str,
    pub(crate) header: Header,
    pub(crate) claims: Map<String, Value>,
}

impl Jwt {
    /// The token of a delivery of this body, made at this time. Where keys are published it names one, [`KEY`].
    pub(crate) fn unsigned_token(&self, uri: &Uri, body: &[u8], time: SystemTime) -> Unsigned {
        let rules = &self.rules;
        let algorithm = rules.algorithms.first().copied().unwrap_or(Algorithm::HS256);
        let mut header = Header::new(algorithm);
        if let Trust::Published(_) = self.trust {
            header.kid = Some(KEY.into());
        }
        let mut claims = Map::from_iter([("iat".to_owned(), seconds(time).into())]);
        if let Time::Expires = rules.time {
            claims.insert("exp".into(), seconds(time + LIFE).into());
        }
        let texts = [("iss", rules.issuers.first()), ("aud", rules.audience.as_ref())];
        for (name, text) in texts {
            claims.extend(text.map(|text| (name.to_owned(), text.as_str().into())));
        }
        for (name, value) in &rules.equal {
            let value = value
                .parse::<bool>()
                .map_or_else(|_| value.as_str().into(), Value::from);
            claims.insert(name.clone(), value);
        }
        if let Some((claim, url)) = &rules.url {
            claims.insert((*claim).into(), hash(asked_at(url, uri).as_bytes()));
        }
        if let Some(rule) = rules.body
            && !(rule.absent_when_empty && body.is_empty())
        {
            claims.insert(rule.claim.into(), hash(body));
        }
        Unsigned {
            shown_in: rules.header,
            prefix: if rules.bearer == Bearer::Always {
                "Bearer "
            } else {
                ""
            },
            header,
            claims,
        }
    }
}

fn hash(bytes: &[u8]) -> Value {
    Encoding::Hex.encode(&Sha256::digest(bytes)).into()
}

fn seconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

/// The id of the key that a token names.
const KEY: &str = "test-key";
/// Most issuers' tokens live for an hour at the most; these end before a stale delivery is an hour old.
const LIFE: Duration = Duration::from_secs(300);
