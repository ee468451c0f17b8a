//! A description to start from for senders of HTTP message signatures.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::Part;

/// A sender of HTTP message signatures (RFC 9421) over method, URL and body (by RFC 9530's `Content-Digest`), checked by
/// [`MessageSignatures`](crate::provider::MessageSignatures).
///
/// Say the rest of your sender: its [`named`](Scheme::named), where its [`id`](Scheme::id) and [`kind`](Scheme::kind) are, what
/// else it signs ([`content`](Scheme::content)), and for how long it tries again.
/// Sources: <https://www.rfc-editor.org/rfc/rfc9421>, <https://www.rfc-editor.org/rfc/rfc9530>.
pub const HTTP_MESSAGE_SIGNATURES: Scheme = Scheme::own("rfc9421", "the key's own, by RFC 9421")
    .docs("https://www.rfc-editor.org/rfc/rfc9421")
    .source(Source::Sender("RFC 9421 and RFC 9530"))
    .vectors(Vectors::Published)
    .key_is("as the `SignatureKey` says")
    .content(&[Part::Method, Part::Url, Part::Body])
    .tolerance(Duration::from_secs(300));
