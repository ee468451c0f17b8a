//! Handshakes of described senders, which wait for their secrets: before a signature, and behind one.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use tower_webhook::VerifyLayer;
use tower_webhook::provider::senders::TWITTER;
use tower_webhook::provider::{Handshake, Scheme, Sender, header, json};
use tower_webhook::testing::Delivery;

use crate::cut::{cut, for_each_cut, on_a_runtime};
use crate::handler::{Trickle, Vault, secret};
use crate::scene::Scene;

const ACME: Scheme = Scheme::hmac_sha256("acme")
    .signature(header("x-acme-signature").hex())
    .id(header("x-acme-id"))
    .handshakes(&[Handshake::echo(json("/type"), "verify", json("/token")).mac_hex("token", "mac")]);

fn signed(scheme: Scheme, body: &'static str) -> Request<Trickle> {
    let delivery = Delivery::new(scheme, body).id("1");
    delivery.sign(&secret()).unwrap().map(Trickle::from)
}

/// Cuts a handshake; the next one is answered, and an event after it is run as if nothing had been.
fn a_handshake_leaves_nothing_behind(
    scheme: Scheme,
    handshake: fn() -> Request<Trickle>,
    event: fn() -> Request<Trickle>,
    waits: usize,
) {
    for_each_cut(waits, |polls| {
        on_a_runtime(async {
            let verify = VerifyLayer::new(Sender::new(scheme, Vault)).unwrap();
            let endpoint = Scene::default().behind(event, |dedup| (verify, dedup));
            let request = handshake();
            let body = Arc::clone(&request.body().alive);
            let whole = cut(endpoint.call(request), polls).await;
            assert!(whole.is_none_or(|status| status == 200), "{whole:?}");
            let kept = Arc::strong_count(&body) - 1;
            assert_eq!(kept, 0, "the request is kept after {polls} polls");
            assert_eq!(endpoint.call(handshake()).await, 200, "after {polls} polls");
            let claims = endpoint.scene.count(|state| &state.claims);
            assert_eq!((claims, endpoint.scene.begun().len()), (0, 0));
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            endpoint.check(polls).await;
            assert_eq!(endpoint.scene.begun().len(), 1, "after {polls} polls");
            whole.is_some()
        })
    });
}

#[test]
fn t168_a_handshake_before_a_signature_dropped_anywhere_is_answered_when_it_comes_again() {
    let challenge = || {
        let request = Request::get("/?crc_token=abc");
        request.body(Trickle::from(Bytes::new())).unwrap()
    };
    a_handshake_leaves_nothing_behind(TWITTER, challenge, || signed(TWITTER, r#"{"a":1}"#), 1);
}

#[test]
fn t168_a_handshake_behind_a_signature_dropped_anywhere_is_answered_when_it_comes_again() {
    // The secrets, five times the body, and the secrets for the answer.
    let challenge = || signed(ACME, r#"{"type":"verify","token":"abc"}"#);
    a_handshake_leaves_nothing_behind(ACME, challenge, || signed(ACME, r#"{"type":"event"}"#), 1 + 5 + 1);
}
