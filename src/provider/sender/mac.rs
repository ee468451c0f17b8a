//! The check of a sender that signs by HMAC.

use smallvec::SmallVec;
use subtle::{Choice, ConditionallySelectable};

use crate::signature::header::Signatures;
use crate::signature::hmac::{MacKey, RunningMac};

/// The MACs of one delivery, one for each secret.
pub(super) struct MacCheck {
    macs: SmallVec<[RunningMac; 1]>,
    candidates: Signatures,
    rest: Vec<u8>,
}

impl MacCheck {
    /// Starts with what stands before the body; `rest` stands behind it.
    pub(super) fn new(keys: &[MacKey], candidates: Signatures, before: &[&[u8]], rest: Vec<u8>) -> Self {
        let mut macs: SmallVec<[_; 1]> = keys.iter().map(MacKey::start).collect();
        for mac in &mut macs {
            before.iter().for_each(|piece| mac.update(piece));
        }
        Self {
            macs,
            candidates,
            rest,
        }
    }

    pub(super) fn update(&mut self, piece: &[u8]) {
        self.macs.iter_mut().for_each(|mac| mac.update(piece));
    }

    /// Every secret with every signature, without an early exit: the time tells neither which matched nor whether one did.
    pub(super) fn finish(self) -> Option<usize> {
        let (mut genuine, mut index) = (Choice::from(0), 0_u64);
        for (position, mut mac) in (0_u64..).zip(self.macs) {
            mac.update(&self.rest);
            let tag = mac.finish();
            let matched = self
                .candidates
                .iter()
                .fold(Choice::from(0), |any, one| any | tag.matches(one.as_bytes()));
            index.conditional_assign(&position, matched & !genuine);
            genuine |= matched;
        }
        bool::from(genuine).then(|| usize::try_from(index).unwrap_or(usize::MAX))
    }
}
