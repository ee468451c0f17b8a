//! Section A: one endpoint's secrets, and what its set-up refuses or warns about.

use std::time::Duration;

use proptest::prelude::*;
use tower_webhook::provider::{GITHUB, SLACK, STANDARD_WEBHOOKS, STRIPE, Scheme, Sender};
use tower_webhook::testing::Delivery;
use tower_webhook::{
    ConfigError, ConfigErrorKind, DedupLayer, MAX_SECRETS, Reason, ReloadableSecrets, Secret, Secrets,
    VerifyLayer, stripe,
};

use crate::harness::{
    BODY, NOW, SECRET, SENDERS, Stage, WAYS, accepted, genuine, refused, run, secret, signed, with_header,
};
use crate::logs::Capture;
use crate::oracle::stripe_mac;

const OTHER: &str = "whsec_R2l2ZSBtZSBhbm90aGVyIHNlY3JldCwgcGxlYXNl";

fn other() -> Secret {
    Secret::new(OTHER).unwrap()
}

/// CFG: the kind, and a sentence that says what to do and quotes no secret.
fn advises<T>(result: Result<T, ConfigError>, kind: ConfigErrorKind, input: &str) {
    let error = result.err().expect("a start-up mistake");
    let text = error.to_string();
    assert_eq!(error.kind(), kind, "{text}");
    assert!(text.split(' ').count() > 6, "no advice: {text}");
    let bare = input.trim_matches(|c: char| !c.is_alphanumeric());
    for shown in [text, format!("{error:?}")] {
        assert!(bare.len() < 8 || !shown.contains(bare), "{shown}");
    }
}

#[test]
fn t001_an_empty_secret_is_refused() {
    for empty in ["", " ", "\n", "\u{feff}", "\t\r\n"] {
        advises(Secret::new(empty), ConfigErrorKind::EmptySecret, empty);
        advises(Secrets::new(empty), ConfigErrorKind::EmptySecret, empty);
    }
    advises(Secret::from_bytes([]), ConfigErrorKind::EmptySecret, "");
}

#[test]
fn t002_a_secret_that_decodes_to_nothing_is_refused() {
    let layer = |text: &str| VerifyLayer::new(Sender::new(STANDARD_WEBHOOKS, Secret::new(text).unwrap()));
    advises(layer("whsec_"), ConfigErrorKind::EmptySecret, "whsec_");
    for bad in ["whsec_====", "whsec_not base64 at all", "whsec_A"] {
        advises(layer(bad), ConfigErrorKind::UndecodableSecret, bad);
    }
    let second = Secrets::new(SECRET).unwrap().and("whsec_").unwrap();
    let layer = VerifyLayer::new(Sender::new(STANDARD_WEBHOOKS, second));
    advises(layer, ConfigErrorKind::EmptySecret, "whsec_");
}

#[test]
fn t003_a_secret_with_something_around_it_is_refused_and_never_trimmed() {
    for (wrapped, what) in [
        (format!("{SECRET}\n"), "white space"),
        (format!("{SECRET}\r\n"), "white space"),
        (format!(" {SECRET}"), "white space"),
        (format!("{SECRET}\u{a0}"), "white space"),
        (format!("\"{SECRET}\""), "quotes"),
        (format!("'{SECRET}'"), "quotes"),
        (format!("\u{feff}{SECRET}"), "byte order mark"),
    ] {
        let error = Secret::new(wrapped.as_str()).unwrap_err();
        assert!(error.to_string().contains(what), "{error}");
        advises(
            Secret::new(wrapped.as_str()),
            ConfigErrorKind::WrappedSecret,
            SECRET,
        );
    }
    assert_eq!(
        Secret::new("a b\tc").unwrap().expose(),
        b"a b\tc",
        "what is inside stays"
    );
}

#[tokio::test]
async fn t004_a_short_secret_works_with_a_warning() {
    for (text, warned) in [("fifteen bytes !", true), ("sixteen bytes !!", false)] {
        let secret = Secret::new(text).unwrap();
        let log = Capture::begin();
        drop(VerifyLayer::new(Sender::new(GITHUB, secret.clone())).unwrap());
        let log = log.text();
        assert_eq!(
            log.contains("could be guessed from one delivery"),
            warned,
            "{log}"
        );
        assert_eq!(log.contains("WARN"), warned);
        assert!(!log.contains(text));
        let request = Delivery::new(GITHUB, BODY).sign(&secret).unwrap();
        accepted(|| Stage::new(Sender::new(GITHUB, secret.clone())), request).await;
    }
}

#[tokio::test]
async fn t005_a_sample_secret_works_with_a_warning() {
    for sample in ["secret", "changeme", "password", "It's a Secret to Everybody"] {
        let secret = Secret::new(sample).unwrap();
        let log = Capture::begin();
        drop(VerifyLayer::new(Sender::new(GITHUB, secret.clone())).unwrap());
        let log = log.text();
        assert!(
            log.contains("WARN") && log.contains("the secret is a well-known sample"),
            "{log}"
        );
        let request = Delivery::new(GITHUB, BODY).sign(&secret).unwrap();
        accepted(|| Stage::new(Sender::new(GITHUB, secret.clone())), request).await;
    }
}

