//! Section A: secrets and configuration.

use tower_webhook::provider::{GITHUB, STRIPE};
use tower_webhook::{ConfigErrorKind, Reason, Secret, Secrets};

use crate::harness::{Stage, accepted, refused, secret, with_header};

#[test]
fn t001_an_empty_secret_is_refused() {
    assert_eq!(Secret::new("").unwrap_err().kind(), ConfigErrorKind::EmptySecret);
}

#[tokio::test]
async fn smoke() {
    let github = || Stage::of(GITHUB);
    let request = github().delivery(GITHUB, "{}").sign(&secret()).unwrap();
    accepted(github, request.clone()).await;
    refused(
        github,
        with_header(request, "x-hub-signature-256", b"sha256=00"),
        401,
        Reason::MalformedHeader,
    )
    .await;
    let stripe = || Stage::of(STRIPE);
    let request = stripe()
        .delivery(STRIPE, r#"{"id":"evt_1"}"#)
        .sign(&secret())
        .unwrap();
    accepted(stripe, request).await;
}
