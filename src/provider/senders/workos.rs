//! The description of WorkOS.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{Part, element, header, json};

/// WorkOS: HMAC-SHA-256 over `time.body`, hexadecimal, as `t=…, v1=…` with a space; the time is in milliseconds.
///
/// Source, of the tries too: <https://workos.com/docs/events/data-syncing/webhooks>.
pub const WORKOS: Scheme = Scheme::hmac_sha256("workos")
    .docs("https://workos.com/docs/events/data-syncing/webhooks")
    .source(Source::Sender("workos/workos-node"))
    .vectors(Vectors::Derived)
    .answer("200")
    .tries("up to 12 times in 3 days")
    .signature(header("workos-signature").pairs_by(", ", "v1").hex())
    .id(json("/id"))
    .kind(json("/event"))
    .content(&[Part::Element("t"), Part::Text("."), Part::Body])
    .timestamp(element("t").unix_milliseconds())
    .tolerance(Duration::from_secs(180))
    .retries(Duration::from_secs(3 * 86_400), Duration::from_secs(8 * 86_400));
