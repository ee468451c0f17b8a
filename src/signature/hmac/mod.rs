//! HMAC: keyed once a secret, run over the body while it arrives, compared in constant time.

#[cfg(feature = "aws-lc-rs")]
mod aws;
#[cfg(feature = "aws-lc-rs")]
use aws as backend;
#[cfg(not(feature = "aws-lc-rs"))]
mod rustcrypto;
#[cfg(not(feature = "aws-lc-rs"))]
use rustcrypto as backend;

use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroize;

/// Which hash the MAC is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Algorithm {
    /// Kept for senders that know nothing better; an HMAC is not broken by SHA-1's collisions.
    Sha1,
    /// What nearly every sender uses.
    Sha256,
    /// The long one.
    Sha512,
}

impl Algorithm {
    /// The MAC's length in bytes.
    pub(crate) const fn len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

/// A key that has gone through its first block. Cloning it is what makes a MAC cheap.
#[derive(Clone)]
pub(crate) struct MacKey(backend::Keyed);

impl MacKey {
    pub(crate) fn new(algorithm: Algorithm, key: &[u8]) -> Self {
        Self(backend::Keyed::new(algorithm, key))
    }

    pub(crate) fn start(&self) -> RunningMac {
        RunningMac(self.0.start())
    }
}

/// A MAC over what has arrived so far.
pub(crate) struct RunningMac(backend::Running);

impl RunningMac {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn finish(self) -> Tag {
        let mut tag = Tag {
            bytes: [0; 64],
            len: 0,
        };
        tag.len = self.0.finish(&mut tag.bytes);
        tag
    }
}

/// A computed MAC. It has no `PartialEq` and no `Debug`: it can be compared in constant time and nothing else.
pub(crate) struct Tag {
    bytes: [u8; 64],
    len: usize,
}

impl Tag {
    /// In constant time: eight bytes at a time, and what is left over byte by byte.
    pub(crate) fn matches(&self, signature: &[u8]) -> Choice {
        let tag = &self.bytes[..self.len];
        if tag.len() != signature.len() {
            return Choice::from(0);
        }
        let (ours, theirs) = (tag.as_chunks(), signature.as_chunks());
        let words = ours.0.iter().zip(theirs.0);
        words.fold(ours.1.ct_eq(theirs.1), |alike, (ours, theirs)| {
            alike & u64::from_ne_bytes(*ours).ct_eq(&u64::from_ne_bytes(*theirs))
        })
    }

    /// The MAC in hexadecimal, for a handshake in which it is the answer.
    pub(crate) fn hex(&self) -> String {
        self.bytes[..self.len]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// The MAC itself, for signing.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Drop for Tag {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(algorithm: Algorithm, key: &[u8], text: &[u8]) -> Tag {
        let mut mac = MacKey::new(algorithm, key).start();
        text.chunks(5).for_each(|chunk| mac.update(chunk));
        mac.finish()
    }

    #[test]
    fn t055_rfc_vectors() {
        // RFC 2202 case 2 (SHA-1), RFC 4231 case 2 (SHA-256, SHA-512).
        let text = b"what do ya want for nothing?";
        let expected = [
            (Algorithm::Sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (
                Algorithm::Sha256,
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                Algorithm::Sha512,
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            ),
        ];
        for (algorithm, in_hex) in expected {
            let wanted = hex::decode(in_hex).unwrap();
            let tag = tag(algorithm, b"Jefe", text);
            assert_eq!(tag.hex(), in_hex);
            assert!(bool::from(tag.matches(&wanted)));
            assert_eq!(wanted.len(), algorithm.len());
            for byte in 0..wanted.len() {
                let mut wrong = wanted.clone();
                wrong[byte] ^= 1;
                assert!(!bool::from(tag.matches(&wrong)));
            }
            assert!(!bool::from(tag.matches(&wanted[1..])));
            assert!(!bool::from(tag.matches(b"")));
        }
    }

    #[test]
    fn t055_a_key_longer_than_a_block_and_a_text_of_many() {
        // RFC 4231 case 7.
        let text = b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.";
        let wanted = hex::decode("9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2").unwrap();
        assert!(bool::from(
            tag(Algorithm::Sha256, &[0xaa; 131], text).matches(&wanted)
        ));
    }
}
