//! Signing by RSA, as a sender does who has a certificate.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};

use crate::error::{ConfigError, ConfigErrorKind};
use crate::secret::Secrets;

/// The signature by the last of these secrets: a private key in PKCS #8, as its DER bytes ([`Secret::from_bytes`]).
///
/// [`Secret::from_bytes`]: crate::Secret::from_bytes
pub(super) fn sign(secrets: &Secrets, message: &[u8]) -> Result<Vec<u8>, ConfigError> {
    let last = secrets.iter().last().expect("a set of secrets is never empty");
    let unusable = |_| {
        ConfigError::new(
            ConfigErrorKind::UndecodableSecret,
            "the secret must be an RSA private key in PKCS #8, given by `Secret::from_bytes` as its DER bytes",
        )
    };
    let pair = RsaKeyPair::from_pkcs8(last.expose()).map_err(unusable)?;
    let mut signature = vec![0; pair.public_modulus_len()];
    let made = pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
    made.expect("a key that was read signs");
    Ok(signature)
}
