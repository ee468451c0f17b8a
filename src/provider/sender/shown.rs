//! What a delivery's head shows as its proof, before any key is known.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use zeroize::Zeroizing;

#[cfg(feature = "ed25519")]
use super::ed25519::is_one;
use crate::provider::description::Scheme;
use crate::provider::keys::KeyList;
#[cfg(feature = "ed25519")]
use crate::provider::method::KeyForm;
use crate::provider::method::Method;
use crate::rejection::Reason;
#[cfg(feature = "p256")]
use crate::signature::asymmetric::ecdsa;
#[cfg(feature = "ed25519")]
use crate::signature::asymmetric::ed25519;
#[cfg(feature = "p256")]
use crate::signature::header::long_signatures;
use crate::signature::header::{Form, Signatures, signatures, single};
use crate::signature::scattered::scattered;
use crate::signature::token::TokenKey;

/// The signatures or the token of one delivery: well formed, and not yet compared with anything.
pub(super) enum Shown {
    Signatures(Signatures),
    /// MACs and Ed25519 signatures, of a sender that knows both.
    #[cfg(feature = "ed25519")]
    Either(Signatures),
    #[cfg(feature = "p256")]
    Ecdsa(Vec<ecdsa::Signature>),
    Token(TokenKey),
}

impl Shown {
    /// What is shown, and the text of the one header it is shown in, if it is one.
    pub(super) fn read<'a>(scheme: &Scheme, headers: &'a HeaderMap) -> Result<(&'a str, Self), Reason> {
        let at = &scheme.signature;
        if let (Method::Hmac(algorithm), Form::Scattered(scatter)) = (scheme.method, at.form) {
            let (name, len) = (at.header_name(), algorithm.len());
            let shown = scattered(headers, name, scatter, at.encoding, len)?;
            return Ok(("", Self::Signatures(shown)));
        }
        let text = single(headers, at.header_name())?;
        Ok((text, Self::of(scheme, text)?))
    }

    fn of(scheme: &Scheme, text: &str) -> Result<Self, Reason> {
        let at = &scheme.signature;
        match (scheme.method, at.form) {
            #[cfg(feature = "ed25519")]
            (Method::Hmac(algorithm), form) if matches!(scheme.key, KeyForm::Base64OrPublic { .. }) => {
                signatures(text, form, at.encoding, algorithm.len()).map(Self::Either)
            }
            (Method::Hmac(algorithm), form) => {
                signatures(text, form, at.encoding, algorithm.len()).map(Self::Signatures)
            }
            #[cfg(feature = "ed25519")]
            (Method::Ed25519, form) => {
                signatures(text, form, at.encoding, ed25519::SIGNATURE).map(Self::Signatures)
            }
            #[cfg(feature = "p256")]
            (Method::EcdsaP256, form) => {
                let read = ecdsa::Signature::from_der;
                long_signatures(text, form, at.encoding, ecdsa::LONGEST, read).map(Self::Ecdsa)
            }
            (Method::Token, Form::Whole { prefix }) => {
                let token = text.strip_prefix(prefix).ok_or(Reason::MalformedHeader)?;
                Ok(Self::Token(TokenKey::new(token.as_bytes())))
            }
            (Method::Basic, Form::Whole { prefix }) => {
                let text = text.strip_prefix(prefix).ok_or(Reason::MalformedHeader)?;
                let pair = STANDARD.decode(text).map(Zeroizing::new);
                let pair = pair.map_err(|_| Reason::MalformedHeader)?;
                Ok(Self::Token(TokenKey::new(&pair)))
            }
            // The start-up check lets no such description pass.
            (Method::Digest | Method::Token | Method::Basic | Method::Own(_), _) => {
                Err(Reason::MalformedHeader)
            }
        }
    }

    /// Whether there is a signature for a public key among them, for a sender that knows both kinds.
    pub(super) fn is_asymmetric(&self) -> bool {
        match self {
            #[cfg(feature = "ed25519")]
            Self::Either(shown) => shown.iter().any(is_one),
            _ => false,
        }
    }

    /// Why it is refused when nothing matches: it is wrong, or it is of the kind for which there is no key. That is not said before
    /// the body is read, or it would tell for which tenants there are keys.
    pub(super) fn unmatched(&self, keys: &KeyList) -> Reason {
        match (keys, self) {
            #[cfg(feature = "ed25519")]
            (KeyList::Ed25519(_), Self::Either(shown)) if !shown.iter().any(is_one) => {
                Reason::UnsupportedVersion
            }
            #[cfg(feature = "ed25519")]
            (KeyList::Macs(_), Self::Either(shown)) if shown.iter().all(is_one) => Reason::UnsupportedVersion,
            _ => Reason::BadSignature,
        }
    }
}
