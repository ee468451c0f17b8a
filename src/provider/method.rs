//! Methods: how a sender proves who it is, and what its secret's text has to do with it.

use super::description::Scheme;
use super::place::header;
#[cfg(feature = "ed25519")]
use crate::signature::header::Form;
use crate::signature::hmac::Algorithm;

/// How a sender proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// A MAC under a shared key.
    Hmac(Algorithm),
    /// A plain hash over the secret and the content, which is no HMAC.
    Digest,
    /// An Ed25519 signature, verified with the sender's public key.
    #[cfg(feature = "ed25519")]
    Ed25519,
    /// An ECDSA signature on P-256 over a SHA-256, in DER, verified with the sender's public key.
    #[cfg(feature = "p256")]
    EcdsaP256,
    /// The shared secret itself, which signs nothing.
    Token,
    /// The shared user's name and password, which sign nothing.
    Basic,
    /// By a [`Provider`](super::Provider) of its own, which calls it so.
    Own(&'static str),
}

impl Method {
    /// What a person calls it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Hmac(Algorithm::Sha1) => "HMAC-SHA-1",
            Self::Hmac(Algorithm::Sha256) => "HMAC-SHA-256",
            Self::Hmac(Algorithm::Sha512) => "HMAC-SHA-512",
            Self::Digest => "SHA-256 over secret and content",
            #[cfg(feature = "ed25519")]
            Self::Ed25519 => "Ed25519",
            #[cfg(feature = "p256")]
            Self::EcdsaP256 => "ECDSA P-256",
            Self::Token => "shared token",
            Self::Basic => "user and password",
            Self::Own(name) => name,
        }
    }

    /// Whether a description can say all of it, with a signature over the content and the body in it.
    pub(crate) const fn signs(self) -> bool {
        !matches!(self, Self::Digest | Self::Token | Self::Basic | Self::Own(_))
    }
}

impl Scheme {
    /// A sender that signs with Ed25519. The secret is its public key, as it shows it: in hexadecimal, or what
    /// [`base64_key`](Self::base64_key) says. A key for which anybody can sign is refused at start-up.
    ///
    /// ```
    /// use tower_webhook::provider::{Part::{Body, Header}, Scheme, header};
    /// use tower_webhook::{Secret, VerifyLayer};
    ///
    /// const ACME: Scheme = Scheme::ed25519("acme")
    ///     .signature(header("x-acme-signature").hex())
    ///     .content(&[Header("x-acme-time"), Body])
    ///     .timestamp(header("x-acme-time").unix_seconds());
    ///
    /// let key = Secret::new("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")?;
    /// let layer = VerifyLayer::new(ACME.with(key))?;
    /// # Ok::<(), tower_webhook::ConfigError>(())
    /// ```
    #[cfg(feature = "ed25519")]
    #[must_use]
    pub const fn ed25519(name: &'static str) -> Self {
        Self {
            method: Method::Ed25519,
            key: KeyForm::Hex,
            ..Self::hmac_sha256(name)
        }
    }

    /// A sender that signs with ECDSA on P-256 and SHA-256, and writes its signatures in DER. The secret is its public key as it
    /// shows it, a `SubjectPublicKeyInfo` in Base64.
    ///
    /// ```
    /// use tower_webhook::provider::{Part::{Body, Header}, Scheme, header};
    /// use tower_webhook::{Secret, VerifyLayer};
    ///
    /// const ACME: Scheme = Scheme::ecdsa_p256("acme")
    ///     .signature(header("x-acme-signature").base64())
    ///     .content(&[Header("x-acme-time"), Body])
    ///     .timestamp(header("x-acme-time").unix_seconds());
    ///
    /// let key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\
    ///            6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==";
    /// let layer = VerifyLayer::new(ACME.with(Secret::new(key)?))?;
    /// # Ok::<(), tower_webhook::ConfigError>(())
    /// ```
    #[cfg(feature = "p256")]
    #[must_use]
    pub const fn ecdsa_p256(name: &'static str) -> Self {
        Self {
            method: Method::EcdsaP256,
            key: KeyForm::Base64 { prefix: "" },
            ..Self::hmac_sha256(name)
        }
    }

    /// A sender that signs nothing and shows a user's name and a password (`Authorization: Basic …`, RFC 7617). The secret is both,
    /// as `user:password`. What it sends is an [`UnsignedBody`](crate::UnsignedBody), never a [`Verified`](crate::Verified).
    ///
    /// ```
    /// use tower_webhook::{Binding, Secret, VerifyLayer, provider::Scheme};
    ///
    /// const ACME: Scheme = Scheme::basic("acme");
    /// assert_eq!(ACME.binding(), Binding::Bearer);
    /// let layer = VerifyLayer::new(ACME.with(Secret::new("hooks:a long random password")?))?;
    /// # Ok::<(), tower_webhook::ConfigError>(())
    /// ```
    #[must_use]
    pub const fn basic(name: &'static str) -> Self {
        Self {
            method: Method::Basic,
            ..Self::token(name).signature(header("authorization").token("Basic "))
        }
    }

    /// The sender may sign with Ed25519 instead of the MAC, as items of this version in the signature's list. Which of them
    /// counts is decided by the secret: behind `whpk_` it is a public key.
    #[cfg(feature = "ed25519")]
    #[must_use]
    pub const fn or_ed25519(mut self, version: &'static str) -> Self {
        if let Form::List { ed25519, .. } = &mut self.signature.form {
            *ed25519 = Some(version);
        }
        if let KeyForm::Base64 { prefix } = self.key {
            self.key = KeyForm::Base64OrPublic { prefix };
        }
        self
    }
}

/// How a secret's text becomes the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyForm {
    /// The text's bytes are the key.
    Text,
    /// The text is the key in hexadecimal.
    Hex,
    /// The key is the SHA-1 of the text.
    Sha1,
    /// The text is the key in Base64, behind this prefix.
    Base64 { prefix: &'static str },
    /// As `Base64`; but behind [`PUBLIC`] stands, in Base64, the public key of a sender that signs with Ed25519.
    #[cfg(feature = "ed25519")]
    Base64OrPublic { prefix: &'static str },
}

/// What Standard Webhooks writes before a public key.
#[cfg(feature = "ed25519")]
pub(crate) const PUBLIC: &str = "whpk_";
