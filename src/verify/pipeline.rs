//! The life of a delivery up to its proof. Read [`deliver`] first, then [`verify`].

use std::borrow::Cow;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::request::Parts;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::collect::collect;
use super::drain::drain;
use super::head;
use super::layer::Demands;
use super::proven::with_proof;
use crate::clock::apart;
use crate::deadline::within;
use crate::error::BoxError;
use crate::provider::erased::{AnyCheck, Begun};
use crate::provider::read::{Facts, Reader};
use crate::provider::{Answer, Proof, Refusal, Scheme};
use crate::rejection::{Reason, Rejection};
use crate::telemetry;
use crate::verified::{Learnt, Stated, Verified, Words};

/// What a genuine delivery turned out to be.
enum Delivery {
    Event(Verified),
    Handshake(Answer),
}

/// Takes a request from its head to the inner service, or to a refusal.
pub(super) fn deliver<S, B, R>(
    demands: Arc<Demands>,
    inner: S,
    request: Request<B>,
) -> impl Future<Output = Result<Response<R>, S::Error>>
where
    S: Service<Request<B>, Response = Response<R>>,
    B: Body<Error: Into<BoxError>> + From<Bytes> + Unpin,
    R: From<Bytes>,
{
    // Out here, or the future would keep the request twice.
    let (mut head, mut body) = request.into_parts();
    let mut inner = inner;
    let mut body_begun = false;
    async move {
        match verify(&demands, &head, &mut body, &mut body_begun).await {
            Ok(Delivery::Event(verified)) => {
                let opening = demands.provider.scheme_for(&head.headers).opening();
                opening.map(|opening| head.extensions.insert(opening));
                // The inner service is driven to readiness only now.
                poll_fn(|context| inner.poll_ready(context)).await?;
                inner.call(with_proof(head, verified)).await
            }
            Ok(Delivery::Handshake(answer)) => Ok(answer.into_response()),
            Err(refusal) => {
                // A length that is declared too long closes the connection anyway.
                let is_kept = !body_begun && refusal.reason != Reason::BodyTooLarge;
                let response = refuse(&demands, &head, refusal);
                if is_kept {
                    // Boxed, so that the future of a genuine delivery keeps no room for it.
                    Box::pin(drain(&head, &mut body)).await;
                }
                Ok(response)
            }
        }
    }
}

async fn verify<B>(
    demands: &Demands,
    head: &Parts,
    body: &mut B,
    body_begun: &mut bool,
) -> Result<Delivery, Refusal>
where
    B: Body<Error: Into<BoxError>> + Unpin,
{
    let scheme = demands.provider.scheme_for(&head.headers);
    if let Some(answer) = demands.provider.greet(head).await? {
        return Ok(Delivery::Handshake(answer));
    }
    head::check_form(scheme, head)?;
    let mut check = match demands.provider.begin(head, &*demands.clock)? {
        Begun::Now(check) => check,
        Begun::Later(steps) => steps.await?,
    };
    let time_in_head = scheme.time_in_head(&head.headers)?;
    head::check_length(demands.limit, body)?;
    *body_begun = true;
    let body = receive(demands, body, &mut check).await?;
    let proof = check.finish(&body).await?;
    match judge(demands, head, time_in_head, proof, &body)? {
        Judged::Event(verified) => Ok(Delivery::Event(verified)),
        Judged::Handshake(steps) => Ok(Delivery::Handshake(steps.await?)),
    }
}

/// What a delivery turned out to be, where the answer to a handshake may still have to wait for something.
enum Judged<'a> {
    Event(Verified),
    Handshake(Pin<Box<dyn Future<Output = Result<Answer, Refusal>> + Send + 'a>>),
}

