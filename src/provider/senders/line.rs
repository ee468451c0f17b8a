//! The description of LINE Messaging API.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::header;

/// LINE Messaging API: HMAC-SHA-256 over the body, Base64; the key is the channel secret. One delivery holds several events and is known by its
/// content.
///
/// Source: <https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/>.
pub const LINE: Scheme = Scheme::hmac_sha256("line")
    .docs("https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/")
    .source(Source::Sender("line/line-bot-sdk-python"))
    .vectors(Vectors::Published)
    .answer("200")
    .signature(header("x-line-signature").base64());
