//! Methods: how a sender proves who it is, and what its secret's text has to do with it.

use crate::signature::hmac::Algorithm;

/// How a sender proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// A MAC under a shared key.
    Hmac(Algorithm),
    /// A plain hash over the secret and the content, which is no HMAC.
    Digest,
    /// The shared secret itself, which signs nothing.
    Token,
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
            Self::Token => "shared token",
            Self::Own(name) => name,
        }
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
}
