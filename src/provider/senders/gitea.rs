//! The description of Gitea.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::place::header;

/// Gitea: HMAC-SHA-256 over the body, bare hexadecimal. Id and kind are not signed. Let the hook send JSON: of a form it signs the
/// `payload` field's text instead of the body.
///
/// A failed delivery is not tried again. A person can send it once more, and then the id is a new one.
///
/// Sources: <https://docs.gitea.com/usage/webhooks>,
/// <https://github.com/go-gitea/gitea/blob/main/services/webhook/deliver.go>,
/// <https://github.com/go-gitea/gitea/blob/main/models/webhook/hooktask.go>.
pub const GITEA: Scheme = Scheme::hmac_sha256("gitea")
    .docs("https://docs.gitea.com/usage/webhooks")
    .source(Source::Sender("go-gitea/gitea"))
    .vectors(Vectors::ThirdParty)
    .answer("2xx")
    .deadline(Duration::from_secs(5))
    .tries("never by itself")
    .signature(header("x-gitea-signature").hex())
    .id(header("x-gitea-delivery"))
    .kind(header("x-gitea-event"));
