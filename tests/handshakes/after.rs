//! Handshakes after a signature: answered once they are verified, and forged by nobody.

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::Request;
use tower_webhook::provider::senders::{AZURE_EVENT_GRID, FRONT, TWITCH, ZOOM};
use tower_webhook::provider::{Handshake, SLACK, Scheme, header, json};
use tower_webhook::testing::Delivery;
use tower_webhook::{Reason, Secret, Secrets, VerifyLayer};

use crate::endpoint::{JSON, KEY, NOW, TEXT, asks, send, sender, through};

const ACME: Scheme = Scheme::hmac_sha256("acme").signature(header("x-acme-signature").hex());
const PING: Scheme = ACME.handshakes(&[
    Handshake::ping(json("/type"), "1")
        .unless(json("/event"))
        .document(r#"{"type":1}"#),
    Handshake::ping(json("/type"), "0").no_content(),
]);
const MONDAY: Scheme = ACME.handshakes(&[Handshake::echo_if_any(json("/challenge")).json("challenge")]);

fn signed(scheme: Scheme, body: &'static str) -> Request<Bytes> {
    let delivery = Delivery::new(scheme, body).at(UNIX_EPOCH + Duration::from_secs(NOW));
    delivery.sign(&Secret::new(KEY).unwrap()).unwrap()
}

#[tokio::test]
async fn an_echo_is_text_or_json_as_the_sender_has_it() {
    send(sender(SLACK), asks(SLACK, "3eZbrw1a"))
        .await
        .assert_says(TEXT, "3eZbrw1a");
    send(sender(TWITCH), asks(TWITCH, "pogchamp"))
        .await
        .assert_says(TEXT, "pogchamp");
    send(sender(FRONT), asks(FRONT, "abc"))
        .await
        .assert_says(TEXT, "abc");
    send(sender(MONDAY), asks(MONDAY, "a\"b"))
        .await
        .assert_says(JSON, r#"{"challenge":"a\"b"}"#);
    let event = send(sender(MONDAY), signed(MONDAY, r#"{"event":{}}"#)).await;
    assert_eq!((event.status, event.handled), (200, 1));
}

#[tokio::test]
async fn a_ping_has_a_fixed_answer_and_is_told_from_an_event() {
    send(sender(PING), asks(PING, ""))
        .await
        .assert_says(JSON, r#"{"type":1}"#);
    let none = send(sender(PING), signed(PING, r#"{"type":0}"#)).await;
    assert_eq!((none.status, none.handled, none.body.as_str()), (204, 0, ""));
    assert_eq!(none.header("content-type"), JSON);
    for body in [
        r#"{"type":2}"#,
        r#"{"type":1,"event":{"type":"ENTITLEMENT_CREATE"}}"#,
        r#"{"type":10}"#,
        r#"{"type":[1]}"#,
        r#"{"type":{"1":1}}"#,
        "{}",
    ] {
        let event = send(sender(PING), signed(PING, body)).await;
        assert_eq!((event.status, event.handled), (200, 1), "{body}");
    }
}

#[tokio::test]
async fn a_mac_is_made_with_the_secret_that_verified() {
    let secrets = Secrets::new("another key that is newer")
        .unwrap()
        .and(KEY)
        .unwrap();
    let layer = VerifyLayer::new(ZOOM.with(secrets)).unwrap();
    let got = through(layer, asks(ZOOM, "qgg8vlvZRS6UYooatFL8Aw")).await;
    let alone = send(sender(ZOOM), asks(ZOOM, "qgg8vlvZRS6UYooatFL8Aw")).await;
    got.assert_says(JSON, &alone.body);
    let answer: serde_json::Value = serde_json::from_str(&got.body).unwrap();
    assert_eq!(answer["plainToken"], "qgg8vlvZRS6UYooatFL8Aw");
    assert_eq!(answer["encryptedToken"].as_str().unwrap().len(), 64);
    for token in ["", "a b", "v0:1:{}", "{}"] {
        let got = send(sender(ZOOM), asks(ZOOM, token)).await;
        assert_eq!(got.refused(), (400, Some(Reason::MalformedBody)), "{token}");
    }
}

#[tokio::test]
async fn a_forged_handshake_is_refused_and_echoes_nothing() {
    for scheme in [SLACK, TWITCH, ZOOM, FRONT, MONDAY, PING] {
        let genuine = asks(scheme, "abcdefgh");
        for byte in 0..genuine.body().len() {
            let mut body = genuine.body().to_vec();
            body[byte] ^= 1;
            let got = send(sender(scheme), genuine.clone().map(|_| body.into())).await;
            assert_eq!(
                got.refused(),
                (401, Some(Reason::BadSignature)),
                "{}",
                scheme.name()
            );
        }
        let other = scheme.with(Secret::new("the key of somebody else, not ours").unwrap());
        assert_eq!(
            send(other, genuine.clone()).await.refused(),
            (401, Some(Reason::BadSignature))
        );
        let mut unsigned = genuine.clone();
        let names: Vec<_> = unsigned
            .headers()
            .keys()
            .filter(|name| name.as_str().contains("signature"))
            .cloned()
            .collect();
        names
            .iter()
            .for_each(|name| drop(unsigned.headers_mut().remove(name)));
        assert_eq!(
            send(sender(scheme), unsigned).await.refused(),
            (401, Some(Reason::MissingHeader))
        );
        let mut get = genuine;
        *get.method_mut() = http::Method::GET;
        assert_eq!(
            send(sender(scheme), get).await.refused(),
            (405, Some(Reason::Method))
        );
    }
}

#[tokio::test]
async fn a_stale_handshake_is_refused() {
    for scheme in [SLACK, TWITCH, ZOOM, FRONT] {
        let old = Delivery::handshake(scheme, "abcdefgh").at(UNIX_EPOCH + Duration::from_secs(NOW - 601));
        let request = old.sign(&Secret::new(KEY).unwrap()).unwrap();
        assert_eq!(
            send(sender(scheme), request).await.refused(),
            (401, Some(Reason::StaleTimestamp))
        );
    }
}

#[tokio::test]
async fn event_grids_validation_is_answered_to_whoever_shows_the_token_and_reaches_no_handler() {
    let code = r#"{"validationResponse":"512d38b6"}"#;
    let asked = || asks(AZURE_EVENT_GRID, "512d38b6");
    send(sender(AZURE_EVENT_GRID), asked())
        .await
        .assert_says(JSON, code);
    // By its kind alone, should the header be lost on the way.
    let kind = "Microsoft.EventGrid.SubscriptionValidationEvent";
    let body = format!(r#"[{{"id":"1","eventType":"{kind}","data":{{"validationCode":"512d38b6"}}}}]"#);
    let mut by_kind = asked().map(|_| Bytes::from(body));
    by_kind.headers_mut().remove("aeg-event-type").unwrap();
    send(sender(AZURE_EVENT_GRID), by_kind)
        .await
        .assert_says(JSON, code);
    let mut nobody = asked();
    nobody.headers_mut().remove("authorization").unwrap();
    let refused = send(sender(AZURE_EVENT_GRID), nobody).await.refused();
    assert_eq!(refused, (401, Some(Reason::MissingHeader)));
    // One that can't be answered is no event either.
    for body in [
        "[]",
        "{}",
        r#"[{"data":{}}]"#,
        r#"[{"data":{"validationCode":1}}]"#,
        r#"[{"id":"1"},{"data":{"validationCode":"512d38b6"}}]"#,
    ] {
        let refused = send(sender(AZURE_EVENT_GRID), asked().map(|_| body.into()))
            .await
            .refused();
        assert_eq!(refused, (400, Some(Reason::MalformedBody)), "{body}");
    }
    let event =
        r#"[{"id":"1","eventType":"Microsoft.Storage.BlobCreated","data":{"validationCode":"512d38b6"}}]"#;
    let event = send(sender(AZURE_EVENT_GRID), signed(AZURE_EVENT_GRID, event)).await;
    assert_eq!((event.status, event.handled), (200, 1));
}
