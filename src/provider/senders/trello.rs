//! The description of Trello.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::handshake::Handshake;
use crate::provider::place::{Part, header, json};

/// Trello: HMAC-SHA-1 over the body and the callback URL, Base64; the key is the app's OAuth secret. The URL is the one that Trello
/// was given: say it with [`Sender::public_url`](crate::provider::Sender::public_url). A `HEAD` to it comes first.
///
/// Source: <https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/>.
pub const TRELLO: Scheme = Scheme::hmac_sha1("trello")
    .docs("https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/")
    .source(Source::Excerpt("developer.atlassian.com"))
    .vectors(Vectors::Derived)
    .answer("200")
    .signature(header("x-trello-webhook").base64())
    .content(&[Part::Body, Part::Url])
    .id_if_any(json("/action/id"))
    .kind(json("/action/type"))
    .within(&[json("/webhook/id")])
    .handshakes(&[Handshake::head()]);
