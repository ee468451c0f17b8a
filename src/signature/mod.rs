//! Signatures: making and comparing MACs, and reading the text that carries them.
//!
//! [`encoding`] and [`header`] hold the only parsing of signature text in the crate; [`hmac`] holds the only comparison.

pub(crate) mod encoding;
pub(crate) mod header;
pub(crate) mod hmac;
