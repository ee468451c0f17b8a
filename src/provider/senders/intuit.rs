//! The description of QuickBooks and Intuit.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::header;

/// QuickBooks and Intuit: HMAC-SHA-256 over the body, Base64; the key is the verifier token. One delivery holds several events and is known by its
/// content.
///
/// Source: <https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks>.
pub const INTUIT: Scheme = Scheme::hmac_sha256("intuit")
    .docs("https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks")
    .source(Source::ThirdParty("IntuitDeveloper/SampleApp-Webhooks-nodejs"))
    .vectors(Vectors::Derived)
    .signature(header("intuit-signature").base64());
