//! The keys that a sender signs with, each with the one algorithm that it is for.

use std::fmt;

#[cfg(feature = "aws-lc-rs")]
use base64::Engine;
#[cfg(feature = "aws-lc-rs")]
use base64::engine::general_purpose::STANDARD;

#[cfg(feature = "aws-lc-rs")]
use crate::error::{ConfigError, ConfigErrorKind};
use crate::secret::Secret;
use crate::signature::hmac::{Algorithm as MacAlgorithm, MacKey};
#[cfg(feature = "aws-lc-rs")]
use crate::signature::public_key::{Algorithm, PublicKey};

/// A key with its algorithm: which one counts is never the message's to say.
#[derive(Clone)]
pub struct SignatureKey(Kind);

#[derive(Clone)]
enum Kind {
    Hmac(Box<MacKey>),
    #[cfg(feature = "aws-lc-rs")]
    Public(Algorithm, std::sync::Arc<PublicKey>),
}

impl SignatureKey {
    /// `hmac-sha256`: the secret's bytes are the key.
    #[must_use]
    pub fn hmac_sha256(secret: &Secret) -> Self {
        Self(Kind::Hmac(Box::new(MacKey::new(
            MacAlgorithm::Sha256,
            secret.expose(),
        ))))
    }

    /// `rsa-pss-sha512`, with a public key of at least 2048 bits in PEM (`BEGIN PUBLIC KEY`).
    ///
    /// # Errors
    ///
    /// When it is no such key.
    #[cfg(feature = "aws-lc-rs")]
    pub fn rsa_pss_sha512(pem: &str) -> Result<Self, ConfigError> {
        Self::public(Algorithm::RsaPssSha512, pem)
    }

    /// `rsa-v1_5-sha256`, with a public key of at least 2048 bits in PEM.
    ///
    /// # Errors
    ///
    /// When it is no such key.
    #[cfg(feature = "aws-lc-rs")]
    pub fn rsa_v1_5_sha256(pem: &str) -> Result<Self, ConfigError> {
        Self::public(Algorithm::RsaPkcs1Sha256, pem)
    }

    /// `ecdsa-p256-sha256`, with a public key in PEM.
    ///
    /// # Errors
    ///
    /// When it is no such key.
    #[cfg(feature = "aws-lc-rs")]
    pub fn ecdsa_p256_sha256(pem: &str) -> Result<Self, ConfigError> {
        Self::public(Algorithm::EcdsaP256Sha256, pem)
    }

    /// `ecdsa-p384-sha384`, with a public key in PEM.
    ///
    /// # Errors
    ///
    /// When it is no such key.
    #[cfg(feature = "aws-lc-rs")]
    pub fn ecdsa_p384_sha384(pem: &str) -> Result<Self, ConfigError> {
        Self::public(Algorithm::EcdsaP384Sha384, pem)
    }

    /// `ed25519`, with a public key in PEM.
    ///
    /// # Errors
    ///
    /// When it is no such key.
    #[cfg(feature = "aws-lc-rs")]
    pub fn ed25519(pem: &str) -> Result<Self, ConfigError> {
        Self::public(Algorithm::Ed25519, pem)
    }

    #[cfg(feature = "aws-lc-rs")]
    fn public(algorithm: Algorithm, pem: &str) -> Result<Self, ConfigError> {
        let key = der(pem).and_then(|der| PublicKey::from_der(algorithm, &der));
        let key = key.ok_or_else(|| {
            ConfigError::new(
                ConfigErrorKind::UndecodableSecret,
                "the key is none of this algorithm in PEM; pass the whole text from `-----BEGIN PUBLIC KEY-----` on",
            )
        })?;
        Ok(Self(Kind::Public(algorithm, key.into())))
    }

    /// The algorithm's name in RFC 9421's registry.
    pub(super) fn algorithm(&self) -> &'static str {
        match &self.0 {
            Kind::Hmac(_) => "hmac-sha256",
            #[cfg(feature = "aws-lc-rs")]
            Kind::Public(algorithm, _) => match algorithm {
                Algorithm::RsaPssSha512 => "rsa-pss-sha512",
                Algorithm::EcdsaP256Sha256 => "ecdsa-p256-sha256",
                Algorithm::EcdsaP384Sha384 => "ecdsa-p384-sha384",
                Algorithm::Ed25519 => "ed25519",
                _ => "rsa-v1_5-sha256",
            },
        }
    }

    /// The algorithm, where the key is a public one.
    #[cfg(all(feature = "test-util", feature = "aws-lc-rs"))]
    pub(crate) fn key_pair(&self) -> Option<Algorithm> {
        match &self.0 {
            Kind::Hmac(_) => None,
            Kind::Public(algorithm, _) => Some(*algorithm),
        }
    }

    /// The algorithm, where the key is a public one: none is, in this build.
    #[cfg(all(feature = "test-util", not(feature = "aws-lc-rs")))]
    pub(crate) fn key_pair(&self) -> Option<std::convert::Infallible> {
        None
    }

    /// Whether the signature over this text was made with the key.
    pub(super) fn verifies(&self, base: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Kind::Hmac(key) => {
                let mut mac = key.start();
                mac.update(base);
                mac.finish().matches(signature).into()
            }
            #[cfg(feature = "aws-lc-rs")]
            Kind::Public(algorithm, key) => key.verifies(*algorithm, base, signature),
        }
    }
}

/// The bytes between the lines of a public key in PEM.
#[cfg(feature = "aws-lc-rs")]
fn der(pem: &str) -> Option<Vec<u8>> {
    let text = pem
        .trim()
        .strip_prefix("-----BEGIN PUBLIC KEY-----")?
        .strip_suffix("-----END PUBLIC KEY-----")?;
    let text: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(text).ok()
}

impl fmt::Debug for SignatureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignatureKey({})", self.algorithm())
    }
}

#[cfg(all(test, feature = "aws-lc-rs"))]
mod tests {
    use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256};

    use super::*;

    #[test]
    fn each_algorithm_has_the_registrys_name() {
        let pem = |kind| KeyPair::generate_for(kind).map(|pair| pair.public_key_pem());
        let [rsa, p256, p384, ed25519] = [
            &PKCS_RSA_SHA256,
            &PKCS_ECDSA_P256_SHA256,
            &PKCS_ECDSA_P384_SHA384,
            &PKCS_ED25519,
        ]
        .map(|kind| pem(kind).unwrap());
        for (key, name) in [
            (SignatureKey::rsa_pss_sha512(&rsa), "rsa-pss-sha512"),
            (SignatureKey::rsa_v1_5_sha256(&rsa), "rsa-v1_5-sha256"),
            (SignatureKey::ecdsa_p256_sha256(&p256), "ecdsa-p256-sha256"),
            (SignatureKey::ecdsa_p384_sha384(&p384), "ecdsa-p384-sha384"),
            (SignatureKey::ed25519(&ed25519), "ed25519"),
        ] {
            assert_eq!(key.unwrap().algorithm(), name);
        }
    }
}
