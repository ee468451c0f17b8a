//! RSA signatures: checked by AWS-LC, with the padding that the configuration names.

use aws_lc_rs::signature::{
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA512, RsaParameters, UnparsedPublicKey,
};

/// How a message is hashed and padded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rsa {
    /// PKCS #1 v1.5 with SHA-1, for which two messages of one signature can be made.
    #[cfg(feature = "x509-cert")]
    Pkcs1Sha1,
    /// PKCS #1 v1.5 with SHA-256.
    Pkcs1Sha256,
    /// PSS with SHA-512, as RFC 9421 has it.
    #[cfg(feature = "sfv")]
    PssSha512,
}

impl Rsa {
    fn parameters(self) -> &'static RsaParameters {
        match self {
            #[cfg(feature = "x509-cert")]
            Self::Pkcs1Sha1 => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Pkcs1Sha256 => &RSA_PKCS1_2048_8192_SHA256,
            #[cfg(feature = "sfv")]
            Self::PssSha512 => &RSA_PSS_2048_8192_SHA512,
        }
    }
}

/// A public key of 2048 to 8192 bits.
pub(crate) struct RsaKey(Box<[u8]>);

impl RsaKey {
    /// A key from its DER form: a `SubjectPublicKeyInfo`, or the bare `RSAPublicKey`.
    pub(crate) fn from_der(der: &[u8]) -> Option<Self> {
        ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der).ok()?;
        Some(Self(der.into()))
    }

    /// Whether the signature over this message was made with the key's other half.
    pub(crate) fn verifies(&self, rsa: Rsa, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(rsa.parameters(), &self.0)
            .verify(message, signature)
            .is_ok()
    }
}
