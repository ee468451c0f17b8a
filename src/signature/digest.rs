//! A plain hash over a secret and a content: what some senders use where an HMAC belongs.
//!
//! SHA-256 can be carried on from its value: whoever knows the hash of one content can make that of a longer content that
//! begins with it, up to some filling bytes. What verifies must therefore also be read strictly.

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, Zeroizing};

/// A secret to be hashed in front of a content.
pub(crate) struct DigestKey(Zeroizing<Vec<u8>>);

impl DigestKey {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(Zeroizing::new(secret.to_vec()))
    }

    /// The hash over the secret and these pieces, one behind the other.
    pub(crate) fn over(&self, pieces: &[&[u8]]) -> Hashed {
        let mut hash = Sha256::new_with_prefix(&*self.0);
        pieces.iter().for_each(|piece| hash.update(piece));
        Hashed(hash.finalize().into())
    }
}

/// A computed hash. It has no `PartialEq` and no `Debug`: it can be compared in constant time and nothing else.
pub(crate) struct Hashed([u8; 32]);

impl Hashed {
    pub(crate) fn matches(&self, signature: &[u8]) -> Choice {
        self.0.ct_eq(signature)
    }

    /// The hash itself, for signing.
    #[cfg(feature = "test-util")]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Hashed {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_hash_of_one_text() {
        // NIST's example for SHA-256: "abc".
        let wanted = hex::decode("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad").unwrap();
        let hashed = DigestKey::new(b"a").over(&[b"b", b"", b"c"]);
        assert!(bool::from(hashed.matches(&wanted)));
        assert!(!bool::from(hashed.matches(&wanted[1..])));
        assert!(!bool::from(DigestKey::new(b"a").over(&[b"c"]).matches(&wanted)));
    }
}
