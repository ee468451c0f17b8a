//! Section A: secrets that are looked up for each request.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use bytes::Bytes;
use http::request::Parts;
use http_body::Frame;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use tower::ServiceExt;
use tower_webhook::provider::{GITHUB, Sender};
use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook::{BoxError, ConfigErrorKind, Reason, Secret, SecretSource, Tenant, Tenants};

use crate::harness::{BODY, NOW, SENDERS, Stage, genuine, refused, secret, without};

fn by_path() -> Tenants {
    let tenants = Tenants::new(|head| Some(head.uri.path().trim_start_matches('/').to_owned()));
    tenants.insert("acme", secret()).unwrap();
    tenants
}

#[tokio::test]
async fn t007_an_unknown_tenant_is_answered_like_a_wrong_signature() {
    for (scheme, _) in SENDERS {
        let stage = || Stage::new(Sender::new(scheme, by_path()));
        let mut request = genuine(scheme);
        *request.uri_mut() = "/globex".parse().unwrap();
        refused(stage, request, 401, Reason::UnknownTenant).await;
    }
}

/// Asks nobody and knows nothing.
struct Nothing;

impl SecretSource for Nothing {
    async fn lookup(&self, _: &Parts) -> Result<Option<Tenant>, BoxError> {
        Ok(None)
    }
}

#[tokio::test]
async fn t006_t007_a_source_without_a_secret_refuses_everything() {
    for (scheme, header) in SENDERS {
        let unsigned = without(genuine(scheme), header);
        for (request, reason) in [
            (genuine(scheme), Reason::UnknownTenant),
            (unsigned, Reason::MissingHeader),
        ] {
            let nobody = || Tenants::new(|_| Some("acme".to_owned()));
            refused(
                || Stage::new(Sender::new(scheme, Nothing)),
                request.clone(),
                401,
                reason,
            )
            .await;
            refused(|| Stage::new(Sender::new(scheme, nobody())), request, 401, reason).await;
        }
    }
}

/// What stands in for a missing secret can be read in the source.
#[tokio::test]
async fn t007_the_stand_ins_signature_opens_nothing() {
    let stand_in = Secret::from_bytes("nobody:signs with this").unwrap();
    for (scheme, _) in SENDERS {
        let delivery = Delivery::new(scheme, BODY).at(ManualClock::at_unix(NOW).time());
        let forged = delivery.sign(&stand_in).unwrap();
        refused(
            || Stage::new(Sender::new(scheme, Nothing)),
            forged,
            401,
            Reason::UnknownTenant,
        )
        .await;
    }
}

/// A body in pieces that counts how many were taken.
struct Counted {
    pieces: VecDeque<Bytes>,
    taken: Arc<AtomicUsize>,
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let piece = self.pieces.pop_front();
        self.taken
            .fetch_add(usize::from(piece.is_some()), Ordering::SeqCst);
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }
}

#[tokio::test]
async fn t007_the_body_of_an_unknown_tenants_delivery_is_read_all_the_same() {
    for (path, status) in [("/acme", 200), ("/globex", 401)] {
        let taken = Arc::new(AtomicUsize::new(0));
        let stage = Stage::new(Sender::new(GITHUB, by_path()));
        let mut request = genuine(GITHUB);
        *request.uri_mut() = path.parse().unwrap();
        let request = request.map(|body| {
            Body::new(Counted {
                pieces: body
                    .chunks(body.len().div_ceil(4))
                    .map(Bytes::copy_from_slice)
                    .collect(),
                taken: Arc::clone(&taken),
            })
        });
        let answer = stage.router.clone().oneshot(request).await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), taken.load(Ordering::SeqCst)),
            (status, 4),
            "{path}"
        );
    }
}

struct Vault;

impl SecretSource for Vault {
    async fn lookup(&self, _: &Parts) -> Result<Option<Tenant>, BoxError> {
        Err("the vault is sealed".into())
    }
}

#[tokio::test]
async fn t008_a_vault_that_fails_is_answered_with_503() {
    for (scheme, header) in SENDERS {
        let stage = || Stage::new(Sender::new(scheme, Vault));
        refused(stage, genuine(scheme), 503, Reason::SecretsUnavailable).await;
        let mut forged = genuine(scheme);
        forged.headers_mut().remove(header);
        refused(stage, forged, 401, Reason::MissingHeader).await;
    }
}

fn shares(one: &Secret, other: &Secret) -> bool {
    let tenants = Tenants::new(|_| None);
    tenants.insert("one", one.clone()).unwrap();
    match tenants.insert("other", other.clone()) {
        Ok(()) => false,
        Err(error) => {
            assert_eq!(error.kind(), ConfigErrorKind::SharedSecret);
            assert!(error.to_string().contains("give each tenant a secret of its own"));
            true
        }
    }
}

fn key(bytes: impl Into<Vec<u8>>) -> Secret {
    Secret::from_bytes(bytes).unwrap()
}

fn text(text: String) -> Secret {
    Secret::new(text).unwrap()
}

proptest! {
    #[test]
    fn t009_keys_that_make_the_same_signatures_are_refused(
        bytes in prop::collection::vec(any::<u8>(), 1..60),
        zeros in 1_usize..4,
        long in prop::collection::vec(any::<u8>(), 65..200),
    ) {
        let padded = [bytes.clone(), vec![0; zeros]].concat();
        prop_assert!(shares(&key(bytes.clone()), &key(padded)));
        prop_assert!(shares(&key(long.clone()), &key(Sha256::digest(&long).to_vec())));
        let forms = [
            key(bytes.clone()),
            text(format!("whsec_{}", STANDARD.encode(&bytes))),
            text(STANDARD.encode(&bytes)),
            text(format!("whsec_{}", STANDARD_NO_PAD.encode(&bytes))),
            text(STANDARD_NO_PAD.encode(&bytes)),
        ];
        for one in &forms {
            for other in &forms {
                prop_assert!(shares(one, other));
            }
        }
    }

    #[test]
    fn t009_other_keys_are_taken(
        one in prop::collection::vec(any::<u8>(), 20..60),
        other in prop::collection::vec(1_u8.., 20..60),
    ) {
        prop_assume!(!one.starts_with(&other) && !other.starts_with(&one));
        prop_assert!(!shares(&key(one), &key(other)));
    }
}

#[test]
fn t009_keys_are_compared_for_every_hash() {
    let long = vec![7; 100];
    let padded = [long.clone(), vec![0]].concat();
    assert!(
        shares(&key(long.clone()), &key(padded)),
        "one block of SHA-512 holds both"
    );
    assert!(shares(
        &key(long.clone()),
        &key(sha1::Sha1::digest(&long).to_vec())
    ));
    let longer = vec![7; 129];
    assert!(shares(
        &key(longer.clone()),
        &key(sha2::Sha512::digest(&longer).to_vec())
    ));
    assert!(!shares(&key(longer), &key(long)));
}

#[tokio::test]
async fn t009_a_refused_tenant_is_not_there() {
    let tenants = by_path();
    tenants.insert("globex", secret()).unwrap_err();
    let stage = Stage::new(Sender::new(GITHUB, tenants));
    let request = Delivery::new(GITHUB, BODY)
        .uri("/globex")
        .sign(&secret())
        .unwrap();
    assert_eq!(stage.send(request).await.status, 401);
    assert_eq!(stage.seen.reason(), Some(Reason::UnknownTenant));
}
