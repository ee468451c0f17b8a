//! Keys: what a sender makes of its secrets, once.

use std::sync::{Arc, OnceLock};

use base64::Engine;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::description::Scheme;
#[cfg(feature = "ed25519")]
use super::method::PUBLIC;
use super::method::{KeyForm, Method};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::secret::{KEY_TEXT, Secret, Secrets};
#[cfg(feature = "p256")]
use crate::signature::asymmetric::ecdsa;
#[cfg(feature = "ed25519")]
use crate::signature::asymmetric::ed25519;
use crate::signature::digest::DigestKey;
use crate::signature::encoding::decode_hex;
#[cfg(feature = "ed25519")]
use crate::signature::hmac::Algorithm;
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
    #[cfg(feature = "ed25519")]
    Ed25519(Vec<ed25519::PublicKey>),
    #[cfg(feature = "ed25519")]
    Mixed(MixedKeys),
    #[cfg(feature = "p256")]
    EcdsaP256(Vec<ecdsa::PublicKey>),
    Tokens(Vec<TokenKey>),
}

/// Keys of both kinds, while a sender goes from the one to the other.
#[cfg(feature = "ed25519")]
pub(crate) struct MixedKeys {
    pub(crate) macs: Vec<MacKey>,
    pub(crate) public: Vec<ed25519::PublicKey>,
    /// The secrets' positions: those of the MACs' keys, then those of the public keys.
    pub(crate) positions: Vec<usize>,
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

