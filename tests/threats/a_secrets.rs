//! Section A: one endpoint's secrets, and what its set-up refuses or warns about.

use std::time::Duration;

use tower_webhook::provider::{GITHUB, SLACK, STANDARD_WEBHOOKS, STRIPE, Scheme, Sender};
use tower_webhook::testing::Delivery;
use tower_webhook::{
    ConfigError, ConfigErrorKind, DedupLayer, MAX_SECRETS, Reason, ReloadableSecrets, Secret, Secrets,
    VerifyLayer, stripe,
};

use crate::harness::{BODY, SECRET, Stage, accepted, genuine, refused, secret, signed};
use crate::logs::Capture;

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
    assert_eq!(
        Secret::new("'").unwrap().expose(),
        b"'",
        "a quote alone surrounds nothing"
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
