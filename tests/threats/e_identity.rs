//! Section E: what keeps two events apart, and what makes two deliveries one event.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::Request;
use proptest::prelude::*;
use tower_webhook::provider::{Provider, STANDARD_WEBHOOKS, STRIPE, Scheme, Sender, header, json};
use tower_webhook::{DedupLayer, Key, Reason, Secret, Tenants, stripe};

use crate::harness::{
    BODY, NOW, SENDERS, Stage, WAYS, accepted, genuine, refused, run, secret, signed, unreadable,
    with_header, without,
};
use crate::oracle::stripe_mac;

/// The key under which a delivery is claimed.
async fn key_of(stage: &Stage, request: Request<Bytes>) -> Key {
    assert_eq!(stage.send(request).await.status, 200);
    *stage.seen.last().attempt.expect("an attempt").key()
}

/// The key of a delivery with this id to this tenant.
async fn of_tenant(name: &str, id: &str) -> Key {
    let tenants = Tenants::new(|head| Some(head.uri.path()[1..].to_owned()));
    tenants.insert(name, secret()).unwrap();
    let stage = Stage::new(Sender::new(STANDARD_WEBHOOKS, tenants));
    let delivery = stage
        .delivery(STANDARD_WEBHOOKS, BODY)
        .id(id)
        .uri(format!("/{name}"));
    key_of(&stage, delivery.sign(&secret()).unwrap()).await
}

/// An endpoint with a store in common with others.
fn beside(first: &Stage, provider: impl Provider, scope: &'static str) -> Stage {
    let store = first.store.clone();
    Stage::with(provider, |verify| verify, |_| DedupLayer::new(store).scope(scope))
}

