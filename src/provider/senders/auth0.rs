//! The description of Auth0's custom log streams.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::events::each;
use crate::provider::place::{header, json};

/// Auth0's custom log streams: the authorization token that you set, as the whole value of `Authorization`; write it with its `Bearer `
/// if you set it so. It signs nothing, so what it sends is an [`UnsignedBody`](crate::UnsignedBody). The body is an array of log
/// entries when the stream's format is `JSON Array`; as `JSON Lines` it is no JSON document.
///
/// Sources: <https://auth0.com/docs/customize/log-streams/custom-log-streams>, <https://auth0.com/docs/customize/log-streams>.
pub const AUTH0: Scheme = Scheme::token("auth0")
    .docs("https://auth0.com/docs/customize/log-streams/custom-log-streams")
    .source(Source::Sender("auth0/docs-v2"))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .tries("3 times, again and again; after 7 days of failures the stream is paused")
    .signature(header("authorization").token(""))
    .events(&[each("/*").id(json("/log_id")).kind(&[json("/data/type")])])
    .retries(Duration::from_secs(7 * 86_400), Duration::from_secs(8 * 86_400));
