//! The description of Okta's event hooks.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::events::each;
use crate::provider::handshake::Handshake;
use crate::provider::place::{header, json};

/// Okta's event hooks: the authentication secret that you set, as the whole value of `Authorization`. It signs nothing, so what it sends
/// is an [`UnsignedBody`](crate::UnsignedBody). A delivery holds several events.
///
/// The layer answers the verification, a `GET` with a challenge in a header.
///
/// Source: <https://developer.okta.com/docs/concepts/event-hooks/>.
pub const OKTA: Scheme = Scheme::token("okta")
    .docs("https://developer.okta.com/docs/concepts/event-hooks/")
    .source(Source::Sender("okta/okta-developer-docs"))
    .vectors(Vectors::Derived)
    .answer("200 or 204")
    .deadline(Duration::from_secs(3))
    .tries("once, and not after a 4xx")
    .signature(header("authorization").token(""))
    .id_if_any(json("/eventId"))
    .kind(json("/eventType"))
    .events(&[each("/data/events/*")
        .id(json("/uuid"))
        .kind(&[json("/eventType")])])
    .handshakes(&[Handshake::get_header("x-okta-verification-challenge").json("verification")])
    .retries(Duration::from_secs(3_600), Duration::from_secs(86_400));
