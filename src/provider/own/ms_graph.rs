//! The rule of Microsoft Graph: a shared token in each notification of the body.

use std::borrow::Cow;
#[cfg(feature = "test-util")]
use std::time::SystemTime;

use bytes::Bytes;
#[cfg(feature = "test-util")]
use http::Request;
use http::request::Parts;
use serde::Deserialize;

use super::{Judge, Own, Rule, Verdict, first};
#[cfg(feature = "test-util")]
use crate::error::BoxError;
use crate::provider::Refusal;
use crate::provider::description::Scheme;
use crate::provider::json;
use crate::provider::keys::Keys;
use crate::provider::method::{KeyForm, Method};
use crate::provider::senders::MS_GRAPH;
use crate::rejection::Reason;
use crate::secret::SecretSource;
#[cfg(feature = "test-util")]
use crate::secret::Secrets;
use crate::signature::token::TokenKey;

/// Microsoft Graph's change notifications: see [`MS_GRAPH`]. The secret is the `clientState` that you gave the subscription;
/// handlers get an [`UnsignedBody`](crate::UnsignedBody).
///
/// One delivery may hold notifications of several subscriptions: give all their client states as secrets, or one to all of them.
///
/// ```
/// use tower_webhook::provider::senders::MsGraph;
/// use tower_webhook::{Secret, VerifyLayer};
///
/// let layer = VerifyLayer::new(MsGraph::new(Secret::new("the clientState of the subscription")?))?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub type MsGraph = Own<MsGraphRule>;

/// How Microsoft Graph shows who it is.
#[derive(Debug, Default)]
pub struct MsGraphRule(());

impl MsGraph {
    /// Microsoft Graph with a subscription's client state, several, or a source that looks them up.
    pub fn new(secrets: impl SecretSource) -> Self {
        Self::with(MS_GRAPH, secrets, MsGraphRule::default())
    }
}

impl Rule for MsGraphRule {
    fn keys(&self) -> (Method, KeyForm) {
        (Method::Token, KeyForm::Text)
    }

    fn read(&self, _: &Scheme, _: &Parts) -> Result<Judge, Refusal> {
        Ok(Box::new(judge))
    }

    #[cfg(feature = "test-util")]
    fn sign_by(
        &self,
        secrets: &Secrets,
        _: SystemTime,
        request: &mut Request<Bytes>,
    ) -> Result<(), BoxError> {
        let state = secrets.iter().last().ok_or("no client state")?.expose();
        let mut document: serde_json::Value = serde_json::from_slice(request.body())?;
        let items = document["value"].as_array_mut().ok_or("no notifications")?;
        for item in items {
            item["clientState"] = str::from_utf8(state)?.into();
        }
        *request.body_mut() = document.to_string().into();
        Ok(())
    }
}

/// Each notification must show a client state that is known.
fn judge(keys: &Keys, body: &Bytes) -> Result<Verdict, Refusal> {
    let unreadable = |cause: serde_json::Error| Refusal::new(Reason::MalformedHeader).because(cause);
    let batch: Batch<'_> = json::from_slice(body).map_err(unreadable)?;
    let mut matched = batch.value.iter().map(|notification| {
        let shown = TokenKey::new(notification.client_state.as_bytes());
        first(keys.tokens().iter().map(|known| known.matches(&shown)))
    });
    let of_the_first = matched.next().ok_or(Reason::MissingHeader)?;
    let all = matched.fold(true, |all, one| all & one.is_some());
    Ok(Verdict {
        matched: of_the_first.filter(|_| all),
        signed: None,
    })
}

#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(borrow)]
    value: Vec<Notification<'a>>,
}

/// One that shows nothing, or two client states, makes the batch unreadable.
#[derive(Deserialize)]
struct Notification<'a> {
    #[serde(rename = "clientState", borrow)]
    client_state: Cow<'a, str>,
}
