//! Signatures: making and comparing MACs, and reading the text that carries them.
//!
//! [`encoding`], [`header`] and [`scattered`] hold the only parsing of signature text in the crate; [`hmac`], [`digest`], `asymmetric`
//! and [`token`] hold the only comparisons.

#[cfg(any(feature = "ed25519", feature = "p256"))]
pub(crate) mod asymmetric;
pub(crate) mod digest;
pub(crate) mod encoding;
pub(crate) mod header;
pub(crate) mod hmac;
#[cfg(all(feature = "aws-lc-rs", any(feature = "x509-cert", feature = "sfv")))]
pub(crate) mod public_key;
pub(crate) mod scattered;
pub(crate) mod token;

#[cfg(test)]
mod tests;
