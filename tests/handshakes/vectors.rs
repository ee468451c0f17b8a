//! The handshakes of the shared vectors, for the senders that are described.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request};
use serde_json::Value;
use tower_webhook::provider::senders;
use tower_webhook::{Secret, Tenants, VerifyLayer};

use crate::endpoint::through;
use crate::shared;

#[tokio::test]
async fn the_vectors_are_answered_as_their_senders_want() {
    let Some(vectors) = shared::read("vectors.json") else {
        return;
    };
    let mut seen = Vec::new();
    for vector in vectors
        .as_array()
        .unwrap()
        .iter()
        .filter(|vector| vector["expect"] == "challenge")
    {
        let name = vector["provider"].as_str().unwrap();
        // Those with code of their own are greeted in tests of their own.
        let Some(scheme) = senders::by_name(name).filter(|scheme| !scheme.is_own()) else {
            continue;
        };
        let secret = Secret::new(vector["secret"].as_str().unwrap_or("a secret that is not used")).unwrap();
        let sender = match name {
            "asana" => scheme.with(Tenants::new(|_| None)).on_secret(async |_| Ok(true)),
            _ => scheme.with(secret.clone()),
        };
        let sender = sender
            .verify_token(secret)
            .allow_origin("eventemitter.example.com", None);
        let layer = VerifyLayer::new(sender).unwrap();
        let mut request = request(vector);
        if name == "azure_event_grid" {
            // The vector shows no token, which is answered to nobody.
            let token = HeaderValue::from_static("a secret that is not used");
            request.headers_mut().insert(AUTHORIZATION, token);
        }
        let got = through(layer, request).await;
        let wanted = &vector["expect_response"];
        assert_eq!(
            (u64::from(got.status), got.handled),
            (wanted["status"].as_u64().unwrap(), 0),
            "{name}: {got:?}"
        );
        if let Some(body) = wanted["body"].as_str() {
            assert_eq!(got.body, body, "{name}");
        }
        if wanted["json"].is_object() {
            assert_eq!(
                serde_json::from_str::<Value>(&got.body).unwrap(),
                wanted["json"],
                "{name}"
            );
        }
        for (header, value) in wanted["headers"].as_object().into_iter().flatten() {
            let value = value.as_str().unwrap();
            assert!(
                got.header(header).starts_with(value),
                "{name}: {header}: {}",
                got.header(header)
            );
        }
        seen.push(name);
    }
    println!("{seen:?}");
    assert!(
        ["asana", "azure_event_grid", "dropbox", "meta", "twitter"]
            .iter()
            .all(|name| seen.contains(name)),
        "{seen:?}"
    );
}

fn request(vector: &Value) -> Request<Bytes> {
    let mut request = Request::builder()
        .method(vector["method"].as_str().unwrap())
        .uri(vector["url"].as_str().unwrap());
    for (name, value) in vector["headers"].as_object().unwrap() {
        request = request.header(name, value.as_str().unwrap());
    }
    request
        .body(vector["body_utf8"].as_str().unwrap().to_owned().into())
        .unwrap()
}