fn charge(id: &str, account: &str, live: bool) -> Request<Bytes> {
    signed(
        STRIPE,
        format!(r#"{{"id":"{id}","account":"{account}","livemode":{live}}}"#),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn t080_reordered_signatures_are_the_same_event(
        wrong in prop::collection::vec("[0-9a-f]{64}", 0..8),
        order in any::<prop::sample::Index>(),
    ) {
        let good = stripe_mac(&NOW.to_string(), BODY.as_bytes());
        let mut pairs: Vec<_> = wrong.iter().map(|mac| format!("v1={mac}")).collect();
        pairs.extend([format!("t={NOW}"), format!("v1={good}"), format!("v0={good}")]);
        let turn = order.index(pairs.len());
        pairs.rotate_left(turn);
        let again = with_header(genuine(STRIPE), "stripe-signature", pairs.join(",").as_bytes());
        run(async {
            let stage = Stage::of(STRIPE);
            stage.send(genuine(STRIPE)).await;
            let answer = stage.send(again).await;
            assert_eq!((answer.status, stage.seen.handled(), stage.seen.claims()), (200, 1, 2));
        });
    }

    #[test]
    fn t081_the_same_bytes_have_the_same_key(id in "[a-zA-Z0-9_]{1,40}", more in "[a-z]{0,40}") {
        let body = format!(r#"{{"id":"{id}","event_id":"{id}","more":"{more}"}}"#);
        run(async {
            for (scheme, _) in SENDERS {
                let request = signed(scheme, body.clone());
                let one = key_of(&Stage::of(scheme), request.clone()).await;
                assert_eq!(one, key_of(&Stage::of(scheme), request).await);
            }
        });
    }
}

#[tokio::test]
async fn t080_two_macs_of_a_rotation_in_either_order_are_one_event() {
    let stage = Stage::of(STANDARD_WEBHOOKS);
    let good = genuine(STANDARD_WEBHOOKS).headers()["webhook-signature"]
        .to_str()
        .unwrap()
        .to_owned();
    let other = format!("v1,{}=", "A".repeat(43));
    for value in [
        good.clone(),
        format!("{good} {other}"),
        format!("{other} {good}"),
        format!("v1a,x {good}"),
    ] {
        let request = with_header(genuine(STANDARD_WEBHOOKS), "webhook-signature", value.as_bytes());
        assert_eq!(stage.send(request).await.status, 200);
    }
    assert_eq!((stage.seen.handled(), stage.seen.claims()), (1, 4));
}

#[tokio::test]
async fn t082_one_id_of_different_origin_is_different_events() {
    const OTHER: Scheme = Scheme::hmac_sha256("other")
        .signature(header("x-signature").hex())
        .id(json("/id"));
    let first = Stage::of(STRIPE);
    let tenants = Tenants::new(|_| Some("acme".into()));
    tenants.insert("acme", secret()).unwrap();
    let event = || charge("evt_1", "acct_1", true);
    let keys = [
        key_of(&first, event()).await,
        key_of(&first, charge("evt_1", "acct_2", true)).await,
        key_of(&first, charge("evt_1", "acct_1", false)).await,
        key_of(&beside(&first, stripe(secret()), "another endpoint"), event()).await,
        key_of(&beside(&first, Sender::new(STRIPE, tenants), ""), event()).await,
        key_of(
            &beside(&first, Sender::new(OTHER, secret()), ""),
            signed(OTHER, event().into_body()),
        )
        .await,
    ];
    let different: std::collections::HashSet<_> = keys.iter().collect();
    assert_eq!(different.len(), keys.len());
    assert_eq!(first.seen.claims(), keys.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn t083_no_boundary_can_be_shifted(text in "[a-z]{3,12}", one in 1_usize..11, other in 1_usize..11) {
        prop_assume!(one != other && one < text.len() && other < text.len());
        const PARTS: Scheme = Scheme::hmac_sha256("parts")
            .signature(header("x-signature").hex())
            .id(json("/id"))
            .within(&[json("/a"), json("/b")]);
        let (b, c) = (&text[one..], &text[other..]);
        let (a, d) = (&text[..one], &text[..other]);
        let within = |a: &str, b: &str| signed(PARTS, format!(r#"{{"id":"x","a":"{a}","b":"{b}"}}"#));
        let scoped = |scope: &str, id: &str| {
            let (scope, request) = (scope.to_owned(), charge(id, "a", true));
            let stage = Stage::with(stripe(secret()), |verify| verify, |dedup| dedup.scope(scope));
            async move { key_of(&stage, request).await }
        };
        run(async {
            let stage = Stage::of(PARTS);
            assert_ne!(key_of(&stage, within(a, b)).await, key_of(&stage, within(d, c)).await);
            assert_ne!(of_tenant(a, b).await, of_tenant(d, c).await);
            assert_ne!(scoped(a, b).await, scoped(d, c).await);
        });
    }
}

#[tokio::test]
async fn t084_a_changed_tenant_header_names_a_tenant_whose_secret_did_not_sign() {
    let stage = || {
        let tenants = Tenants::new(|head| head.headers.get("x-shop")?.to_str().ok().map(str::to_owned));
        tenants.insert("acme", secret()).unwrap();
        tenants
            .insert(
                "globex",
                Secret::new("R2xvYmV4J3Mgb3duIHNlY3JldCwgbG9uZyBlbm91Z2g=").unwrap(),
            )
            .unwrap();
        Stage::new(Sender::new(STANDARD_WEBHOOKS, tenants))
    };
    let of = |shop: &str| with_header(genuine(STANDARD_WEBHOOKS), "x-shop", shop.as_bytes());
    for (shop, reason) in [
        ("globex", Reason::BadSignature),
        ("initech", Reason::UnknownTenant),
        ("ACME", Reason::UnknownTenant),
        ("", Reason::UnknownTenant),
    ] {
        refused(stage, of(shop), 401, reason).await;
    }
    for way in WAYS {
        let stage = stage();
        assert_eq!(stage.send_by(way, of("acme")).await.status, 200);
        assert_eq!(stage.seen.last().proof.tenant(), Some("acme"));
    }
}

#[tokio::test]
async fn t086_a_second_endpoint_with_the_secret_is_safe_as_long_as_it_shares_the_scope() {
    for (scope, handled) in [("", 0), ("a scope of its own", 1)] {
        let first = Stage::of(STRIPE);
        let second = beside(&first, stripe(secret()), scope);
        first.send(genuine(STRIPE)).await;
        assert_eq!(second.send(genuine(STRIPE)).await.status, 200);
        assert_eq!(second.seen.handled(), handled, "{scope:?}");
    }
}

#[tokio::test]
async fn t088_a_signed_id_with_other_content_raises_the_alarm() {
    for way in WAYS {
        let alarms = Arc::new(AtomicUsize::new(0));
        let raised = Arc::clone(&alarms);
        let hook = move |delivery: &tower_webhook::Verified| {
            assert_eq!(*delivery.id().unwrap().value(), "evt_1");
            raised.fetch_add(1, Ordering::SeqCst);
        };
        let stage = Stage::with(stripe(secret()), |verify| verify, |dedup| dedup.on_conflict(hook));
        stage.send_by(way, genuine(STRIPE)).await;
        let other = BODY.replace("invoice.paid", "invoice.void");
        let answer = stage.send_by(way, signed(STRIPE, other)).await;
        assert_eq!((answer.status, answer.body.len()), (422, 0));
        assert_eq!(
            (stage.seen.reason(), alarms.load(Ordering::SeqCst)),
            (Some(Reason::Conflict), 1)
        );
        assert_eq!(stage.seen.claims(), stage.seen.handled() + 1);
    }
}

#[tokio::test]
async fn t089_one_change_under_two_ids_can_be_named_by_its_object() {
    let event = |id: &str| signed(STRIPE, format!(r#"{{"id":"{id}","object":"in_1"}}"#));
    let by_object = |delivery: &tower_webhook::Verified| {
        let (_, rest) = std::str::from_utf8(delivery.body())
            .ok()?
            .split_once(r#""object":""#)?;
        rest.split_once('"').map(|(object, _)| object.to_owned())
    };
    let named = || {
        Stage::with(
            stripe(secret()),
            |verify| verify,
            |dedup| dedup.key_from(by_object),
        )
    };
    for way in WAYS {
        for (stage, handled) in [(named(), 1), (Stage::of(STRIPE), 2)] {
            assert_eq!(stage.send_by(way, event("evt_1")).await.status, 200);
            assert_eq!(stage.send_by(way, event("evt_2")).await.status, 200);
            assert_eq!((stage.seen.handled(), stage.seen.claims()), (handled, 2));
        }
    }
    // What the function does not name keeps its own identity.
    let stage = named();
    stage.send(signed(STRIPE, r#"{"id":"evt_1"}"#)).await;
    stage.send(signed(STRIPE, r#"{"id":"evt_2"}"#)).await;
    assert_eq!(stage.seen.handled(), 2);
}

#[tokio::test]
async fn the_headers_that_a_sender_uses_say_whether_it_has_an_id_and_where_its_kind_stands() {
    const NAMED: Scheme = Scheme::hmac_sha256("acme")
        .signature(header("x-signature").hex())
        .id(header("x-id"))
        .kind(header("x-kind"));
    const NAMELESS: Scheme = Scheme::hmac_sha256("acme")
        .signature(header("x-older-signature").hex())
        .kind(header("x-older-kind"));
    for sender in [NAMED.or(&NAMELESS), NAMELESS.or(&NAMED)] {
        for headers in [NAMED, NAMELESS] {
            let stage = Stage::of(sender);
            assert_eq!(stage.send(signed(headers, BODY)).await.status, 200);
            assert_eq!(*stage.seen.last().proof.kind().unwrap().value(), "test");
        }
        let nameless = without(signed(NAMED, BODY), "x-id");
        unreadable(sender, nameless, Reason::MalformedId).await;
    }
    // Whoever takes the promise back has taken it back.
    let nameless = without(signed(NAMED, BODY), "x-id");
    accepted(|| Stage::of(NAMED.id_if_any(header("x-id"))), nameless).await;
}
