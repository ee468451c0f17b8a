//! The life of an event from its proof to its settlement. Read [`process`] first.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, Version};
use tokio::time::{Instant, sleep};
use tower_service::Service;

use super::handler::Handler;
use super::held::{Held, Panicked};
use super::layer::{InFlight, Rules};
use super::outcome::{DeadLetter, Outcome};
use crate::error::BoxError;
use crate::rejection::{Reason, Rejection};
use crate::store::{Claim, StoreError};
use crate::telemetry;
use crate::verified::{Key, Verified};

/// Takes a verified request through its claim to the handler, or answers it without.
pub(super) async fn process<S, B, R>(
    rules: &Arc<Rules>,
    handler: &mut Handler<S, B>,
) -> Result<Response<R>, S::Error>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: From<Bytes>,
{
    let version = handler.version();
    let Some(delivery) = handler.delivery() else {
        let cause = "apply a `VerifyLayer` outside the `DedupLayer`".into();
        return Ok(refuse(
            rules,
            None,
            version,
            Rejection::new(Reason::LayerMissing),
            Some(cause),
        ));
    };
    let provider = delivery.provider();
    let refused = |rejection, cause| Ok(refuse(rules, Some(&delivery), version, rejection, cause));
    // In a block of its own: what is still in scope at the last step's `await`, the future keeps room for.
    let mut held = {
        let answer = match claim(rules, &delivery).await {
            Ok(answer) => answer,
            Err(error) if rules.fail_open => {
                telemetry::settle_failed(provider, "claim", Some(&error));
                return handler.call().await;
            }
            Err(error) => return refused(Rejection::new(Reason::StoreUnavailable), Some(error.into())),
        };
        let Some(Claimed { key, claim, asked }) = answer else {
            return refused(Rejection::new(Reason::MalformedId), None);
        };
        match claim {
            Claim::Won(ticket) => Held::new(Arc::clone(rules), ticket, provider, asked),
            Claim::Done => {
                telemetry::duplicate(provider, &key);
                return Ok(empty());
            }
            Claim::InFlight { retry_after } => {
                return refused(Rejection::new(Reason::InFlight).retry_after(retry_after), None);
            }
            Claim::Conflict => {
                rules.on_conflict.iter().for_each(|hook| hook(&delivery));
                return refused(Rejection::new(Reason::Conflict), None);
            }
        }
    };
    run(rules, handler, &delivery, &mut held).await
}

/// What the store said of a key, and when it was asked.
struct Claimed {
    key: Key,
    claim: Claim,
    asked: Instant,
}

/// Claims the event's key; where the layer waits for an attempt in flight, as often as it takes. `None` when the event has no key.
async fn claim(rules: &Rules, delivery: &Verified) -> Result<Option<Claimed>, StoreError> {
    let Some((key, fingerprint)) = rules.key(delivery) else {
        return Ok(None);
    };
    let patience = match rules.in_flight {
        InFlight::Busy => Duration::ZERO,
        InFlight::Wait(patience) => patience,
    };
    let keep = delivery.retention();
    let (began, mut pause) = (Instant::now(), FIRST_LOOK);
    let mut asked = began;
    loop {
        let claim = rules.store.claim(&key, &fingerprint, rules.lease, keep).await?;
        if !matches!(claim, Claim::InFlight { .. }) || began.elapsed() >= patience {
            return Ok(Some(Claimed { key, claim, asked }));
        }
        Box::pin(sleep(pause.min(patience.saturating_sub(began.elapsed())))).await;
        pause = (pause * 2).min(LAST_LOOK);
        asked = Instant::now();
    }
}

/// Runs the handler under the claim and settles it before the answer leaves.
async fn run<S, B, R>(
    rules: &Rules,
    handler: &mut Handler<S, B>,
    delivery: &Verified,
    held: &mut Held,
) -> Result<Response<R>, S::Error>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: From<Bytes>,
{
    let attempt = held.number();
    if rules.max_attempts.is_some_and(|most| attempt > most) {
        bury(rules, delivery, *held.key(), attempt - 1, false);
        held.complete(delivery.retention()).await;
        return Ok(empty());
    }
    handler.tell(held.attempt());
    let answer = held.keep_while(pin!(handler.call())).await;
    let outcome = match &answer {
        Ok(Ok(response)) => Outcome::of(response),
        Ok(Err(_)) | Err(Panicked) => Outcome::Retry,
    };
    telemetry::handled(delivery.provider(), held.key(), outcome.name(), attempt);
    match outcome {
        Outcome::Done => held.complete(delivery.retention()).await,
        Outcome::Retry => held.release().await,
        Outcome::Permanent => {
            bury(rules, delivery, *held.key(), attempt, true);
            held.complete(delivery.retention()).await;
        }
    }
    answer_with(answer, outcome, delivery.provider(), held.key())
}

fn answer_with<R: From<Bytes>, E>(
    answer: Result<Result<Response<R>, E>, Panicked>,
    outcome: Outcome,
    provider: &'static str,
    key: &Key,
) -> Result<Response<R>, E> {
    match answer {
        Ok(Ok(mut response)) => {
            // The sender must hear what the claim was settled as, whatever status was put over it.
            match outcome {
                Outcome::Permanent if !response.status().is_success() => {
                    *response.status_mut() = StatusCode::OK;
                }
                Outcome::Retry if response.status().is_success() => {
                    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
                }
                _ => {}
            }
            Ok(response)
        }
        Ok(Err(error)) => Err(error),
        Err(Panicked) => {
            telemetry::panicked(provider, key);
            let mut response = empty();
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            Ok(response)
        }
    }
}

fn bury(rules: &Rules, delivery: &Verified, key: Key, attempts: u32, permanent: bool) {
    telemetry::dead_letter(delivery.provider(), &key, attempts);
    if let Some(hook) = &rules.on_dead_letter {
        hook(&DeadLetter {
            delivery: delivery.clone(),
            key,
            attempts,
            permanent,
        });
    }
}

fn refuse<R: From<Bytes>>(
    rules: &Rules,
    delivery: Option<&Verified>,
    version: Version,
    rejection: Rejection,
    cause: Option<BoxError>,
) -> Response<R> {
    let rejection = rejection.answered_with(&rules.statuses);
    let cause = cause
        .as_deref()
        .map(|cause| cause as &(dyn std::error::Error + 'static));
    telemetry::rejected(delivery.map_or("unknown", Verified::provider), &rejection, cause);
    if let (Some(hook), Some(delivery)) = (&rules.on_reject, delivery) {
        hook(&rejection, delivery);
    }
    rejection.into_response(version)
}

fn empty<R: From<Bytes>>() -> Response<R> {
    Response::new(R::from(Bytes::new()))
}

const FIRST_LOOK: Duration = Duration::from_millis(25);
const LAST_LOOK: Duration = Duration::from_millis(400);
