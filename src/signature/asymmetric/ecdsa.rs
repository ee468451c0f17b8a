//! ECDSA on P-256 with SHA-256 (FIPS 186-5), its signatures in DER.

use p256::ecdsa::VerifyingKey;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::pkcs8::{DecodePublicKey, EncodePublicKey};

/// A signature, read from the one DER spelling that each has.
pub(crate) struct Signature(p256::ecdsa::Signature);

impl Signature {
    pub(crate) fn from_der(der: &[u8]) -> Option<Self> {
        p256::ecdsa::Signature::from_der(der).ok().map(Self)
    }
}

/// A sender's public key.
#[derive(Clone)]
pub(crate) struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key in this `SubjectPublicKeyInfo`, in DER; `None` when it is none of this curve.
    pub(crate) fn from_spki(der: &[u8]) -> Option<Self> {
        VerifyingKey::from_public_key_der(der).ok().map(Self)
    }

    /// Whether the signature is this key's over a message of this SHA-256. Of each signature there are two, of which anyone can
    /// make one from the other: both are genuine, so nothing may take a signature for the name of an event.
    pub(crate) fn verifies(&self, digest: &[u8; 32], signature: &Signature) -> bool {
        self.0.verify_prehash(digest, &signature.0).is_ok()
    }
}

/// The curve's base point: a public key as good as any where the verdict is not used.
pub(crate) fn decoy() -> Vec<u8> {
    let point = VerifyingKey::from_affine(p256::AffinePoint::GENERATOR);
    spki(&point.expect("it is a point of the curve, and not its zero"))
}

fn spki(key: &VerifyingKey) -> Vec<u8> {
    let der = key.to_public_key_der().expect("the document's length is fixed");
    der.as_bytes().to_vec()
}

/// The longest signature in DER: two numbers of 33 bytes, and 6 bytes of structure.
pub(crate) const LONGEST: usize = 72;

/// A private key, for signing as the sender does.
#[cfg(feature = "test-util")]
pub(crate) struct PrivateKey(p256::ecdsa::SigningKey);

#[cfg(feature = "test-util")]
impl PrivateKey {
    /// The key with this scalar of 32 bytes, or in this PKCS #8 document.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        use p256::pkcs8::DecodePrivateKey;
        let key = match bytes.len() {
            32 => p256::ecdsa::SigningKey::from_slice(bytes).ok(),
            _ => p256::ecdsa::SigningKey::from_pkcs8_der(bytes).ok(),
        };
        key.map(Self)
    }

    /// The public key's `SubjectPublicKeyInfo`, in DER.
    pub(crate) fn public(&self) -> Vec<u8> {
        spki(self.0.verifying_key())
    }

    /// The signature over a message of this SHA-256, in DER.
    pub(crate) fn sign(&self, digest: &[u8; 32]) -> Vec<u8> {
        use p256::ecdsa::signature::hazmat::PrehashSigner;
        let signed: Result<p256::ecdsa::Signature, _> = self.0.sign_prehash(digest);
        signed
            .map(|signature| signature.to_der().as_bytes().to_vec())
            .unwrap_or_default()
    }
}
