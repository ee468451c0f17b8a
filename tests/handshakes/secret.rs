//! A secret that is handed over: anybody can send one, so only the application takes it, and only where there is none.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Request;
use tower_webhook::provider::Sender;
use tower_webhook::provider::senders::ASANA;
use tower_webhook::testing::Delivery;
use tower_webhook::{ConfigErrorKind, Reason, Secret, Tenants, VerifyLayer};

use crate::endpoint::{asks, bare, send, sender};

const NEW: &str = "b537207f20cbfa02357cf448134da559";
const FOREIGN: (u16, Option<Reason>) = (401, Some(Reason::ForeignHandshake));

/// An endpoint that is making one webhook, at `/making`.
fn endpoint(tenants: &Tenants, asked: &Arc<Mutex<Vec<String>>>) -> Sender {
    let (known, asked) = (tenants.clone(), Arc::clone(asked));
    ASANA.with(tenants.clone()).on_secret(move |new| {
        let (known, asked) = (known.clone(), Arc::clone(&asked));
        async move {
            asked.lock().unwrap().push(new.uri().path().to_owned());
            match new.uri().path() {
                "/making" => {
                    known.insert("/making", new.secret().clone())?;
                    Ok(true)
                }
                "/broken" => Err("the database is away".into()),
                _ => Ok(false),
            }
        }
    })
}

fn offer(path: &str, secret: &str) -> Request<Bytes> {
    bare("POST", path, &[("x-hook-secret", secret)])
}

#[tokio::test]
async fn a_secret_is_kept_once_and_then_verifies() {
    let (tenants, asked) = (
        Tenants::new(|head| Some(head.uri.path().to_owned())),
        Arc::default(),
    );
    let got = send(endpoint(&tenants, &asked), offer("/making", NEW)).await;
    assert_eq!((got.status, got.handled, got.body.as_str()), (200, 0, ""));
    assert_eq!(got.header("x-hook-secret"), NEW);

    let others = Tenants::new(|head| Some(head.uri.path().to_owned()));
    let shortest = offer("/making", &NEW[..16]);
    assert_eq!(
        send(endpoint(&others, &Arc::default()), shortest).await.status,
        200
    );

    let event = Delivery::new(ASANA, r#"{"events":[]}"#).uri("/making");
    let event = event.sign(&Secret::new(NEW).unwrap()).unwrap();
    assert_eq!(send(endpoint(&tenants, &asked), event.clone()).await.handled, 1);

    // Nobody replaces it, whoever asks: the application isn't even told.
    for other in ["0000000000000000000000000000000000", NEW] {
        assert_eq!(
            send(endpoint(&tenants, &asked), offer("/making", other))
                .await
                .refused(),
            FOREIGN
        );
    }
    assert_eq!(*asked.lock().unwrap(), ["/making"]);
    assert_eq!(send(endpoint(&tenants, &asked), event).await.handled, 1);
}

#[tokio::test]
async fn what_the_application_does_not_expect_is_refused() {
    let (tenants, asked) = (
        Tenants::new(|head| Some(head.uri.path().to_owned())),
        Arc::default(),
    );
    let got = send(endpoint(&tenants, &asked), offer("/other", NEW)).await;
    assert_eq!(got.refused(), FOREIGN);
    assert!(!got.headers.contains_key("x-hook-secret"));
    let got = send(endpoint(&tenants, &asked), offer("/broken", NEW)).await;
    assert_eq!(got.refused(), (503, Some(Reason::SecretsUnavailable)));
    let long = "a".repeat(257);
    for bad in [
        "",
        "short",
        "with space with space",
        "{\"a\":1,\"b\":2,\"c\":3}",
        &long,
    ] {
        let got = send(endpoint(&tenants, &asked), offer("/making", bad)).await;
        assert_eq!(got.refused(), (400, Some(Reason::MalformedHandshake)), "{bad}");
    }
    let twice = bare(
        "POST",
        "/making",
        &[("x-hook-secret", NEW), ("x-hook-secret", NEW)],
    );
    assert_eq!(
        send(endpoint(&tenants, &asked), twice).await.refused(),
        (400, Some(Reason::MalformedHandshake))
    );
    assert_eq!(*asked.lock().unwrap(), ["/other", "/broken"]);
}

#[test]
fn a_secret_that_is_fixed_has_no_room_for_another() {
    let sender = sender(ASANA).on_secret(async |_| Ok(true));
    let error = VerifyLayer::new(sender).unwrap_err();
    assert_eq!(error.kind(), ConfigErrorKind::Scheme);
}

#[tokio::test]
async fn without_an_application_that_takes_it_no_secret_is_taken() {
    let request = asks(ASANA, NEW);
    assert_eq!(
        send(sender(ASANA), request).await.refused(),
        (401, Some(Reason::MissingHeader))
    );
}
