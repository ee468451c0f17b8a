//! The description of Resend.

use super::SVIX;
use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;

/// Resend: Svix under its own name.
///
/// Source: <https://resend.com/docs/dashboard/webhooks/introduction>.
pub const RESEND: Scheme = SVIX
    .named("resend")
    .docs("https://resend.com/docs/dashboard/webhooks/introduction")
    .source(Source::ThirdParty("symfony/symfony"))
    .vectors(Vectors::ThirdParty)
    .answer("200")
    .tries("as Svix");
