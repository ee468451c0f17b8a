//! The check of a sender that signs with Ed25519.

use crate::provider::keys::MixedKeys;
use crate::rejection::Reason;
use crate::signature::asymmetric::MAX_TRIED;
use crate::signature::asymmetric::ed25519::{PublicKey, SIGNATURE};
use crate::signature::encoding::Decoded;
use crate::signature::header::Signatures;

use super::mac::MacCheck;

/// The signatures of one delivery, with the keys they may be of.
pub(super) struct Ed25519Check {
    keys: Vec<PublicKey>,
    candidates: Signatures,
    before: Vec<u8>,
    rest: Vec<u8>,
}

impl Ed25519Check {
    pub(super) fn new(
        keys: &[PublicKey],
        shown: &[Decoded],
        before: &[&[u8]],
        rest: Vec<u8>,
    ) -> Result<Self, Reason> {
        let candidates: Signatures = shown.iter().filter(|one| is_one(one)).copied().collect();
        if candidates.len() > MAX_TRIED {
            return Err(Reason::TooManySignatures);
        }
        Ok(Self {
            keys: keys.to_vec(),
            candidates,
            before: before.concat(),
            rest,
        })
    }

    /// The first key that a signature is of. The hash of a message begins with signature and key, so it can't be made while the
    /// body arrives; the whole message is put together for this moment, once for each thread that verifies at most.
    pub(super) fn finish(self, body: &[u8]) -> Option<usize> {
        let joined;
        let message = if self.before.is_empty() && self.rest.is_empty() {
            body
        } else {
            joined = [&self.before, body, &self.rest].concat();
            &joined
        };
        let matches = |key: &PublicKey| {
            let mut signatures = self.candidates.iter();
            signatures.any(|signature| key.verifies(message, signature.as_bytes()))
        };
        self.keys.iter().position(matches)
    }
}

/// Whether what is shown is a signature of this kind.
pub(super) fn is_one(shown: &Decoded) -> bool {
    shown.as_bytes().len() == SIGNATURE
}

/// The check while a sender goes from the one kind to the other.
pub(super) struct MixedCheck {
    pub(super) macs: MacCheck,
    signatures: Ed25519Check,
    count: usize,
    positions: Vec<usize>,
}

impl MixedCheck {
    pub(super) fn new(
        keys: &MixedKeys,
        shown: Signatures,
        before: &[&[u8]],
        rest: Vec<u8>,
    ) -> Result<Self, Reason> {
        Ok(Self {
            signatures: Ed25519Check::new(&keys.public, &shown, before, rest.clone())?,
            macs: MacCheck::new(&keys.macs, shown, before, rest),
            count: keys.macs.len(),
            positions: keys.positions.clone(),
        })
    }

    /// The position of the secret that matched. Both kinds are tried, whatever the first says.
    pub(super) fn finish(self, body: &[u8]) -> Option<usize> {
        let (mac, signature) = (self.macs.finish(), self.signatures.finish(body));
        let place = mac.or(signature.map(|index| self.count + index))?;
        self.positions.get(place).copied()
    }
}
