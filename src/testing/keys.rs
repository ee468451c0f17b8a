//! What a test signs with: the sender's own half of its secrets.

use base64::Engine;

use crate::error::{ConfigError, ConfigErrorKind};
use crate::provider::Scheme;
use crate::provider::keys::key;
#[cfg(any(feature = "ed25519", feature = "p256"))]
use crate::provider::method::KeyForm;
use crate::provider::method::Method;
use crate::secret::Secret;
#[cfg(feature = "p256")]
use crate::signature::asymmetric::ecdsa;
#[cfg(feature = "ed25519")]
use crate::signature::asymmetric::ed25519;
use crate::signature::hmac::MacKey;

/// The secret that a verifier is given for deliveries that were signed with this one: the public key where the sender signs with
/// a private one, else the same.
///
/// A private key is written as the sender shows its public keys. For Ed25519 it is the seed of 32 bytes, in hexadecimal or in
/// Base64, with or without the public key behind it; Standard Webhooks' begins with `whsk_`. For ECDSA it is the scalar of
/// 32 bytes or a PKCS #8 document, in Base64.
///
/// ```
/// # #[cfg(feature = "ed25519")] {
/// use tower_webhook::provider::senders::DISCORD;
/// use tower_webhook::testing::{Delivery, public_key};
/// use tower_webhook::{Secret, VerifyLayer};
///
/// let private = Secret::new("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")?;
/// let request = Delivery::new(DISCORD, r#"{"type":2,"id":"1"}"#).sign(&private)?;
/// let layer = VerifyLayer::new(DISCORD.with(public_key(&DISCORD, &private)?))?;
/// # drop((request, layer));
/// # }
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
///
/// # Errors
///
/// When it is no private key of this sender's kind.
pub fn public_key(scheme: &Scheme, private: &Secret) -> Result<Secret, ConfigError> {
    match Signer::new(private, scheme)? {
        #[cfg(feature = "ed25519")]
        Signer::Ed25519(key) => written(scheme, &key.public()),
        #[cfg(feature = "p256")]
        Signer::EcdsaP256(key) => written(scheme, &key.public()),
        Signer::Mac(_) | Signer::Shown(_) => Ok(private.clone()),
    }
}

/// One secret, as its sender uses it.
pub(super) enum Signer {
    Mac(Box<MacKey>),
    #[cfg(feature = "ed25519")]
    Ed25519(ed25519::PrivateKey),
    #[cfg(feature = "p256")]
    EcdsaP256(ecdsa::PrivateKey),
    /// It is sent as it is.
    Shown(String),
}

impl Signer {
    pub(super) fn new(secret: &Secret, scheme: &Scheme) -> Result<Self, ConfigError> {
        match scheme.method {
            #[cfg(feature = "ed25519")]
            Method::Hmac(_)
                if matches!(scheme.key, KeyForm::Base64OrPublic { .. })
                    && secret.expose().starts_with(PRIVATE.as_bytes()) =>
            {
                ed25519_key(&key(secret, KeyForm::Base64 { prefix: PRIVATE })?)
            }
            Method::Hmac(algorithm) => {
                let key = MacKey::new(algorithm, &key(secret, scheme.key)?);
                Ok(Self::Mac(Box::new(key)))
            }
            #[cfg(feature = "ed25519")]
            Method::Ed25519 => ed25519_key(&key(secret, scheme.key)?),
            #[cfg(feature = "p256")]
            Method::EcdsaP256 => {
                let private = ecdsa::PrivateKey::new(&key(secret, scheme.key)?);
                private.map(Self::EcdsaP256).ok_or_else(no_private_key)
            }
            Method::Basic => {
                let pair = base64::engine::general_purpose::STANDARD.encode(secret.expose());
                Ok(Self::Shown(pair))
            }
            Method::Token => Ok(Self::Shown(String::from_utf8_lossy(secret.expose()).into_owned())),
            Method::Digest | Method::Own(_) => Err(ConfigError::new(
                ConfigErrorKind::Scheme,
                "a provider with code of its own signs by its own code",
            )),
        }
    }

    /// The signature over a message, or what is shown instead; and whether it is of the other version that the sender knows.
    pub(super) fn sign(&self, message: &[u8], scheme: &Scheme) -> (String, bool) {
        let encoding = scheme.signature.encoding;
        match self {
            Self::Mac(key) => {
                let mut mac = key.start();
                mac.update(message);
                (encoding.encode(mac.finish().as_bytes()), false)
            }
            #[cfg(feature = "ed25519")]
            Self::Ed25519(key) => {
                let other = scheme.method != Method::Ed25519;
                (encoding.encode(&key.sign(message)), other)
            }
            #[cfg(feature = "p256")]
            Self::EcdsaP256(key) => {
                use sha2::Digest;
                let digest = sha2::Sha256::digest(message).into();
                (encoding.encode(&key.sign(&digest)), false)
            }
            Self::Shown(text) => (text.clone(), false),
        }
    }
}

#[cfg(feature = "ed25519")]
fn ed25519_key(bytes: &[u8]) -> Result<Signer, ConfigError> {
    let private = ed25519::PrivateKey::new(bytes);
    private.map(Signer::Ed25519).ok_or_else(no_private_key)
}

/// The public key as the sender would show it.
#[cfg(any(feature = "ed25519", feature = "p256"))]
fn written(scheme: &Scheme, key: &[u8]) -> Result<Secret, ConfigError> {
    let base64 = |prefix: &str| {
        let text = base64::engine::general_purpose::STANDARD.encode(key);
        Secret::new(format!("{prefix}{text}"))
    };
    match scheme.key {
        KeyForm::Base64 { prefix } => base64(prefix),
        #[cfg(feature = "ed25519")]
        KeyForm::Base64OrPublic { .. } => base64(crate::provider::method::PUBLIC),
        KeyForm::Hex => Secret::new(crate::signature::encoding::Encoding::Hex.encode(key)),
        KeyForm::Text | KeyForm::Sha1 => Secret::from_bytes(key),
    }
}

#[cfg(any(feature = "ed25519", feature = "p256"))]
fn no_private_key() -> ConfigError {
    ConfigError::new(
        ConfigErrorKind::UndecodableSecret,
        "the secret is no private key of this sender's kind; see `testing::public_key` for how it is written",
    )
}

/// What Standard Webhooks writes before a private key.
#[cfg(feature = "ed25519")]
const PRIVATE: &str = "whsk_";
