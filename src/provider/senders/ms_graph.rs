//! The description of Microsoft Graph's change notifications.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::{Payload, Scheme};
use crate::provider::events::each;
use crate::provider::handshake::Handshake;
use crate::provider::place::{first_of, json};
use crate::verified::Identity;

/// Microsoft Graph's change notifications: each shows the `clientState` of its subscription in the body, and nothing is signed.
/// It is a password, so what comes is an [`UnsignedBody`](crate::UnsignedBody): ask Graph for the resource before you act on it.
///
/// A delivery holds notifications of several changes, also of several subscriptions: a [`SplitLayer`](crate::SplitLayer) opens it,
/// and each is known by its `id` within its subscription. One without is an event of its own each time: the next change of a
/// drive has the very same content. The kind is the `lifecycleEvent` or the `changeType`. The tokens of rich notifications
/// (`validationTokens`) and their encrypted content are not read.
///
/// The layer answers the validation, a `POST` with a `validationToken` in the query that nobody signs.
///
/// Source: <https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks>,
/// <https://learn.microsoft.com/en-us/graph/api/resources/changenotification>.
pub const MS_GRAPH: Scheme = Scheme::own("ms_graph", "shared token in each notification")
    .docs("https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks")
    .source(Source::Sender("microsoftgraph/microsoft-graph-docs-contrib"))
    .vectors(Vectors::Derived)
    .answer("200 within 3 seconds, or 202 for what is queued")
    .deadline(Duration::from_secs(10))
    .tries("at growing intervals for up to 4 hours")
    .content(&[])
    .payload(Payload::Json)
    .events(&[each("/value/*")
        .id(json("/id"))
        .kind(&[first_of(&[json("/lifecycleEvent"), json("/changeType")])])
        .within(&[json("/subscriptionId")])])
    .identity(Identity::EachDelivery)
    .handshakes(&[Handshake::post_query("validationToken")])
    .retries(Duration::from_secs(4 * 3_600), Duration::from_secs(86_400));
