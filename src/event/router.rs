//! [`EventRouter`]: each event to the handler that asks for it.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use http::{Request, Response};
use tower_service::Service;

use super::read::is_one_of;
use super::{Event, EventError};
use crate::dedup::{Attempt, Outcome};
use crate::error::BoxError;
use crate::rejection::{Reason, Rejection};
use crate::telemetry;
use crate::verified::Verified;

/// Dispatches events to handlers by their type, by their kind, or by the beginning of their kind.
///
/// The handlers are asked in the order in which they were given; the first that fits runs. An event that fits none goes to
/// [`otherwise`](Self::otherwise); without that it is answered with 200, since the sender can do nothing about it, and
/// counted. A handler returns an [`Outcome`], nothing (done), or a `Result` whose error means "not now".
///
/// It is a tower [`Service`] that answers with the request's own body type. Give it to axum's `post_service` or `route_service`:
///
/// ```
/// use axum::{Router, routing::post_service};
/// use tower_webhook::event::github;
/// use tower_webhook::{Context, EventRouter, Outcome};
///
/// let events = EventRouter::new()
///     .on(|push: github::Push, _: Context| async move { println!("{} commits", push.commits.len()) })
///     .on_kind("issue*", |cx: Context| async move {
///         println!("{} bytes about issues", cx.delivery().body().len());
///     })
///     .otherwise(|_: Context| async { Outcome::Permanent });
/// let app: Router = Router::new().route("/github", post_service(events));
/// ```
///
/// A handler's state is what its closure captures.
#[derive(Clone, Default)]
#[must_use]
pub struct EventRouter {
    routes: Arc<Vec<Route>>,
    rest: Option<Arc<Handler>>,
    unsigned: bool,
}

/// What a handler of an [`EventRouter`] gets beside its event.
#[derive(Debug, Clone)]
pub struct Context {
    delivery: Verified,
    attempt: Option<Attempt>,
}

impl Context {
    /// The delivery, with its proof.
    #[must_use]
    pub fn delivery(&self) -> &Verified {
        &self.delivery
    }

    /// The attempt, where a [`DedupLayer`](crate::DedupLayer) stands in front.
    #[must_use]
    pub fn attempt(&self) -> Option<&Attempt> {
        self.attempt.as_ref()
    }
}

fn run<F>(handler: F) -> Running
where
    F: Future<Output: Into<Outcome>> + Send + 'static,
{
    Box::pin(async move { handler.await.into() })
}

type Running = Pin<Box<dyn Future<Output = Outcome> + Send>>;
/// Runs, or says why the event is not its type.
type Handler = dyn Fn(Context) -> Result<Running, EventError> + Send + Sync;

#[derive(Clone)]
struct Route {
    provider: Option<&'static str>,
    kinds: Arc<[String]>,
    handler: Arc<Handler>,
}

