//! Section A: no text that the crate writes holds a secret, a MAC or a body.

use std::error::Error;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use proptest::prelude::*;
use tower::Layer;
use tower_webhook::event::{Event, Json, github};
use tower_webhook::provider::{GITHUB, Provider, STANDARD_WEBHOOKS, Sender};
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::Delivery;
use tower_webhook::{
    Context, DedupLayer, EventRouter, ReloadableSecrets, Secret, Secrets, Tenant, Tenants, VerifyLayer,
};

use crate::harness::{Stage, run, with_header};
use crate::logs::Capture;
use crate::oracle::mac;

/// Every spelling in which bytes could be shown.
fn spellings(bytes: &[u8]) -> Vec<String> {
    let list = format!("{bytes:?}");
    vec![
        String::from_utf8_lossy(bytes).into_owned(),
        hex::encode(bytes),
        hex::encode_upper(bytes),
        STANDARD.encode(bytes).trim_end_matches('=').to_owned(),
        list[1..list.len() - 1].to_owned(),
    ]
}

fn assert_silent(shown: &str, hidden: &[&[u8]]) {
    for spelling in hidden.iter().flat_map(|bytes| spellings(bytes)) {
        assert!(!shown.contains(&spelling), "{spelling} stands in {shown}");
    }
}

fn debug(value: &dyn Debug) -> String {
    format!("{value:?} {value:#?}")
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut shown = format!("{error} {error:?}");
    let mut next = error.source();
    while let Some(cause) = next {
        shown += &format!(" {cause} {cause:?}");
        next = cause.source();
    }
    shown
}

/// What holds secrets, and what was made of them.
fn holders(secret: &Secret, head: &http::request::Parts) -> String {
    let tenants = Tenants::new(|_| None);
    tenants.insert("acme", secret.clone()).unwrap();
    let secrets = Secrets::from(secret.clone());
    let sender = || Sender::new(GITHUB, secret.clone());
    let layer = VerifyLayer::new(sender()).unwrap();
    let dedup = DedupLayer::new(MemoryStore::default());
    let router = EventRouter::new().on_kind("push", |_: Context| async {});
    [
        debug(secret),
        debug(&secrets),
        debug(&ReloadableSecrets::new(secrets.clone())),
        debug(&Tenant::new("acme", secrets.clone())),
        debug(&tenants),
        debug(&sender()),
        debug(&run(sender().begin(head, None)).unwrap()),
        debug(&layer),
        debug(&layer.layer(dedup.layer(router.clone()))),
        debug(&dedup),
        debug(&router),
    ]
    .concat()
}

/// What comes of a delivery, all the way to the handler.
fn outcomes(secret: &Secret, request: Request<Bytes>) -> String {
    run(async {
        let stage = Stage::new(Sender::new(GITHUB, secret.clone()));
        let answer = stage.send(request).await;
        assert_eq!(answer.status, 200);
        let call = stage.seen.last();
        let misfit = Json::<u64>::read(&call.proof).unwrap_err();
        [
            debug(&call.proof),
            debug(&call.attempt),
            debug(&github::Event::read(&call.proof).unwrap()),
            chain(&misfit),
        ]
        .concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn t014_no_public_type_shows_a_secret_a_mac_or_a_body(key in "[ -~]{24,60}", body in "[a-z]{24,60}") {
        prop_assume!(key.trim() == key && !key.starts_with(['"', '\'', '`']));
        let secret = Secret::new(key.as_str()).unwrap();
        let body = format!(r#""{body}""#);
        let signature = mac(key.as_bytes(), body.as_bytes());
        let request = Delivery::new(GITHUB, body.clone()).sign(&secret).unwrap();
        let (head, _) = request.clone().into_parts();
        let shown = holders(&secret, &head) + &outcomes(&secret, request);
        let quoted = body.trim_matches('"').as_bytes();
        assert_silent(&shown, &[key.as_bytes(), &signature, quoted]);
    }

    #[test]
    fn t014_no_start_up_error_shows_the_secret(key in "[!-~]{24,60}") {
        prop_assume!(!key.starts_with(['"', '\'', '`']));
        let text = format!("whsec_{key}!");
        let secret = Secret::new(text.as_str()).unwrap();
        let undecodable = VerifyLayer::new(Sender::new(STANDARD_WEBHOOKS, secret.clone())).unwrap_err();
        let wrapped = Secret::new(format!("{text}\n")).unwrap_err();
        let twice = Secrets::from(secret.clone()).and_secret(secret).unwrap_err();
        let fails = || Err::<(), _>(wrapped);
        let panic = catch_unwind(AssertUnwindSafe(|| fails().unwrap())).unwrap_err();
        let panic = panic.downcast_ref::<String>().unwrap();
        let shown = [chain(&undecodable), chain(&twice), panic.clone()].concat();
        assert_silent(&shown, &[key.as_bytes()]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn t052_no_log_line_holds_the_expected_mac(key in "[!-~]{24,60}", body in "[a-z]{24,60}") {
        prop_assume!(!key.starts_with(['"', '\'', '`']));
        let secret = Secret::new(key.as_str()).unwrap();
        let genuine = Delivery::new(GITHUB, body.clone()).sign(&secret).unwrap();
        let wrong = with_header(genuine.clone(), "x-hub-signature-256", format!("sha256={}", "0".repeat(64)).as_bytes());
        let log = Capture::begin();
        run(async {
            let stage = Stage::new(Sender::new(GITHUB, secret));
            for (request, status) in [(wrong, 401), (genuine.clone(), 200), (genuine, 200)] {
                assert_eq!(stage.send(request).await.status, status);
            }
            let proof = stage.seen.last().proof;
            Json::<u64>::read(&proof).unwrap_err();
        });
        let log = log.text();
        prop_assert!(log.contains("bad_signature") && log.contains("verified"), "{}", log);
        assert_silent(&log, &[key.as_bytes(), &mac(key.as_bytes(), body.as_bytes()), body.as_bytes()]);
    }
}
