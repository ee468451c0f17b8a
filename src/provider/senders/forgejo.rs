//! The description of Forgejo.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::header;

/// Forgejo: As Gitea, with headers of its own name.
///
/// Source: <https://docs.gitea.com/usage/webhooks>.
pub const FORGEJO: Scheme = Scheme::hmac_sha256("forgejo")
    .docs("https://docs.gitea.com/usage/webhooks")
    .source(Source::Sender("go-gitea/gitea"))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .deadline(Duration::from_secs(5))
    .signature(header("x-forgejo-signature").hex())
    .id(header("x-forgejo-delivery"))
    .kind(header("x-forgejo-event"));
