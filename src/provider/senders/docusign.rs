//! The description of DocuSign Connect.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// DocuSign Connect: HMAC-SHA-256 over the body, Base64, one in each of `X-DocuSign-Signature-1`, `-2` and so on for the account's
/// keys; the key is the Connect key's text. No delivery has one id, so events are known by their content. Bodies that hold documents
/// are larger than the limit of 1 MiB: raise it with [`VerifyLayer::limit`](crate::VerifyLayer::limit).
///
/// It tries again only where the configuration's `requiresAcknowledgement` is set. In the aggregate mode a retry waits for the next
/// message that succeeds, so how long it takes has no bound; 15 days are assumed.
///
/// Source: <https://developers.docusign.com/platform/webhooks/connect/validate>; the retries by the sender's API description,
/// <https://github.com/docusign/OpenAPI-Specifications>, as clients that were made from it quote it.
pub const DOCUSIGN: Scheme = Scheme::hmac_sha256("docusign")
    .docs("https://developers.docusign.com/platform/webhooks/connect/validate")
    .source(Source::Sender("docusign/code-examples-node"))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .deadline(Duration::from_secs(100))
    .tries("once a day, up to 10 times, where acknowledgement is required; else never")
    .signature(header("x-docusign-signature").indexed().base64())
    .kind(json("/event"))
    .retries(Duration::from_secs(15 * 86_400), Duration::from_secs(16 * 86_400));
