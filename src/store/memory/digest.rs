//! What stands for an event's key in a memory store's tables: half as long, and keyed at random.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};

use xxhash_rust::xxh3::xxh3_128_with_seed;

use crate::verified::Key;

/// 16 bytes in place of a key's 32. Keys are hashes, so no sender can aim: of a million events, the chance that two share a
/// digest is one in 2^89.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Digest([u8; 16]);

/// The first half of a digest. Bytes, so that a table's row of a tag and a number needs no padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag([u8; 8]);

/// A store's own way from keys to digests, so that no choice of ids can crowd one corner of its tables.
#[derive(Debug)]
pub(super) struct Seed(u64);

impl Seed {
    pub(super) fn random() -> Self {
        Self(RandomState::new().hash_one(0))
    }

    pub(super) fn digest(&self, key: &Key) -> Digest {
        Digest(xxh3_128_with_seed(key.as_bytes(), self.0).to_le_bytes())
    }
}

impl Digest {
    /// Of no key in particular.
    pub(super) const NONE: Self = Self([0; 16]);

    #[cfg(test)]
    pub(super) fn from_halves(tag: u64, rest: u64) -> Self {
        Self((u128::from(rest) << 64 | u128::from(tag)).to_le_bytes())
    }

    /// A number for the key, apart from what its tag holds.
    pub(super) fn part(&self) -> u8 {
        let [.., part] = self.0;
        part
    }

    pub(super) fn tag(&self) -> Tag {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        Tag([a, b, c, d, e, f, g, h])
    }
}

impl Hash for Tag {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from_le_bytes(self.0));
    }
}

impl Hash for Digest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.tag().hash(state);
    }
}

/// The hasher of tables whose keys are hashes already.
pub(super) type Plain = BuildHasherDefault<AsItIs>;

#[derive(Debug, Default)]
pub(super) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, bytes: &[u8]) {
        // Digests and tags write one number; whatever else came would still be told apart.
        bytes
            .iter()
            .for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
