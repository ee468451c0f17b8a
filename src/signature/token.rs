//! Shared tokens: what proves no more than that the sender knows it.

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

/// A token to be compared with, kept as its digest: so a comparison takes as long for a token of any length.
#[derive(Clone)]
pub(crate) struct TokenKey(Zeroizing<[u8; 32]>);

impl TokenKey {
    pub(crate) fn new(token: &[u8]) -> Self {
        Self(Zeroizing::new(Sha256::digest(token).into()))
    }

    pub(crate) fn matches(&self, candidate: &Self) -> Choice {
        self.0.ct_eq(&*candidate.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_matches_itself_alone() {
        let token = TokenKey::new(b"a shared token");
        assert!(bool::from(token.matches(&TokenKey::new(b"a shared token"))));
        for other in [&b"a shared tokem"[..], b"a shared toke", b"a shared token ", b""] {
            assert!(!bool::from(token.matches(&TokenKey::new(other))));
        }
    }
}
