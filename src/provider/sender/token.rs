//! The check of a sender that shows a shared token.

use subtle::{Choice, ConditionallySelectable};

use crate::signature::token::TokenKey;

/// The token of one delivery, with those it may be.
pub(super) struct TokenCheck {
    shown: TokenKey,
    known: Vec<TokenKey>,
}

impl TokenCheck {
    pub(super) fn new(known: &[TokenKey], shown: TokenKey) -> Self {
        Self {
            shown,
            known: known.to_vec(),
        }
    }

    /// Compares with every token, without an early exit.
    pub(super) fn finish(&self) -> Option<usize> {
        let (mut genuine, mut index) = (Choice::from(0), 0_u64);
        for (position, known) in (0_u64..).zip(&self.known) {
            let matched = known.matches(&self.shown);
            index.conditional_assign(&position, matched);
            genuine |= matched;
        }
        bool::from(genuine).then(|| usize::try_from(index).unwrap_or(usize::MAX))
    }
}
