//! The description of Clerk.

use super::SVIX;
use crate::provider::description::Scheme;

/// Clerk: Svix under its own name.
///
/// Source: <https://clerk.com/docs/webhooks/overview>.
pub const CLERK: Scheme = SVIX
    .named("clerk")
    .docs("https://clerk.com/docs/webhooks/overview");
