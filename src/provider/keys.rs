//! Keys: what a sender makes of its secrets, once.

use std::sync::{Arc, OnceLock};

use base64::Engine;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::description::Scheme;
use super::method::{KeyForm, Method};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::secret::{KEY_TEXT, Secret, Secrets};
use crate::signature::digest::DigestKey;
use crate::signature::encoding::decode_hex;
use crate::signature::hmac::MacKey;
use crate::signature::token::TokenKey;
use crate::telemetry;

/// What a set of secrets has become, made once and kept with them.
pub(crate) struct Keys {
    method: Method,
    form: KeyForm,
    pub(crate) list: KeyList,
}

/// The keys of one method, in the order of their secrets.
pub(crate) enum KeyList {
    Macs(Vec<MacKey>),
    Digests(Vec<DigestKey>),
    Tokens(Vec<TokenKey>),
}

impl Keys {
    pub(crate) fn of(secrets: &Secrets, scheme: &Scheme) -> Result<Arc<Self>, ConfigError> {
        Self::made(secrets, scheme.method, scheme.key)
    }

    /// The keys for this method from secrets of this form.
    pub(crate) fn made(secrets: &Secrets, method: Method, form: KeyForm) -> Result<Arc<Self>, ConfigError> {
        let kept = secrets
            .prepared()
            .get()
            .and_then(|any| Arc::clone(any).downcast::<Self>().ok());
        if let Some(keys) = kept.filter(|keys| keys.method == method && keys.form == form) {
            return Ok(keys);
        }
        let keys = Arc::new(Self {
            method,
            form,
            list: KeyList::of(secrets, method, form)?,
        });
        // Secrets that serve two schemes keep the first one's keys; the other's are made anew.
        let _ = secrets.prepared().set(Arc::<Self>::clone(&keys));
        Ok(keys)
    }

    /// The keys of a method that makes MACs; none for any other.
    pub(crate) fn macs(&self) -> &[MacKey] {
        match &self.list {
            KeyList::Macs(macs) => macs,
            _ => &[],
        }
    }

    /// The keys of the method that hashes the secret with the content; none for any other.
    pub(crate) fn digests(&self) -> &[DigestKey] {
        match &self.list {
            KeyList::Digests(digests) => digests,
            _ => &[],
        }
    }
}

impl KeyList {
    fn of(secrets: &Secrets, method: Method, form: KeyForm) -> Result<Self, ConfigError> {
        let texts = secrets.iter().map(|secret| key(secret, form));
        match method {
            Method::Hmac(algorithm) => {
                let macs = texts.map(|text| Ok(MacKey::new(algorithm, &text?)));
                macs.collect::<Result<_, _>>().map(Self::Macs)
            }
            Method::Token => {
                let tokens = texts.map(|text| Ok(TokenKey::new(&text?)));
                tokens.collect::<Result<_, _>>().map(Self::Tokens)
            }
            Method::Digest => {
                let digests = texts.map(|text| Ok(DigestKey::new(&text?)));
                digests.collect::<Result<_, _>>().map(Self::Digests)
            }
            Method::Own(what) => Err(ConfigError::new(
                ConfigErrorKind::Scheme,
                format!(
                    "this sender ({what}) is checked by a provider of its own; use that instead of a `Sender`"
                ),
            )),
        }
    }
}

fn key(secret: &Secret, form: KeyForm) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let text = secret.expose();
    let prefix = match form {
        _ if secret.is_key() => return Ok(Zeroizing::new(text.to_vec())),
        KeyForm::Text => return Ok(Zeroizing::new(text.to_vec())),
        KeyForm::Sha1 => return Ok(Zeroizing::new(Sha1::digest(text).to_vec())),
        KeyForm::Hex => return from_hex(text),
        KeyForm::Base64 { prefix } => prefix,
    };
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

/// Senders show such keys in capital letters, others write them in small ones.
fn from_hex(text: &[u8]) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let digits = Zeroizing::new(text.to_ascii_lowercase());
    let mut key = Zeroizing::new(vec![0; text.len() / 2]);
    decode_hex(&digits, &mut key).map(|()| key).ok_or_else(|| {
        let advice = "the secret is not the hexadecimal text that this sender shows; copy it whole";
        ConfigError::new(ConfigErrorKind::UndecodableSecret, advice)
    })
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
