//! The description of CircleCI.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// CircleCI: HMAC-SHA-256 over the body, hexadecimal, as `v1=…`.
///
/// Source: <https://circleci.com/docs/guides/integration/outbound-webhooks/>.
pub const CIRCLECI: Scheme = Scheme::hmac_sha256("circleci")
    .docs("https://circleci.com/docs/guides/integration/outbound-webhooks/")
    .source(Source::Sender("circleci/circleci-docs"))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(Duration::from_secs(10))
    .tries("later; how often is not said")
    .signature(header("circleci-signature").pairs("v1").hex())
    .id(json("/id"))
    .kind(json("/type"));