/// What a delivery with a good signature is, and whether it may pass. Nothing here waits, so that no future keeps room for it.
fn judge<'a>(
    demands: &'a Demands,
    head: &'a Parts,
    time_in_head: Option<Stated<SystemTime>>,
    proof: Proof,
    body: &Bytes,
) -> Result<Judged<'a>, Refusal> {
    let scheme = demands.provider.scheme_for(&head.headers);
    head::check_authorship(scheme, body)?;
    check_freshness(demands, time_in_head)?;
    let reader = Reader::open(scheme, &head.headers, body)?;
    let facts = reader.facts()?;
    let time = match time_in_head {
        None => facts.timestamp()?,
        stated => stated,
    };
    check_freshness(demands, time)?;
    if let Some(followup) = proof.followup {
        let steps = async move { followup.run().await };
        return Ok(Judged::Handshake(Box::pin(steps)));
    }
    facts.check_mode()?;
    if let Some((handshake, challenge)) = facts.handshake()? {
        let challenge = challenge.map(Cow::into_owned);
        let steps = async move {
            let challenge = challenge.map(Cow::Owned);
            demands.provider.answer(head, &proof, handshake, challenge).await
        };
        return Ok(Judged::Handshake(Box::pin(steps)));
    }
    learn(scheme, head, &facts, time, proof, body).map(Judged::Event)
}

/// Reads the body once: every byte goes through the check and is kept.
async fn receive<B>(demands: &Demands, body: &mut B, check: &mut AnyCheck) -> Result<Bytes, Refusal>
where
    B: Body<Error: Into<BoxError>> + Unpin,
{
    let declared = body.size_hint().lower();
    let collected = pin!(collect(body, demands.limit, |piece| check.update(piece)));
    let arrived = within(demands.deadline, collected).await;
    let whole = arrived.ok_or(Reason::BodyTooSlow)??;
    // hyper ends the body of an HTTP/2 stream that is reset without an error as if all of it had come.
    match declared <= whole.len() as u64 {
        true => Ok(whole),
        false => Err(Reason::BodyBroken.into()),
    }
}

/// The time is believed only because the signature covers it and has been found good.
fn check_freshness(demands: &Demands, time: Option<Stated<SystemTime>>) -> Result<(), Refusal> {
    let Some(stated) = time else { return Ok(()) };
    let now = demands.clock.now().ok_or(Reason::ClockSuspect)?;
    match apart(now, *stated.value()) <= demands.provider.scheme().tolerance {
        true => Ok(()),
        false if *stated.value() > now => Err(Reason::FutureTimestamp.into()),
        false => Err(Reason::StaleTimestamp.into()),
    }
}

fn learn(
    scheme: &Scheme,
    head: &Parts,
    facts: &Facts<'_>,
    timestamp: Option<Stated<SystemTime>>,
    proof: Proof,
    body: &Bytes,
) -> Result<Verified, Refusal> {
    let content_type = head
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let mut words = Words::default();
    let id = facts.id()?.map(|id| id.map(|text| words.add(&text)));
    let kind = facts.kind()?.map(|kind| kind.map(|text| words.add(&text)));
    let content_type = content_type.map(|text| words.add(text));
    let verified = Verified::new(Learnt {
        provider: scheme.name,
        tenant: proof.tenant,
        words,
        id,
        kind,
        timestamp,
        secret_index: proof.secret_index,
        content_type,
        body: body.clone(),
        binding: scheme.binding(),
        policy: scheme.policy(),
        within: facts.within(),
        signed_beside: head::signed_beside(scheme, head),
        signed: proof.signed,
        unstable: facts.unstable(),
        fingerprint: OnceLock::new(),
        serial: OnceLock::new(),
        origin: None,
    });
    telemetry::verified(
        verified.provider(),
        verified.secret_index(),
        verified.tenant(),
        verified.id().map(|id| *id.value()),
    );
    Ok(verified)
}

fn refuse<R: From<Bytes>>(demands: &Demands, head: &Parts, refusal: Refusal) -> Response<R> {
    let rejection = Rejection::new(refusal.reason).answered_with(&demands.statuses);
    let cause = refusal
        .cause
        .as_deref()
        .map(|cause| cause as &(dyn std::error::Error + 'static));
    telemetry::rejected(demands.provider.scheme().name, &rejection, cause);
    if let Some(hook) = &demands.on_reject {
        hook(&rejection, head);
    }
    let mut response = rejection.into_response(head.version);
    if refusal.reason == Reason::Method {
        response.headers_mut().insert(ALLOW, demands.provider.allowed());
    }
    response
}
