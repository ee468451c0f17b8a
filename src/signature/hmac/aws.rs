//! The MAC by AWS-LC.

use aws_lc_rs::hmac::{Context, HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, HMAC_SHA512, Key};

use super::Algorithm;

#[derive(Clone)]
pub(super) struct Keyed(Context);

impl Keyed {
    pub(super) fn new(algorithm: Algorithm, key: &[u8]) -> Self {
        let algorithm = match algorithm {
            Algorithm::Sha1 => HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Algorithm::Sha256 => HMAC_SHA256,
            Algorithm::Sha512 => HMAC_SHA512,
        };
        Self(Context::with_key(&Key::new(algorithm, key)))
    }

    pub(super) fn start(&self) -> Running {
        Running(self.0.clone())
    }
}

pub(super) struct Running(Context);

impl Running {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Writes the MAC to the front of `out` and answers its length.
    pub(super) fn finish(self, out: &mut [u8; 64]) -> usize {
        let tag = self.0.sign();
        let tag = tag.as_ref();
        out[..tag.len()].copy_from_slice(tag);
        tag.len()
    }
}