impl Route {
    /// The route of events of these kinds that are read as `E`, of its sender alone where it has one.
    fn reading<E, F>(kinds: Arc<[String]>, handler: impl Fn(E, Context) -> F + Send + Sync + 'static) -> Self
    where
        E: Event,
        F: Future<Output: Into<Outcome>> + Send + 'static,
    {
        let handler = move |context: Context| {
            let event = E::read(&context.delivery)?;
            Ok(run(handler(event, context)))
        };
        Self {
            provider: E::PROVIDER,
            kinds,
            handler: Arc::new(handler),
        }
    }

    fn takes(&self, delivery: &Verified) -> bool {
        let kind = delivery.kind().map_or("", |kind| kind.value());
        let patterns: Vec<&str> = self.kinds.iter().map(String::as_str).collect();
        self.provider
            .is_none_or(|provider| provider == delivery.provider())
            && is_one_of(&patterns, kind)
    }
}

impl EventRouter {
    /// A router without handlers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs the handler for events of this type: of its sender, of one of its kinds.
    ///
    /// An event of such a kind that does not fit the type is answered with 400.
    pub fn on<E, F>(self, handler: impl Fn(E, Context) -> F + Send + Sync + 'static) -> Self
    where
        E: Event,
        F: Future<Output: Into<Outcome>> + Send + 'static,
    {
        let kinds = E::KINDS.iter().map(|kind| (*kind).to_owned()).collect();
        self.with(Route::reading(kinds, handler))
    }

    /// Runs the handler for events of this kind; with a `*` at the end, for all kinds that begin so.
    pub fn on_kind<F>(
        self,
        kind: impl Into<String>,
        handler: impl Fn(Context) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output: Into<Outcome>> + Send + 'static,
    {
        let handler = move |context: Context| Ok(run(handler(context)));
        self.with(Route {
            provider: None,
            kinds: [kind.into()].into(),
            handler: Arc::new(handler),
        })
    }

    /// Runs the handler for events of this kind, as [`on_kind`](Self::on_kind) does, with the event read as the type that it asks
    /// for: [`Json<T>`](super::Json) with a type of yours, a sender's enum, or any other [`Event`]. A type that belongs to a sender
    /// keeps the handler to that sender's events. A type that reads only kinds of its own, such as
    /// [`github::Push`](super::github::Push), belongs to [`on`](Self::on).
    ///
    /// As with [`on`](Self::on) and [`Webhook`](super::Webhook), an event that does not fit the type is answered with 400, and no
    /// other handler is tried. A sender's enum fits all that its sender writes: what it doesn't know, it keeps as
    /// [`Other`](super::Other).
    ///
    /// ```
    /// use serde::Deserialize;
    /// use tower_webhook::event::Json;
    /// use tower_webhook::{Context, EventRouter};
    ///
    /// #[derive(Deserialize)]
    /// struct Paid {
    ///     amount: u64,
    /// }
    ///
    /// let events = EventRouter::new()
    ///     .on_kind_as("invoice.paid", |Json(paid): Json<Paid>, _: Context| async move {
    ///         println!("{} cents", paid.amount);
    ///     });
    /// ```
    pub fn on_kind_as<E, F>(
        self,
        kind: impl Into<String>,
        handler: impl Fn(E, Context) -> F + Send + Sync + 'static,
    ) -> Self
    where
        E: Event,
        F: Future<Output: Into<Outcome>> + Send + 'static,
    {
        self.with(Route::reading([kind.into()].into(), handler))
    }

    /// Runs the handler for events that no other handler takes.
    pub fn otherwise<F>(mut self, handler: impl Fn(Context) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output: Into<Outcome>> + Send + 'static,
    {
        self.rest = Some(Arc::new(move |context: Context| Ok(run(handler(context)))));
        self
    }

    /// Takes events of senders whose signature does not cover them, too: see [`UnsignedBody`](crate::UnsignedBody). Without it
    /// they are answered with 500. A handler can tell them by the delivery's [`binding`](Verified::binding).
    pub fn danger_unsigned_bodies(mut self) -> Self {
        self.unsigned = true;
        self
    }

    fn with(mut self, route: Route) -> Self {
        Arc::make_mut(&mut self.routes).push(route);
        self
    }

    fn handler(&self, delivery: &Verified) -> Option<&Handler> {
        let route = self.routes.iter().find(|route| route.takes(delivery));
        route.map(|route| &*route.handler).or(self.rest.as_deref())
    }

    async fn dispatch<R: From<Bytes>>(self, head: http::request::Parts) -> Response<R> {
        let refuse = |provider: &'static str, reason, cause: &(dyn std::error::Error + 'static)| {
            let rejection = Rejection::new(reason);
            telemetry::rejected(provider, &rejection, Some(cause));
            rejection.into_response(head.version)
        };
        let delivery = match Verified::admitted(&head.extensions, self.unsigned) {
            Ok(delivery) => delivery.clone(),
            Err((reason, advice)) => return refuse("unknown", reason, &*BoxError::from(advice)),
        };
        let context = Context {
            delivery: delivery.clone(),
            attempt: head.extensions.get().cloned(),
        };
        let Some(handler) = self.handler(&delivery) else {
            telemetry::ignored(delivery.provider(), delivery.kind().map(|kind| *kind.value()));
            return Outcome::Done.into_response();
        };
        match handler(context) {
            Ok(running) => running.await.into_response(),
            Err(error) => refuse(delivery.provider(), Reason::MalformedBody, &error),
        }
    }
}

impl<B: From<Bytes> + 'static> Service<Request<B>> for EventRouter {
    type Response = Response<B>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<B>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (router, (head, _)) = (self.clone(), request.into_parts());
        Box::pin(async move { Ok(router.dispatch(head).await) })
    }
}

impl fmt::Debug for EventRouter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<_> = self.routes.iter().map(|route| &route.kinds).collect();
        f.debug_struct("EventRouter")
            .field("kinds", &kinds)
            .field("otherwise", &self.rest.is_some())
            .finish()
    }
}
