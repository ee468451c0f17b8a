//! The check of a sender that signs with ECDSA on P-256.

use sha2::{Digest, Sha256};

use crate::rejection::Reason;
use crate::signature::asymmetric::MAX_TRIED;
use crate::signature::asymmetric::ecdsa::{PublicKey, Signature};

/// The signatures of one delivery, with the keys they may be of and the running hash of what is signed.
pub(super) struct EcdsaCheck {
    keys: Vec<PublicKey>,
    candidates: Vec<Signature>,
    hash: Sha256,
    rest: Vec<u8>,
}

impl EcdsaCheck {
    pub(super) fn new(
        keys: &[PublicKey],
        candidates: Vec<Signature>,
        before: &[&[u8]],
        rest: Vec<u8>,
    ) -> Result<Self, Reason> {
        if candidates.len() > MAX_TRIED {
            return Err(Reason::TooManySignatures);
        }
        let mut hash = Sha256::new();
        before.iter().for_each(|piece| hash.update(piece));
        Ok(Self {
            keys: keys.to_vec(),
            candidates,
            hash,
            rest,
        })
    }

    pub(super) fn update(&mut self, piece: &[u8]) {
        self.hash.update(piece);
    }

    /// The first key that a signature is of.
    pub(super) fn finish(self) -> Option<usize> {
        let digest = self.hash.chain_update(&self.rest).finalize().into();
        let matches = |key: &PublicKey| self.candidates.iter().any(|one| key.verifies(&digest, one));
        self.keys.iter().position(matches)
    }
}
