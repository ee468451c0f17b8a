//! The descriptions of HubSpot.

use std::time::Duration;

use http::Method;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::{Payload, Scheme};
use crate::provider::events::{Events, each};
use crate::provider::place::{Part, header, json};

/// HubSpot, version 3: HMAC-SHA-256 over method, public URL, body and time in milliseconds, Base64; the key is the app's client
/// secret. Twelve characters that the URL may hold in percent form are signed as themselves.
///
/// A delivery is an array of up to 100 events and has no id. A [`SplitLayer`](crate::SplitLayer) opens it; whole, it is known by
/// its content, in which each try counts its number.
///
/// Sources: <https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation>,
/// <https://developers.hubspot.com/docs/api/webhooks#retries>; the answer by the sender's staff:
/// <https://community.hubspot.com/t5/APIs-Integrations/Webhooks-response/td-p/277558>.
pub const HUBSPOT: Scheme = Scheme::own("hubspot", "HMAC-SHA-256")
    .docs(DOCS)
    .source(Source::Sender("HubSpot/hubspot-api-nodejs"))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .deadline(DEADLINE)
    .tries(TRIES)
    .signature(header("x-hubspot-signature-v3").base64())
    .content(&[
        Part::Method,
        Part::Url,
        Part::Body,
        Part::Header("x-hubspot-request-timestamp"),
    ])
    .timestamp(header("x-hubspot-request-timestamp").unix_milliseconds())
    .methods(&[Method::POST, Method::GET])
    .empty_body()
    .payload(Payload::Json)
    .events(EACH)
    .retries(DAY, Duration::from_secs(2 * 86_400));

/// HubSpot, version 2: a plain SHA-256 over secret, method, public URL and body, hexadecimal. It is no HMAC and holds no time.
///
/// Source: as [`HUBSPOT`].
pub const HUBSPOT_V2: Scheme = Scheme::own("hubspot_v2", "SHA-256 over secret and content")
    .docs(DOCS)
    .source(Source::Sender("HubSpot/hubspot-api-nodejs"))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(DEADLINE)
    .tries(TRIES)
    .signature(header("x-hubspot-signature").hex())
    .content(&[Part::Method, Part::Url, Part::Body])
    .methods(&[Method::POST, Method::GET])
    .empty_body()
    .payload(Payload::Json)
    .events(EACH)
    .retries(DAY, Duration::from_secs(2 * 86_400));

/// HubSpot, version 1: a plain SHA-256 over secret and body, hexadecimal. It is no HMAC and holds no time.
///
/// Source: as [`HUBSPOT`].
pub const HUBSPOT_V1: Scheme = Scheme::own("hubspot_v1", "SHA-256 over secret and content")
    .docs(DOCS)
    .source(Source::Sender("HubSpot/hubspot-api-nodejs"))
    .vectors(Vectors::Published)
    .answer("2xx")
    .deadline(DEADLINE)
    .tries(TRIES)
    .signature(header("x-hubspot-signature").hex())
    .payload(Payload::Json)
    .events(EACH)
    .retries(DAY, Duration::from_secs(2 * 86_400));

/// An `eventId` may come twice with other events, so each is known by what it says, less the number of its try.
const EACH: &[Events] = &[each("/*")
    .kind(&[json("/subscriptionType")])
    .time(json("/occurredAt").unix_milliseconds())
    .unstable(&["/attemptNumber"])];
const DOCS: &str = "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation";
const TRIES: &str = "up to 10 times within 24 hours";
const DEADLINE: Duration = Duration::from_secs(5);
const DAY: Duration = Duration::from_secs(86_400);
