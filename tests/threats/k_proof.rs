//! Section K: a proof that somebody else put into the request.

use tower_webhook::provider::GITHUB;
use tower_webhook::{Reason, Verified};

use crate::harness::{Stage, genuine, secret, signed, without};

/// The only proof that a program can have is one that a layer gave it: of another request.
async fn another_proof() -> Verified {
    let stage = Stage::of(GITHUB);
    stage.send(signed(GITHUB, r#"{"id":"another"}"#)).await;
    stage.seen.last().proof
}

#[tokio::test]
async fn t164_a_proof_of_another_request_lets_no_request_pass() {
    let proof = another_proof().await;
    let stage = Stage::new(tower_webhook::github(secret()));
    let mut request = without(genuine(GITHUB), "x-hub-signature-256");
    request.extensions_mut().insert(proof.clone());
    let answer = stage.send(request).await;
    assert_eq!(
        (answer.status, stage.seen.reason()),
        (401, Some(Reason::MissingHeader))
    );
    stage.assert_untouched();

    let mut request = genuine(GITHUB);
    let body = request.body().clone();
    request.extensions_mut().insert(proof);
    assert_eq!(stage.send(request).await.status, 200);
    let call = stage.seen.last();
    assert_eq!(call.proof.body(), &body, "the request has its own proof");
}
