//! `Content-Digest` (RFC 9530): hashes of the body, made while it arrives.

use http::HeaderMap;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::field::{bytes, dictionary};
use crate::rejection::Reason;

/// The hashes that a request states of its body, with what has arrived of it.
#[derive(Default)]
pub(super) struct ContentDigest {
    sha256: Option<(Sha256, Vec<u8>)>,
    sha512: Option<(Sha512, Vec<u8>)>,
}

impl ContentDigest {
    /// Reads the header. Of the hashes in it, at least one must be known here; those that are not are passed over.
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, Reason> {
        let (text, stated) = dictionary(headers, NAME)?;
        let (mut found, mut unknown) = (Self::default(), true);
        for (name, entry) in stated {
            match name.as_str() {
                "sha-256" => found.sha256 = Some((Sha256::new(), bytes(text, entry)?)),
                "sha-512" => found.sha512 = Some((Sha512::new(), bytes(text, entry)?)),
                _ => continue,
            }
            unknown = false;
        }
        if unknown {
            return Err(Reason::UnsupportedVersion);
        }
        Ok(found)
    }

    pub(super) fn is_stated(headers: &HeaderMap) -> bool {
        headers.contains_key(NAME)
    }

    pub(super) fn update(&mut self, piece: &[u8]) {
        if let Some((hash, _)) = &mut self.sha256 {
            hash.update(piece);
        }
        if let Some((hash, _)) = &mut self.sha512 {
            hash.update(piece);
        }
    }

    /// Whether each hash is the body's.
    pub(super) fn matches(self) -> bool {
        let short = self
            .sha256
            .is_none_or(|(hash, stated)| hash.finalize().as_slice().ct_eq(&stated).into());
        let long = self
            .sha512
            .is_none_or(|(hash, stated)| hash.finalize().as_slice().ct_eq(&stated).into());
        short & long
    }
}

pub(super) const NAME: &str = "content-digest";
