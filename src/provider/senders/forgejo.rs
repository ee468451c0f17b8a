//! The description of Forgejo.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::header;

/// Forgejo: As Gitea, with headers of its own name. A person's replay has a new id here too.
///
/// Sources: <https://docs.gitea.com/usage/webhooks>, <https://forgejo.org/docs/latest/user/webhooks/>,
/// <https://codeberg.org/forgejo/forgejo/src/branch/forgejo/services/webhook/deliver.go>.
pub const FORGEJO: Scheme = Scheme::hmac_sha256("forgejo")
    .docs("https://docs.gitea.com/usage/webhooks")
    .source(Source::Sender("go-gitea/gitea"))
    .vectors(Vectors::Derived)
    .answer("2xx")
    .deadline(Duration::from_secs(5))
    .tries("never by itself")
    .signature(header("x-forgejo-signature").hex())
    .id(header("x-forgejo-delivery"))
    .kind(header("x-forgejo-event"));
