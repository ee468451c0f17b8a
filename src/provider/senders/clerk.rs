//! The description of Clerk.

use std::time::Duration;

use super::SVIX;
use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;

/// Clerk: Svix under its own name.
///
/// Source: <https://clerk.com/docs/webhooks/overview>.
pub const CLERK: Scheme = SVIX
    .named("clerk")
    .docs("https://clerk.com/docs/webhooks/overview")
    .source(Source::Sender("clerk/javascript"))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .deadline(Duration::from_secs(15))
    .tries("as Svix");
