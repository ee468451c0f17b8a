//! The life of a delivery of several events: opened, run one after the other, answered once.

use std::future::poll_fn;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http::{HeaderValue, Request, Response};
use tower_service::Service;

use super::answer::Answers;
use super::facts;
use super::layer::Rules;
use super::open::{Opened, Part, open};
use crate::provider::events::Opening;
use crate::rejection::{Reason, Rejection};
use crate::telemetry;
use crate::verified::{UnsignedBody, Verified};

/// Takes a verified request to the inner service: once for each event in it, or as it is where it is one.
pub(super) async fn deliver<S, B, R>(
    rules: Arc<Rules>,
    inner: S,
    request: Request<B>,
) -> Result<Response<R>, S::Error>
where
    S: Service<Request<B>, Response = Response<R>> + Clone,
    B: From<Bytes>,
    R: From<Bytes>,
{
    let (mut head, body) = request.into_parts();
    let Some(whole) = Verified::of(&head.extensions).cloned() else {
        return Ok(refuse(&rules, None, &head, Reason::LayerMissing, NO_VERIFY_LAYER));
    };
    let Some(opening) = head.extensions.remove::<Opening>() else {
        return call(inner, Request::from_parts(head, body)).await;
    };
    match open(whole.body(), opening, rules.limit) {
        Ok(Opened::Whole) => call(inner, Request::from_parts(head, body)).await,
        Ok(Opened::Parts(parts)) => {
            drop(body);
            run(&rules, inner, head, &whole, opening, parts).await
        }
        Err((reason, cause)) => Ok(refuse(&rules, Some(&whole), &head, reason, cause)),
    }
}

/// Runs the events in their order, each to its end before the next begins. None is left out because of another.
async fn run<S, B, R>(
    rules: &Rules,
    inner: S,
    head: Parts,
    whole: &Verified,
    opening: Opening,
    parts: Vec<Part>,
) -> Result<Response<R>, S::Error>
where
    S: Service<Request<B>, Response = Response<R>> + Clone,
    B: From<Bytes>,
    R: From<Bytes>,
{
    telemetry::split(whole.provider(), parts.len());
    let mut answers = Answers::default();
    for part in parts {
        let (event, flaw) = facts::learn(whole, opening, part);
        let answer = match flaw {
            None => call(inner.clone(), request_of(&head, event)).await,
            Some(reason) => Ok(refuse(rules, Some(&event), &head, reason, UNREADABLE)),
        };
        answers.add(answer);
    }
    answers.into_one()
}

async fn call<S, B>(mut inner: S, request: Request<B>) -> Result<S::Response, S::Error>
where
    S: Service<Request<B>>,
{
    poll_fn(|context| inner.poll_ready(context)).await?;
    inner.call(request).await
}

/// The event as a request: the delivery's head with the event's body and the event's proof.
fn request_of<B: From<Bytes>>(head: &Parts, event: Verified) -> Request<B> {
    let mut head = head.clone();
    let body = event.body().clone();
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    head.extensions.remove::<Verified>();
    head.extensions.remove::<UnsignedBody>();
    event.put_into(&mut head.extensions);
    Request::from_parts(head, B::from(body))
}

fn refuse<R: From<Bytes>>(
    rules: &Rules,
    delivery: Option<&Verified>,
    head: &Parts,
    reason: Reason,
    cause: &'static str,
) -> Response<R> {
    let rejection = Rejection::new(reason);
    let cause = crate::error::BoxError::from(cause);
    telemetry::rejected(
        delivery.map_or("unknown", Verified::provider),
        &rejection,
        Some(&*cause),
    );
    if let (Some(hook), Some(delivery)) = (&rules.on_reject, delivery) {
        hook(&rejection, delivery);
    }
    rejection.into_response(head.version)
}

const NO_VERIFY_LAYER: &str = "apply a `VerifyLayer` outside the `SplitLayer`";
const UNREADABLE: &str = "one event of several can't be read as its sender's description says";
