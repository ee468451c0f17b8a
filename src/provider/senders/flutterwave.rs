//! The description of Flutterwave.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::{header, json};

/// Flutterwave's version 4: HMAC-SHA-256 over the body, Base64. The secret is the secret hash that you set.
///
/// Source: <https://developer.flutterwave.com/docs/webhooks>.
pub const FLUTTERWAVE: Scheme = Scheme::hmac_sha256("flutterwave")
    .docs("https://developer.flutterwave.com/docs/webhooks")
    .source(Source::ThirdParty("several receivers that agree"))
    .vectors(Vectors::Derived)
    .answer("200")
    .deadline(Duration::from_secs(60))
    .signature(header("flutterwave-signature").base64())
    .kind(json("/type"));

/// Flutterwave's version 3: the secret hash itself, in `verif-hash`. It signs nothing, so what it sends is an
/// [`UnsignedBody`](crate::UnsignedBody), and [`FLUTTERWAVE`] never falls back to it.
///
/// Source: <https://developer.flutterwave.com/v3.0/docs/webhooks>.
pub const FLUTTERWAVE_TOKEN: Scheme = Scheme::token("flutterwave_token")
    .docs("https://developer.flutterwave.com/v3.0/docs/webhooks")
    .source(Source::ThirdParty("several receivers that agree"))
    .vectors(Vectors::Derived)
    .answer("200")
    .deadline(Duration::from_secs(60))
    .signature(header("verif-hash").token(""))
    .kind(json("/event"));