#[tokio::test]
async fn t008_a_source_that_fails_is_answered_with_503() {
    let broken = || ReloadableSecrets::new(Secret::new("whsec_!not base64!").unwrap());
    let stage = || Stage::new(Sender::new(STANDARD_WEBHOOKS, broken()));
    refused(stage, genuine(STANDARD_WEBHOOKS), 503, Reason::SecretsUnavailable).await;
    let log = Capture::begin();
    let answer = stage().send(genuine(STANDARD_WEBHOOKS)).await;
    assert!(answer.headers.contains_key("retry-after"));
    let log = log.text();
    assert!(log.contains("ERROR") && !log.contains("!not base64!"), "{log}");
}

#[tokio::test]
async fn t010_during_a_rotation_old_new_and_both_verify() {
    let both = || Secrets::from(other()).and_secret(secret()).unwrap();
    let reversed = Secrets::from(secret()).and_secret(other()).unwrap();
    for (scheme, _) in SENDERS {
        let delivery = Delivery::new(scheme, BODY).at(signing_time());
        let signed_by = [other().into(), secret().into(), both(), reversed.clone()];
        for (case, signers) in signed_by.iter().enumerate() {
            let request = delivery.sign(signers).unwrap();
            let stage = || Stage::new(Sender::new(scheme, both()));
            accepted(stage, request.clone()).await;
            let stage = stage();
            stage.send(request).await;
            let index = stage.seen.last().proof.secret_index();
            assert!(
                case > 1 || index == case,
                "{}: {case} matched {index}",
                scheme.name()
            );
        }
    }
}

fn signing_time() -> std::time::SystemTime {
    std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(NOW)
}

proptest! {
    #[test]
    fn t011_one_good_signature_among_bad_ones_is_enough(
        bad in prop::collection::vec("[0-9a-f]{64}", 1..15),
        at in any::<prop::sample::Index>(),
    ) {
        let mut macs = bad;
        let good = stripe_mac(&NOW.to_string(), BODY.as_bytes());
        macs.insert(at.index(macs.len() + 1), good);
        let value = format!("t={NOW},v1={}", macs.join(",v1="));
        run(async {
            let stage = Stage::of(STRIPE);
            let request = with_header(genuine(STRIPE), "stripe-signature", value.as_bytes());
            assert_eq!(stage.send(request).await.status, 200);
        });
    }
}

#[tokio::test]
async fn t012_a_removed_secret_is_refused_on_the_very_next_request() {
    for way in WAYS {
        let secrets = ReloadableSecrets::new(Secrets::from(secret()).and_secret(other()).unwrap());
        let stage = Stage::new(Sender::new(GITHUB, secrets.clone()));
        assert_eq!(stage.send_by(way, genuine(GITHUB)).await.status, 200);
        secrets.replace(other());
        let answer = stage.send_by(way, signed(GITHUB, "{}")).await;
        assert_eq!(
            (answer.status, stage.seen.reason()),
            (401, Some(Reason::BadSignature))
        );
        assert_eq!((stage.seen.handled(), stage.seen.claims()), (1, 1));
    }
}

#[test]
fn t013_more_than_eight_secrets_are_refused() {
    let mut secrets = Secrets::from(secret());
    for number in 1..MAX_SECRETS {
        secrets = secrets.and(format!("secret number {number}")).unwrap();
    }
    assert_eq!(secrets.len(), 8);
    advises(
        secrets.clone().and("one secret too many"),
        ConfigErrorKind::TooManySecrets,
        "one secret too many",
    );
    advises(secrets.and(SECRET), ConfigErrorKind::DuplicateSecret, SECRET);
}

#[tokio::test]
async fn t016_endpoints_that_share_a_secret_share_the_events() {
    let first = Stage::of(STRIPE);
    let store = first.store.clone();
    let second = Stage::with(stripe(secret()), |verify| verify, |_| DedupLayer::new(store));
    assert_eq!(&first.send(genuine(STRIPE)).await.body[..], b"handled");
    let replayed = second.send(genuine(STRIPE)).await;
    assert_eq!((replayed.status, replayed.body.len()), (200, 0));
    assert_eq!((first.seen.handled(), second.seen.handled()), (1, 0));
    assert_eq!(first.seen.claims(), 2);
}

#[tokio::test]
async fn t017_a_test_event_on_a_live_endpoint_is_refused() {
    let stage = |live| move || Stage::new(stripe(secret()).expect_live(live));
    let live = || signed(STRIPE, r#"{"id":"evt_1","livemode":true}"#);
    let bad = [
        r#""livemode":false"#,
        r#""livemode":"true""#,
        r#""livemode":null"#,
        r#""other":1"#,
    ];
    for field in bad {
        let request = signed(STRIPE, format!(r#"{{"id":"evt_1",{field}}}"#));
        refused(stage(true), request, 400, Reason::WrongMode).await;
    }
    accepted(stage(true), live()).await;
    refused(stage(false), live(), 400, Reason::WrongMode).await;
}

#[test]
fn t018_a_tolerance_of_nothing_or_of_days_is_refused() {
    let layer = |scheme: Scheme, tolerance| {
        let sender = Sender::new(scheme, secret()).retention(Duration::from_secs(30 * 86_400));
        VerifyLayer::new(sender.tolerance(tolerance))
    };
    for scheme in [STRIPE, SLACK, STANDARD_WEBHOOKS] {
        for (tolerance, fits) in [
            (Duration::ZERO, false),
            (Duration::from_millis(999), false),
            (Duration::from_secs(1), true),
            (Duration::from_secs(86_400), true),
            (Duration::from_secs(86_401), false),
            (Duration::MAX, false),
        ] {
            match fits {
                true => assert!(layer(scheme, tolerance).is_ok()),
                false => advises(layer(scheme, tolerance), ConfigErrorKind::Tolerance, ""),
            }
        }
    }
}