    /// The tokens of a method that compares them; none for any other.
    pub(crate) fn tokens(&self) -> &[TokenKey] {
        match &self.list {
            KeyList::Tokens(tokens) => tokens,
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
        let bytes = secrets.iter().map(|secret| key(secret, form));
        match method {
            #[cfg(feature = "ed25519")]
            Method::Hmac(algorithm) if matches!(form, KeyForm::Base64OrPublic { .. }) => {
                Self::of_two_kinds(secrets, algorithm, form)
            }
            Method::Hmac(algorithm) => {
                let macs = bytes.map(|key| Ok(MacKey::new(algorithm, &key?)));
                macs.collect::<Result<_, _>>().map(Self::Macs)
            }
            #[cfg(feature = "ed25519")]
            Method::Ed25519 => bytes
                .map(|key| ed25519_key(&key?))
                .collect::<Result<_, _>>()
                .map(Self::Ed25519),
            #[cfg(feature = "p256")]
            Method::EcdsaP256 => {
                let keys = bytes.map(|key| ecdsa::PublicKey::from_spki(&key?).ok_or_else(no_p256_key));
                keys.collect::<Result<_, _>>().map(Self::EcdsaP256)
            }
            Method::Token => {
                let tokens = bytes.map(|token| Ok(TokenKey::new(&token?)));
                tokens.collect::<Result<_, _>>().map(Self::Tokens)
            }
            Method::Basic => {
                let pairs = bytes.map(|pair| Ok(TokenKey::new(user_and_password(&pair?)?)));
                pairs.collect::<Result<_, _>>().map(Self::Tokens)
            }
            Method::Digest => {
                let digests = bytes.map(|text| Ok(DigestKey::new(&text?)));
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

    /// The keys of a sender that signs by MAC or with Ed25519: what the secret is decides.
    #[cfg(feature = "ed25519")]
    fn of_two_kinds(secrets: &Secrets, algorithm: Algorithm, form: KeyForm) -> Result<Self, ConfigError> {
        let is_public = |secret: &&Secret| form.is_public_key(secret);
        let public: Vec<_> = secrets
            .iter()
            .filter(is_public)
            .map(|secret| ed25519_key(&key(secret, form)?))
            .collect::<Result<_, _>>()?;
        let macs: Vec<_> = secrets
            .iter()
            .filter(|secret| !is_public(secret))
            .map(|secret| Ok(MacKey::new(algorithm, &key(secret, form)?)))
            .collect::<Result<_, ConfigError>>()?;
        Ok(match (macs.is_empty(), public.is_empty()) {
            (_, true) => Self::Macs(macs),
            (true, false) => Self::Ed25519(public),
            (false, false) => {
                let mut positions: Vec<_> = (0..secrets.len()).collect();
                let is_public: Vec<_> = secrets.iter().map(|secret| form.is_public_key(secret)).collect();
                positions.sort_by_key(|position| is_public[*position]);
                Self::Mixed(MixedKeys {
                    macs,
                    public,
                    positions,
                })
            }
        })
    }
}

impl KeyForm {
    /// Whether the secret's text is that of a public key, for a sender with keys of both kinds.
    #[cfg(feature = "ed25519")]
    fn is_public_key(self, secret: &Secret) -> bool {
        matches!(self, Self::Base64OrPublic { .. })
            && !secret.is_key()
            && secret.expose().starts_with(PUBLIC.as_bytes())
    }
}

/// The secret's bytes, in the form that the sender gives its secrets.
pub(crate) fn key(secret: &Secret, form: KeyForm) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let text = secret.expose();
    if secret.is_key() {
        return Ok(Zeroizing::new(text.to_vec()));
    }
    match form {
        KeyForm::Text => Ok(Zeroizing::new(text.to_vec())),
        KeyForm::Base64 { prefix } => base64_key(text, prefix),
        #[cfg(feature = "ed25519")]
        KeyForm::Base64OrPublic { .. } if text.starts_with(PUBLIC.as_bytes()) => base64_key(text, PUBLIC),
        #[cfg(feature = "ed25519")]
        KeyForm::Base64OrPublic { prefix } => base64_key(text, prefix),
        KeyForm::Hex => hex_key(text),
        KeyForm::Sha1 => Ok(Zeroizing::new(Sha1::digest(text).to_vec())),
    }
}

fn base64_key(text: &[u8], prefix: &str) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
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
fn hex_key(text: &[u8]) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let digits = Zeroizing::new(text.to_ascii_lowercase());
    let mut key = Zeroizing::new(vec![0; text.len() / 2]);
    decode_hex(&digits, &mut key).map(|()| key).ok_or_else(|| {
        let advice = "the secret is not the hexadecimal text that this sender shows; copy it whole";
        ConfigError::new(ConfigErrorKind::UndecodableSecret, advice)
    })
}

#[cfg(feature = "ed25519")]
fn ed25519_key(bytes: &[u8]) -> Result<ed25519::PublicKey, ConfigError> {
    ed25519::PublicKey::new(bytes).ok_or_else(|| {
        ConfigError::new(
            ConfigErrorKind::UndecodableSecret,
            "the secret is no Ed25519 public key of 32 bytes, or one for which anybody can sign; copy the one that the sender shows",
        )
    })
}

#[cfg(feature = "p256")]
fn no_p256_key() -> ConfigError {
    ConfigError::new(
        ConfigErrorKind::UndecodableSecret,
        "the secret is no P-256 public key in Base64 (`MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE…`); copy the one that the sender shows",
    )
}

fn user_and_password(pair: &[u8]) -> Result<&[u8], ConfigError> {
    match pair.contains(&b':') {
        true => Ok(pair),
        false => Err(ConfigError::new(
            ConfigErrorKind::UndecodableSecret,
            "the secret of a sender that shows a password is `user:password`; write both, with the colon",
        )),
    }
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
/// `asymmetric`: the delivery shows a signature for a public key, where the sender knows both kinds.
pub(super) fn decoy(scheme: &Scheme, asymmetric: bool) -> Secrets {
    let _ = asymmetric; // Only one feature's senders know both kinds.
    match scheme.method {
        #[cfg(feature = "ed25519")]
        Method::Ed25519 => {
            static KEY: OnceLock<Secrets> = OnceLock::new();
            made_once(&KEY, || Secret::from_bytes(ed25519::DECOY))
        }
        #[cfg(feature = "ed25519")]
        Method::Hmac(_) if asymmetric => {
            static KEY: OnceLock<Secrets> = OnceLock::new();
            made_once(&KEY, || {
                Secret::new(format!("{PUBLIC}{}", KEY_TEXT.encode(ed25519::DECOY)))
            })
        }
        #[cfg(feature = "p256")]
        Method::EcdsaP256 => {
            static KEY: OnceLock<Secrets> = OnceLock::new();
            made_once(&KEY, || Secret::from_bytes(ecdsa::decoy()))
        }
        _ => text_decoy(),
    }
}

/// The same for a sender whose secret is any text.
pub(super) fn text_decoy() -> Secrets {
    static DECOY: OnceLock<Secrets> = OnceLock::new();
    made_once(&DECOY, || Secret::from_bytes("nobody:signs with this"))
}

fn made_once(place: &OnceLock<Secrets>, make: impl Fn() -> Result<Secret, ConfigError>) -> Secrets {
    place
        .get_or_init(|| make().expect("a decoy is a secret").into())
        .clone()
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
