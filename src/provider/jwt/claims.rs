//! What a token says, once its signature is good.

use std::time::{Duration, SystemTime};

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Map, Value};

use super::{Rules, Time};
use crate::clock::apart;
use crate::rejection::Reason;
use crate::signature::encoding::decode_hex;

/// The claims of a token.
#[derive(Default)]
pub(super) struct Claims(Map<String, Value>);

impl Claims {
    /// The claims, if this key has signed them by one of these algorithms. All else is checked by [`check`](Self::check), by
    /// the layer's clock.
    pub(super) fn verified(token: &str, key: &DecodingKey, algorithms: &[Algorithm]) -> Option<Self> {
        let mut rules = Validation::default();
        rules.required_spec_claims.clear();
        rules.algorithms.splice(.., algorithms.iter().copied());
        (rules.validate_exp, rules.validate_nbf, rules.validate_aud) = (false, false, false);
        decode(token, key, &rules).ok().map(|token| Self(token.claims))
    }

    /// Whose the token must be, for whom, and when.
    pub(super) fn check(&self, rules: &Rules, now: Option<SystemTime>) -> Result<(), Reason> {
        let issued = rules.issuers.is_empty() || rules.issuers.iter().any(|one| self.is("iss", one));
        let meant = rules.audience.as_deref().is_none_or(|one| self.is_for(one));
        let said = rules.equal.iter().all(|(name, value)| self.is(name, value));
        if !(issued && meant && said) {
            return Err(Reason::BadSignature);
        }
        let now = now.ok_or(Reason::ClockSuspect)?;
        match rules.time {
            Time::Issued(tolerance) => {
                let issued = self.time("iat")?.ok_or(Reason::MalformedTimestamp)?;
                if apart(now, issued) <= tolerance {
                    return Ok(());
                }
                Err(match now.duration_since(issued) {
                    Ok(_) => Reason::StaleTimestamp,
                    Err(_) => Reason::FutureTimestamp,
                })
            }
            Time::Expires => {
                let expires = self.time("exp")?.ok_or(Reason::MalformedTimestamp)?;
                let begins = self.time("nbf")?.unwrap_or(now);
                let is_far = |later: SystemTime, than| later.duration_since(than).is_ok_and(|by| by > LEEWAY);
                if is_far(begins, now) {
                    Err(Reason::FutureTimestamp)
                } else if is_far(now, expires) {
                    Err(Reason::StaleTimestamp)
                } else {
                    Ok(())
                }
            }
        }
    }

    /// The SHA-256 that this claim holds in hexadecimal.
    pub(super) fn digest(&self, claim: &str) -> Result<Option<[u8; 32]>, Reason> {
        let Some(value) = self.0.get(claim) else {
            return Ok(None);
        };
        let mut digest = [0; 32];
        let text = value.as_str().unwrap_or_default();
        decode_hex(text.as_bytes(), &mut digest).ok_or(Reason::BadSignature)?;
        Ok(Some(digest))
    }

    fn is(&self, claim: &str, wanted: &str) -> bool {
        match self.0.get(claim) {
            Some(Value::String(text)) => text == wanted,
            Some(Value::Bool(value)) => wanted == if *value { "true" } else { "false" },
            _ => false,
        }
    }

    /// One audience, or one among several.
    fn is_for(&self, wanted: &str) -> bool {
        match self.0.get("aud") {
            Some(Value::Array(several)) => several.iter().any(|one| one.as_str() == Some(wanted)),
            Some(one) => one.as_str() == Some(wanted),
            None => false,
        }
    }

    fn time(&self, claim: &str) -> Result<Option<SystemTime>, Reason> {
        let Some(value) = self.0.get(claim) else {
            return Ok(None);
        };
        let seconds = value.as_u64().ok_or(Reason::MalformedTimestamp)?;
        let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        time.map(Some).ok_or(Reason::MalformedTimestamp)
    }
}

/// How far two honest clocks may be apart.
const LEEWAY: Duration = Duration::from_secs(60);
