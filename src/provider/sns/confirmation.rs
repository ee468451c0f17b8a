//! Confirmations: what SNS asks when an endpoint is subscribed to a topic, or has been taken off it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::error::BoxError;

/// A genuine question of SNS, of a topic that the endpoint takes. To say yes, call `ConfirmSubscription` with the topic and the
/// token, or fetch the URL. Nothing of that happens by itself.
#[derive(Clone)]
pub struct Confirmation {
    pub(super) kind: ConfirmationKind,
    pub(super) topic: Box<str>,
    pub(super) token: Box<str>,
    pub(super) url: Box<str>,
}

/// What has happened to a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConfirmationKind {
    /// The endpoint is to be subscribed: until that is confirmed, no message comes.
    Subscribe,
    /// The endpoint was unsubscribed: to confirm means to subscribe again.
    Unsubscribe,
}

impl ConfirmationKind {
    pub(super) fn of(name: &str) -> Option<Self> {
        [Self::Subscribe, Self::Unsubscribe]
            .into_iter()
            .find(|kind| kind.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Subscribe => "SubscriptionConfirmation",
            Self::Unsubscribe => "UnsubscribeConfirmation",
        }
    }
}

impl Confirmation {
    /// Whether it is about a subscription that begins or one that has ended.
    #[must_use]
    pub fn kind(&self) -> ConfirmationKind {
        self.kind
    }

    /// The topic's ARN: one of those that the endpoint takes.
    #[must_use]
    pub fn topic_arn(&self) -> &str {
        &self.topic
    }

    /// The token for `ConfirmSubscription`. Whoever has it can confirm: don't log it.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The URL that confirms when it is fetched: `https`, at the topic's own host. It holds the token. Follow no redirect.
    #[must_use]
    pub fn subscribe_url(&self) -> &str {
        &self.url
    }
}

impl fmt::Debug for Confirmation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Confirmation")
            .field("kind", &self.kind)
            .field("topic_arn", &self.topic)
            .finish_non_exhaustive()
    }
}

/// What the program does about a confirmation.
pub(super) type Hook = dyn Fn(Confirmation) -> Deed + Send + Sync;

pub(super) type Deed = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;
