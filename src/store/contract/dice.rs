//! Random verbs.

use super::scene::{OTHER_PRINT, PRINT, Span};
use crate::verified::Fingerprint;

/// A call of the store; a ticket is named by its place among those won so far.
#[derive(Debug, Clone, Copy)]
pub(super) enum Verb {
    Claim {
        print: Fingerprint,
        lease: Span,
        keep: Span,
    },
    Renew {
        ticket: usize,
        lease: Span,
    },
    Complete {
        ticket: usize,
        keep: Span,
    },
    Release {
        ticket: usize,
    },
    Forget,
}

/// Random numbers that a seed repeats: Marsaglia's xorshift.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        // Neighbouring seeds must not throw alike, and zero would throw nothing but zeros.
        Self(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % end
    }

    pub(super) fn verb(&mut self, tickets: usize) -> Verb {
        if tickets == 0 || self.below(2) == 0 {
            return self.claim();
        }
        // The newest ticket most of the time, a stale one now and then.
        let ticket = if self.below(4) == 0 {
            self.below(tickets)
        } else {
            tickets - 1
        };
        match self.below(9) {
            0..3 => Verb::Renew {
                ticket,
                lease: self.span(),
            },
            3..5 => Verb::Complete {
                ticket,
                keep: self.span(),
            },
            5..8 => Verb::Release { ticket },
            _ => Verb::Forget,
        }
    }

    fn claim(&mut self) -> Verb {
        let print = if self.below(6) == 0 { OTHER_PRINT } else { PRINT };
        match self.below(6) {
            0 => Verb::Claim {
                print,
                lease: Span::Short,
                keep: Span::Short,
            },
            1 | 2 => Verb::Claim {
                print,
                lease: Span::Short,
                keep: Span::Long,
            },
            _ => Verb::Claim {
                print,
                lease: Span::Long,
                keep: Span::Long,
            },
        }
    }

    fn span(&mut self) -> Span {
        if self.below(2) == 0 {
            Span::Short
        } else {
            Span::Long
        }
    }
}
