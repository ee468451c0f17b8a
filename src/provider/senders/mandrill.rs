//! The description of Mandrill.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::{Payload, Scheme};
use crate::provider::place::{Part, header};

/// Mandrill (Mailchimp Transactional): HMAC-SHA-1 over the endpoint's public URL and the form's fields, sorted and without
/// anything between them, Base64; the key is the webhook's. The events are a JSON array in `mandrill_events`.
///
/// A delivery has no id and is known by what is signed. A new webhook's URL is asked by HEAD whether it is there, and tried by a
/// delivery that another key signs: that one is refused.
///
/// Sources: <https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/>; of the tries
/// <https://mandrill.zendesk.com/hc/en-us/articles/205583277>. Its vectors are of `django-anymail`, not of the sender.
pub const MANDRILL: Scheme = Scheme::own("mandrill", "HMAC-SHA-1 over URL and sorted form")
    .docs("https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/")
    .source(Source::ThirdParty("anymail/django-anymail"))
    .vectors(Vectors::ThirdParty)
    .tries("later; how often is not said")
    .signature(header("x-mandrill-signature").base64())
    .content(&[Part::Url, Part::Body])
    .payload(Payload::JsonOrForm {
        field: "mandrill_events",
    });
