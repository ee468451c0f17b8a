//! The start-up check of a sender with its secrets and settings: what works, or seems to, and is not what was meant.

use super::description::Scheme;
use super::keys::key;
#[cfg(feature = "ed25519")]
use super::method::PUBLIC;
use super::method::{KeyForm, Method};
use super::sender::Sender;
use super::senders;
use crate::error::{ConfigError, ConfigErrorKind};
use crate::secret::{Secret, Secrets, trace};
use crate::telemetry;

impl Sender {
    /// Finds what is wrong with the secrets and the settings, and says what an operator should know of them.
    pub(super) fn lint(&self) -> Result<(), ConfigError> {
        if let Some(secrets) = self.ring().fixed() {
            secrets
                .iter()
                .try_for_each(|secret| check_kind(secret, &self.scheme))?;
            check_twins(secrets, self.scheme.key)?;
            secrets
                .iter()
                .for_each(|secret| advise_on_form(secret, &self.scheme));
        }
        if self.scheme.timestamp.is_none() && self.scheme.tolerance != Scheme::hmac_sha256("").tolerance {
            telemetry::advise(
                self.scheme.name,
                "this sender signs no time, so its deliveries have no age: the tolerance does nothing",
            );
        }
        self.lint_greeting()
    }
}

/// A public key is no secret: whoever has it, which is anybody, could sign by an HMAC with it.
fn check_kind(secret: &Secret, scheme: &Scheme) -> Result<(), ConfigError> {
    let shared = matches!(scheme.method, Method::Hmac(_) | Method::Token | Method::Digest);
    let mut starts = ASYMMETRIC.iter().filter(|start| !scheme.takes_keys_like(start));
    let is_of_a_pair = starts.any(|start| secret.expose().starts_with(start.as_bytes()));
    if shared && is_of_a_pair && !secret.is_key() {
        let advice = format!(
            "the secret is half of a key pair, but {} signs with a secret that both sides share; copy that one",
            scheme.name
        );
        return Err(ConfigError::new(ConfigErrorKind::UndecodableSecret, advice));
    }
    Ok(())
}

impl Scheme {
    /// Whether a public key that begins so is one of the sender's, beside its secrets.
    fn takes_keys_like(&self, start: &str) -> bool {
        match self.key {
            #[cfg(feature = "ed25519")]
            KeyForm::Base64OrPublic { .. } => start == PUBLIC,
            _ => {
                let _ = start;
                false
            }
        }
    }
}

/// Secrets that are written differently and make the same signatures: one of them was not exchanged.
fn check_twins(secrets: &Secrets, form: KeyForm) -> Result<(), ConfigError> {
    let mut seen: Vec<[[u8; 32]; 3]> = Vec::new();
    for secret in secrets.iter() {
        let traces = trace(&key(secret, form)?);
        if seen
            .iter()
            .any(|known| (0..3).any(|hash| known[hash] == traces[hash]))
        {
            return Err(ConfigError::new(
                ConfigErrorKind::DuplicateSecret,
                "two of the secrets are the same key, differently written; give the new one and the one that it replaces",
            ));
        }
        seen.push(traces);
    }
    Ok(())
}

fn advise_on_form(secret: &Secret, scheme: &Scheme) {
    if secret.is_key() {
        return;
    }
    let (text, own) = (secret.expose(), scheme.secret_prefix());
    let begins_with = |prefix: &str| !prefix.is_empty() && text.starts_with(prefix.as_bytes());
    let others = || senders::ALL.iter().map(Scheme::secret_prefix);
    let foreign = !begins_with(own) && others().any(begins_with);
    if foreign {
        telemetry::advise(
            scheme.name,
            "the secret begins like another sender's; if no delivery verifies, it was copied from the wrong page",
        );
    }
    let is_short = |key: &[u8]| key.len() < SHORT && text.len() >= SHORT;
    if scheme.key != KeyForm::Text && key(secret, scheme.key).is_ok_and(|key| is_short(&key)) {
        telemetry::advise(
            scheme.name,
            "the key that the secret stands for is shorter than 16 bytes and could be guessed from one delivery; use a long random \
             one",
        );
    }
}

/// How keys of a pair begin: Standard Webhooks' and PEM's.
const ASYMMETRIC: [&str; 3] = ["whpk_", "whsk_", "-----BEGIN "];
/// Bytes, under which a key can be found by trying.
const SHORT: usize = 16;
