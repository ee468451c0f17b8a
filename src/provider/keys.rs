//! Keys: what a sender makes of its secrets, once.

use std::sync::{Arc, OnceLock};

use base64::Engine;
use zeroize::Zeroizing;

use super::description::{KeyForm, Scheme};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::secret::{KEY_TEXT, Secret, Secrets};
use crate::signature::hmac::{Algorithm, MacKey};
use crate::telemetry;

/// The keyed MACs of a set of secrets, made once and kept with them.
pub(crate) struct Keys {
    algorithm: Algorithm,
    form: KeyForm,
    pub(crate) macs: Vec<MacKey>,
}

impl Keys {
    pub(crate) fn of(secrets: &Secrets, scheme: &Scheme) -> Result<Arc<Self>, ConfigError> {
        let kept = secrets
            .prepared()
            .get()
            .and_then(|any| Arc::clone(any).downcast::<Self>().ok());
        if let Some(keys) = kept.filter(|keys| keys.algorithm == scheme.algorithm && keys.form == scheme.key)
        {
            return Ok(keys);
        }
        let macs = secrets
            .iter()
            .map(|secret| Ok(MacKey::new(scheme.algorithm, &key(secret, scheme.key)?)));
        let keys = Arc::new(Self {
            algorithm: scheme.algorithm,
            form: scheme.key,
            macs: macs.collect::<Result<_, _>>()?,
        });
        // Secrets that serve two schemes keep the first one's keys; the other's are made anew.
        let _ = secrets.prepared().set(Arc::<Self>::clone(&keys));
        Ok(keys)
    }
}

fn key(secret: &Secret, form: KeyForm) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let text = secret.expose();
    let KeyForm::Base64 { prefix } = form else {
        return Ok(Zeroizing::new(text.to_vec()));
    };
    if secret.is_key() {
        return Ok(Zeroizing::new(text.to_vec()));
    }
    let bare = text.strip_prefix(prefix.as_bytes()).unwrap_or(text);
    let key = KEY_TEXT.decode(bare).map(Zeroizing::new).map_err(|_| {
        let advice =
            format!("the secret is not the Base64 text that this sender shows (`{prefix}…`); copy it whole");
        ConfigError::new(ConfigErrorKind::UndecodableSecret, advice)
    })?;
    if key.is_empty() {
        let advice = format!("nothing stands behind the secret's `{prefix}`; copy the secret whole");
        return Err(ConfigError::new(ConfigErrorKind::EmptySecret, advice));
    }
    Ok(key)
}

/// Says at start-up what an operator should know of a secret that works.
pub(super) fn advise_on(secret: &Secret, sender: &'static str) {
    if SAMPLES.contains(&secret.expose()) {
        telemetry::advise(
            sender,
            "the secret is a well-known sample; anyone can sign with it",
        );
    } else if secret.expose().len() < SHORT {
        telemetry::advise(
            sender,
            "the secret is shorter than 16 bytes and could be guessed from one delivery; use a long random one",
        );
    }
}

/// Stands in for the secrets of a tenant that doesn't exist, so that its delivery costs the same; its verdict is not used.
pub(super) fn decoy() -> Secrets {
    static DECOY: OnceLock<Secrets> = OnceLock::new();
    let made = || {
        Secret::from_bytes("nobody signs with this")
            .expect("there are bytes")
            .into()
    };
    DECOY.get_or_init(made).clone()
}

/// Bytes, under which a secret can be found by trying.
const SHORT: usize = 16;
const SAMPLES: [&[u8]; 6] = [
    b"secret",
    b"mysecret",
    b"changeme",
    b"password",
    b"It's a Secret to Everybody",
    b"whsec_test_secret",
];
