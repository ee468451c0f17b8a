//! The MAC by the RustCrypto crates.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::Algorithm;

#[derive(Clone)]
pub(super) enum Keyed {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha512(Box<Hmac<Sha512>>),
}

impl Keyed {
    pub(super) fn new(algorithm: Algorithm, key: &[u8]) -> Self {
        const ANY_LENGTH: &str = "HMAC takes a key of any length";
        match algorithm {
            Algorithm::Sha1 => Self::Sha1(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
            Algorithm::Sha256 => Self::Sha256(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
            Algorithm::Sha512 => Self::Sha512(Box::new(Hmac::new_from_slice(key).expect(ANY_LENGTH))),
        }
    }

    pub(super) fn start(&self) -> Running {
        Running(self.clone())
    }
}

pub(super) struct Running(Keyed);

impl Running {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            Keyed::Sha1(mac) => mac.update(bytes),
            Keyed::Sha256(mac) => mac.update(bytes),
            Keyed::Sha512(mac) => mac.update(bytes),
        }
    }

    /// Writes the MAC to the front of `out` and answers its length.
    pub(super) fn finish(self, out: &mut [u8; 64]) -> usize {
        match self.0 {
            Keyed::Sha1(mac) => put(&mac.finalize().into_bytes(), out),
            Keyed::Sha256(mac) => put(&mac.finalize().into_bytes(), out),
            Keyed::Sha512(mac) => put(&mac.finalize().into_bytes(), out),
        }
    }
}

fn put(tag: &[u8], out: &mut [u8; 64]) -> usize {
    out[..tag.len()].copy_from_slice(tag);
    tag.len()
}
