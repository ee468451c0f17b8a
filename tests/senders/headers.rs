//! Senders with a second set of headers, with signatures in several, and with events that say the same again.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};
use http_body_util::Full;
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::provider::senders::{DOCUSIGN, DROPBOX, MOLLIE, SHOPIFY, SVIX};
use tower_webhook::provider::{GITHUB, STANDARD_WEBHOOKS, Scheme};
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook::{DedupLayer, Reason, Secret, Secrets, VerifyLayer};

use crate::{Body, NOW, verdict};

const OURS: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const THEIRS: &str = "whsec_bm90IHRoZSBzYW1lIHNlY3JldCBhdCBhbGw=";

fn signed(scheme: Scheme, secrets: &Secrets) -> Request<Bytes> {
    let delivery = Delivery::new(scheme, r#"{"id":"1","type":"a"}"#);
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(NOW);
    delivery.at(at).sign(secrets).unwrap()
}

fn verify(scheme: Scheme) -> VerifyLayer {
    let layer = VerifyLayer::new(scheme.with(Secret::new(OURS).unwrap())).unwrap();
    layer.clock(ManualClock::at_unix(NOW))
}

fn rename(request: &mut Request<Bytes>, from: &str, to: &'static str) {
    let value = request.headers_mut().remove(from).unwrap();
    request.headers_mut().insert(HeaderName::from_static(to), value);
}

/// The same delivery as Shopify's newer Events have it.
fn without_x(mut request: Request<Bytes>) -> Request<Bytes> {
    for (from, to) in [
        ("x-shopify-hmac-sha256", "shopify-hmac-sha256"),
        ("x-shopify-webhook-id", "shopify-webhook-id"),
        ("x-shopify-topic", "shopify-topic"),
    ] {
        rename(&mut request, from, to);
    }
    request
}

#[tokio::test]
async fn the_second_headers_count_only_where_the_first_are_missing() {
    let (ours, theirs) = (Secrets::new(OURS).unwrap(), Secrets::new(THEIRS).unwrap());
    let second = without_x(signed(SHOPIFY, &ours));
    assert_eq!(
        verdict(verify(SHOPIFY), second.clone().map(Full::new)).await,
        Ok(())
    );

    let bad = Err(Some(Reason::BadSignature));
    let forged = without_x(signed(SHOPIFY, &theirs));
    assert_eq!(verdict(verify(SHOPIFY), forged.clone().map(Full::new)).await, bad);
    // A first signature that is wrong is not made good by a second one that is right, nor the other way round.
    for (first, other, right) in [(&theirs, &ours, false), (&ours, &theirs, true)] {
        let mut both = signed(SHOPIFY, first);
        both.headers_mut()
            .extend(without_x(signed(SHOPIFY, other)).headers().clone());
        let verdict = verdict(verify(SHOPIFY), both.map(Full::new)).await;
        assert_eq!(verdict.is_ok(), right, "{verdict:?}");
    }
    // Id and time come from the set that is signed.
    let mut mixed = signed(STANDARD_WEBHOOKS, &ours);
    assert_eq!(verdict(verify(SVIX), mixed.clone().map(Full::new)).await, Ok(()));
    rename(&mut mixed, "webhook-id", "svix-id");
    assert_eq!(
        verdict(verify(SVIX), mixed.map(Full::new)).await,
        Err(Some(Reason::MissingHeader))
    );
}

#[tokio::test]
async fn any_key_may_match_any_of_several_headers() {
    let both = Secrets::new(THEIRS).unwrap().and(OURS).unwrap();
    for scheme in [DOCUSIGN, MOLLIE] {
        let request = signed(scheme, &both);
        assert_eq!(
            verdict(verify(scheme), request.map(Full::new)).await,
            Ok(()),
            "{}",
            scheme.name()
        );
        let foreign = signed(scheme, &Secrets::new(THEIRS).unwrap());
        assert_eq!(
            verdict(verify(scheme), foreign.map(Full::new)).await,
            Err(Some(Reason::BadSignature))
        );
    }
    let request = signed(DOCUSIGN, &both);
    assert!(request.headers().contains_key("x-docusign-signature-2"));
    let mut lines = signed(MOLLIE, &Secrets::new(OURS).unwrap());
    let dead =
        HeaderValue::from_static("sha256=0000000000000000000000000000000000000000000000000000000000000000");
    lines.headers_mut().append("x-mollie-signature", dead);
    assert_eq!(verdict(verify(MOLLIE), lines.map(Full::new)).await, Ok(()));
}

/// How often the handler ran for these deliveries.
async fn runs(scheme: Scheme, requests: Vec<Request<Bytes>>) -> usize {
    let ran = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&ran);
    let handler = service_fn(move |_: Request<Body>| {
        count.fetch_add(1, Ordering::SeqCst);
        async { Ok::<_, Infallible>(Response::new(Body::default())) }
    });
    let service = (verify(scheme), DedupLayer::new(MemoryStore::default())).layer(handler);
    for request in requests {
        let response = service.clone().oneshot(request.map(Full::new)).await.unwrap();
        assert_eq!(response.status(), 200);
    }
    ran.load(Ordering::SeqCst)
}

#[tokio::test]
async fn a_ping_is_no_duplicate_and_an_event_is_one_in_either_set_of_headers() {
    let ours = Secrets::new(OURS).unwrap();
    let twice = |scheme| vec![signed(scheme, &ours), signed(scheme, &ours)];
    assert_eq!(runs(DROPBOX, twice(DROPBOX)).await, 2);
    assert_eq!(runs(GITHUB, twice(GITHUB)).await, 1);
    let old_and_new = vec![signed(SHOPIFY, &ours), without_x(signed(SHOPIFY, &ours))];
    assert_eq!(runs(SHOPIFY, old_and_new).await, 1);
}
