//! The description of Braintree.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::{Payload, Scheme};
use crate::provider::place::Part;

/// Braintree: HMAC-SHA-1 over the form's `bt_payload`, hexadecimal, in its `bt_signature` behind the public key; the key is the
/// SHA-1 of the private key. The payload is XML in Base64.
///
/// The notification has no id outside its XML and is known by its payload. Before it is used, the endpoint's URL is asked by
/// GET to sign a `bt_challenge`.
///
/// Source: <https://developer.paypal.com/braintree/docs/guides/webhooks/parse> and the sender's own libraries. Derived only: the
/// sender publishes no fixed signature.
pub const BRAINTREE: Scheme = Scheme::own("braintree", "HMAC-SHA-1 over a form's field")
    .docs("https://developer.paypal.com/braintree/docs/guides/webhooks/parse")
    .source(Source::Sender("braintree/braintree_python"))
    .vectors(Vectors::Derived)
    .key_is("the SHA-1 of the private key's text")
    .answer("2xx")
    .deadline(Duration::from_secs(30))
    .tries("every hour for up to 24 hours, in the sandbox for up to 3")
    .content(&[Part::Form("bt_payload")])
    .payload(Payload::Fields)
    .retries(Duration::from_secs(86_400), Duration::from_secs(2 * 86_400));
