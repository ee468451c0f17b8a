//! The description of DocuSign Connect.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// DocuSign Connect: HMAC-SHA-256 over the body, Base64, one in each of `X-DocuSign-Signature-1`, `-2` and so on for the account's
/// keys; the key is the Connect key's text. No delivery has one id, so events are known by their content. Bodies that hold documents
/// are larger than the limit of 1 MiB: raise it with [`VerifyLayer::limit`](crate::VerifyLayer::limit).
///
/// Source: <https://developers.docusign.com/platform/webhooks/connect/validate>.
pub const DOCUSIGN: Scheme = Scheme::hmac_sha256("docusign")
    .docs("https://developers.docusign.com/platform/webhooks/connect/validate")
    .source(Source::Sender("docusign/code-examples-node"))
    .vectors(Vectors::Derived)
    .signature(header("x-docusign-signature").indexed().base64())
    .kind(json("/event"))
    .retries(Duration::from_secs(15 * 86_400), Duration::from_secs(16 * 86_400));
