//! The description of Dropbox.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::handshake::Handshake;
use crate::provider::place::header;
use crate::verified::Identity;

/// Dropbox: HMAC-SHA-256 over the body, hexadecimal; the key is the app secret. A ping that names accounts and no more: fetch the
/// changes by cursor. The next change of an account has the very same body, so each delivery is an event of its own.
///
/// An endpoint is set up with a `GET` whose challenge is sent back. Source: <https://www.dropbox.com/developers/reference/webhooks>;
/// the retries by an older copy of it.
pub const DROPBOX: Scheme = Scheme::hmac_sha256("dropbox")
    .docs("https://www.dropbox.com/developers/reference/webhooks")
    .source(Source::Sender("dropbox/mdwebhook"))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .deadline(Duration::from_secs(10))
    .tries("at growing intervals for about 10 minutes")
    .signature(header("x-dropbox-signature").hex())
    .identity(Identity::EachDelivery)
    .handshakes(&[Handshake::get("challenge")])
    .retries(Duration::from_secs(10 * 60), Duration::from_secs(8 * 86_400));
