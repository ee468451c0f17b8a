//! The description of Contentful.

use std::time::Duration;

use http::Method;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{Part, header};

/// Contentful: HMAC-SHA-256 over method, path with query, the headers that `X-Contentful-Signed-Headers` names, and the body,
/// hexadecimal; the key is the text of the 64-character secret. The time counts in milliseconds and is good for 30 seconds.
///
/// Which headers are signed is said in each delivery: time and list always, topic and idempotency key perhaps, so they are
/// stated unsigned. Two more tries, 30 seconds apart.
///
/// Source: <https://www.contentful.com/developers/docs/webhooks/request-verification/> and the sender's `node-apps-toolkit`.
pub const CONTENTFUL: Scheme = Scheme::own("contentful", "HMAC-SHA-256 over a canonical request")
    .docs("https://www.contentful.com/developers/docs/webhooks/request-verification/")
    .source(Source::Sender("contentful/node-apps-toolkit"))
    .vectors(Vectors::ThirdParty)
    .answer("2xx")
    .deadline(Duration::from_secs(30))
    .tries("2 more on 429 and 5xx, 30 seconds apart")
    .signature(header("x-contentful-signature").hex())
    .content(&[
        Part::Method,
        Part::Url,
        Part::Header("x-contentful-signed-headers"),
        Part::Header("x-contentful-timestamp"),
        Part::Body,
    ])
    .timestamp(header("x-contentful-timestamp").unix_milliseconds())
    .tolerance(Duration::from_secs(30))
    .id_if_any(header("x-contentful-idempotency-key"))
    .kind(header("x-contentful-topic"))
    .methods(&[
        Method::POST,
        Method::GET,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ])
    .empty_body()
    .retries(Duration::from_secs(300), Duration::from_secs(86_400));
