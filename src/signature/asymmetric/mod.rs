//! Signatures that are made with a private key and verified with the public one.
//!
//! Nothing here is secret, so nothing need take the same time: a public key and a signature are known to whoever made them.

#[cfg(feature = "p256")]
pub(crate) mod ecdsa;
#[cfg(feature = "ed25519")]
pub(crate) mod ed25519;

/// How many of a delivery's signatures are tried with each key: a rotation needs two, and each try costs more than a MAC.
pub(crate) const MAX_TRIED: usize = 4;
