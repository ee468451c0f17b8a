//! Signing by a key pair, as a sender does who has a certificate or has given away its public key.

use aws_lc_rs::rand::SystemRandom;
#[cfg(feature = "sfv")]
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, RSA_PSS_SHA512,
};
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaEncoding, RsaKeyPair};

use crate::error::{ConfigError, ConfigErrorKind};
use crate::secret::{Secret, Secrets};
use crate::signature::public_key::Algorithm;

/// The signature by the last of these secrets: a private key in PKCS #8, as its DER bytes ([`Secret::from_bytes`]).
pub(super) fn sign(algorithm: Algorithm, secrets: &Secrets, message: &[u8]) -> Result<Vec<u8>, ConfigError> {
    let last = secrets.iter().last().expect("a set of secrets is never empty");
    signed(algorithm, last, message).ok_or_else(|| {
        ConfigError::new(
            ConfigErrorKind::UndecodableSecret,
            "the secret must be a private key in PKCS #8, given by `Secret::from_bytes` as its DER bytes",
        )
    })
}

fn signed(algorithm: Algorithm, secret: &Secret, message: &[u8]) -> Option<Vec<u8>> {
    let pkcs8 = secret.expose();
    match algorithm {
        Algorithm::RsaPkcs1Sha256 => rsa(&RSA_PKCS1_SHA256, pkcs8, message),
        #[cfg(feature = "sfv")]
        Algorithm::RsaPssSha512 => rsa(&RSA_PSS_SHA512, pkcs8, message),
        #[cfg(feature = "sfv")]
        Algorithm::Ed25519 => {
            let pair = Ed25519KeyPair::from_pkcs8(pkcs8).ok()?;
            Some(pair.sign(message).as_ref().to_vec())
        }
        #[cfg(feature = "sfv")]
        Algorithm::EcdsaP256Sha256 => ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, message),
        #[cfg(feature = "sfv")]
        Algorithm::EcdsaP384Sha384 => ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING, pkcs8, message),
        // AWS-LC signs nothing with SHA-1.
        #[cfg(feature = "x509-cert")]
        Algorithm::RsaPkcs1Sha1 => None,
    }
}

#[cfg(feature = "sfv")]
fn ecdsa(algorithm: &'static EcdsaSigningAlgorithm, pkcs8: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8).ok()?;
    let signature = pair.sign(&SystemRandom::new(), message).ok()?;
    Some(signature.as_ref().to_vec())
}

fn rsa(encoding: &'static dyn RsaEncoding, pkcs8: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let pair = RsaKeyPair::from_pkcs8(pkcs8).ok()?;
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), message, &mut signature)
        .ok()?;
    Some(signature)
}
