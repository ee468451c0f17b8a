//! The description of npm's hooks.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// npm hooks: HMAC-SHA-256 over the body, hexadecimal. No delivery has an id, so events are known by their content.
///
/// Source: <https://github.com/npm/npm-hook-receiver>.
pub const NPM: Scheme = Scheme::hmac_sha256("npm")
    .docs("https://github.com/npm/npm-hook-receiver")
    .source(Source::Sender("npm/npm-hook-receiver"))
    .vectors(Vectors::Derived)
    .answer("200")
    .signature(header("x-npm-signature").prefix("sha256=").hex())
    .kind(json("/event"));
