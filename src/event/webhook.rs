//! [`Webhook`]: the event in front of a handler, as the type it asks for.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::read::{from_form, from_json};
use super::{Event, EventError};
use crate::verified::Verified;

/// The event of the request, read as `E`: a sender's enum or one of its types, [`Json<T>`](Json) or [`Form<T>`](Form) with a
/// type of yours, or the bytes themselves.
///
/// A type of yours is no event by itself: write `Webhook<Json<MyType>>`, or implement [`Event`] for it and write `Webhook<MyType>`.
///
/// As an axum extractor it answers 400 when the event is not an `E`, and 500 when no [`VerifyLayer`](crate::VerifyLayer) stands
/// in front of the handler: it can't be had without the proof.
///
/// ```
/// use tower_webhook::event::github;
/// use tower_webhook::{Verified, Webhook};
///
/// async fn received(proof: Verified, Webhook(event): Webhook<github::Event>) {
///     println!("{:?} {event:?}", proof.id());
/// }
/// ```
///
/// With a type of yours:
///
/// ```
/// use serde::Deserialize;
/// use tower_webhook::event::{EventError, Json};
/// use tower_webhook::{Event, Verified, Webhook};
///
/// #[derive(Deserialize)]
/// struct Paid {
///     amount: u64,
/// }
///
/// impl Event for Paid {
///     const KINDS: &'static [&'static str] = &["invoice.paid"]; // for `EventRouter::on`
///
///     fn read(delivery: &Verified) -> Result<Self, EventError> {
///         Json::read(delivery).map(|Json(paid)| paid)
///     }
/// }
///
/// async fn received(Webhook(paid): Webhook<Paid>) {
///     println!("{} cents", paid.amount);
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Webhook<E>(pub E);

/// The event of a sender whose signature does not cover it, read as `E`: see [`UnsignedBody`](crate::UnsignedBody) for what that
/// means. As an axum extractor it is the only way to read such an event; [`Webhook`] answers 500 to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct UnsignedWebhook<E>(pub E);

/// A JSON document as a type of yours.
///
/// No deeper than 127 levels; a field that your type names and that stands there twice is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Json<T>(pub T);

/// A form as a type of yours. Fields that stand there twice and bytes that are not UTF-8 are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + Send + 'static> Event for Json<T> {
    fn read(delivery: &Verified) -> Result<Self, EventError> {
        from_json(&delivery.document()?)
            .map(Json)
            .map_err(EventError::shape)
    }
}

impl<T: DeserializeOwned + Send + 'static> Event for Form<T> {
    fn read(delivery: &Verified) -> Result<Self, EventError> {
        from_form(delivery.body()).map(Form).map_err(EventError::shape)
    }
}

impl Event for Bytes {
    fn read(delivery: &Verified) -> Result<Self, EventError> {
        Ok(delivery.body().clone())
    }
}

impl Event for Verified {
    fn read(delivery: &Verified) -> Result<Self, EventError> {
        Ok(delivery.clone())
    }
}
