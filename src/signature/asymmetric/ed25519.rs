//! Ed25519 (RFC 8032), in its strict form.

use ed25519_dalek::{Signature, VerifyingKey};

/// A signature's length in bytes.
pub(crate) const SIGNATURE: usize = 64;

/// The curve's base point: a public key as good as any where the verdict is not used.
pub(crate) const DECOY: [u8; 32] = {
    let mut point = [0x66; 32];
    point[0] = 0x58;
    point
};

/// A sender's public key. No signature verifies with it but those of its one private key.
#[derive(Clone)]
pub(crate) struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key in these 32 bytes; `None` when they are no point, or one of the eight for which anybody can sign.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        let key = VerifyingKey::from_bytes(bytes.try_into().ok()?).ok()?;
        (!key.is_weak()).then_some(Self(key))
    }

    /// Whether the signature is this key's over the message: in its one spelling, and not by a point of small order.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}

/// A private key, for signing as the sender does.
#[cfg(feature = "test-util")]
pub(crate) struct PrivateKey(ed25519_dalek::SigningKey);

#[cfg(feature = "test-util")]
impl PrivateKey {
    /// The key with this seed of 32 bytes, behind which the public key may stand.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        let seed = bytes
            .get(..32)
            .filter(|_| bytes.len() == 32 || bytes.len() == 64)?;
        let key = ed25519_dalek::SigningKey::from_bytes(seed.try_into().ok()?);
        let stated = &bytes[32..];
        (stated.is_empty() || stated == key.verifying_key().as_bytes()).then_some(Self(key))
    }

    pub(crate) fn public(&self) -> Vec<u8> {
        self.0.verifying_key().to_bytes().to_vec()
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        use ed25519_dalek::Signer;
        self.0.sign(message).to_bytes().to_vec()
    }
}
