//! What is found at construction: secrets of the wrong kind, twins, settings that could never count.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "threats/logs.rs"]
mod logs;

use std::sync::Arc;
use std::time::Duration;

use tower_webhook::provider::senders::{ASANA, BIGCOMMERCE, META, OPENAI, RESEND, SUPABASE};
use tower_webhook::provider::{
    GITHUB, Handshake, Part, SLACK, STANDARD_WEBHOOKS, STRIPE, Scheme, Sender, element, header, json,
};
use tower_webhook::{ConfigErrorKind, Secret, Secrets, Tenants, VerifyLayer};

use logs::Capture;

const LONG: &str = "a long secret that nobody would guess";

fn refusal(sender: Sender) -> ConfigErrorKind {
    let error = VerifyLayer::new(sender).unwrap_err();
    assert!(error.to_string().split(' ').count() > 6, "no advice: {error}");
    error.kind()
}

/// What the log says of a sender that is built all the same.
fn log_of(sender: Sender) -> String {
    let log = Capture::begin();
    drop(VerifyLayer::new(sender).unwrap());
    log.text()
}

fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

#[test]
fn t002_a_secret_of_another_family_is_pointed_out() {
    let whsec = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    let advice = "begins like another sender's";
    for (scheme, text, said) in [
        (GITHUB, whsec, true),
        (SLACK, whsec, true),
        (BIGCOMMERCE, whsec, true),
        (STRIPE, whsec, false),
        (STANDARD_WEBHOOKS, whsec, false),
        (GITHUB.base64_key("whsec_"), whsec, false),
        (OPENAI, whsec, false),
        (RESEND, whsec, false),
        (GITHUB, LONG, false),
        (SUPABASE, "v1,whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", false),
    ] {
        let log = log_of(scheme.with(secret(text)));
        assert_eq!(log.contains(advice), said, "{}: {log}", scheme.name());
        assert!(!log.contains(text));
    }
    let of_svix = SUPABASE.with(secret(whsec)); // it would have to begin with `v1,`
    assert_eq!(refusal(of_svix), ConfigErrorKind::UndecodableSecret);
    let shared = SUPABASE.with(Arc::new(secret(whsec)));
    assert_eq!(refusal(shared), ConfigErrorKind::UndecodableSecret);
}

#[test]
fn what_is_no_json_pointer_would_find_nothing_and_is_refused() {
    let named = Scheme::hmac_sha256("acme").signature(header("x-acme").hex());
    for scheme in [
        named.id(json("id")),
        named.kind(json("data/type")),
        named.unstable(&["/tries", "attempt"]),
    ] {
        assert_eq!(refusal(scheme.with(secret(LONG))), ConfigErrorKind::Scheme);
    }
    let sound = named
        .id(json("/id"))
        .kind(json("/data/type"))
        .unstable(&["/tries"]);
    assert!(VerifyLayer::new(sound.with(secret(LONG))).is_ok());
}

#[test]
fn half_of_a_key_pair_is_no_shared_secret() {
    for text in [
        "whpk_4HOplXs8I1UpBMRi0zkGNGgLnXWiuXnD5mLDsvFhAaM=",
        "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==",
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
    ] {
        for scheme in [
            GITHUB,
            STRIPE,
            STANDARD_WEBHOOKS,
            tower_webhook::provider::senders::GITLAB_TOKEN,
        ] {
            if cfg!(feature = "ed25519") && scheme.name() == "standard_webhooks" && text.starts_with("whpk_")
            {
                continue; // there it is the key of `v1a`
            }
            assert_eq!(
                refusal(scheme.with(secret(text))),
                ConfigErrorKind::UndecodableSecret,
                "{text}"
            );
        }
    }
}

#[test]
fn t010_the_same_key_in_two_spellings_is_one_key() {
    let twins = [
        (
            STANDARD_WEBHOOKS,
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        ),
        (
            STANDARD_WEBHOOKS,
            "whsec_YSBsb25nIHNlY3JldCBvZiBvdXJzIQ==",
            "whsec_YSBsb25nIHNlY3JldCBvZiBvdXJzIQ",
        ),
        (GITHUB, LONG, "a long secret that nobody would guess\0"),
    ];
    for (scheme, one, other) in twins {
        let both = Secrets::new(one).unwrap().and(other).unwrap();
        assert_eq!(
            refusal(scheme.with(both)),
            ConfigErrorKind::DuplicateSecret,
            "{}",
            scheme.name()
        );
    }
    // As texts these differ, and as keys of a sender whose secret is its text they do too.
    let different = Secrets::new("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
    let different = different.and("C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
    assert!(VerifyLayer::new(STRIPE.with(different)).is_ok());
}

#[test]
fn t004_a_key_is_as_short_as_what_it_decodes_to() {
    let short = log_of(STANDARD_WEBHOOKS.with(secret("whsec_bmluZSBieXRl")));
    assert!(
        short.contains("WARN") && short.contains("shorter than 16 bytes"),
        "{short}"
    );
    for enough in [
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "whsec_anVzdCBzaXh0ZWVuIGIuIQ==",
    ] {
        let long = log_of(STANDARD_WEBHOOKS.with(secret(enough)));
        assert!(!long.contains("shorter than"), "{long}");
    }
}

#[test]
fn t018_a_tolerance_without_a_time_is_pointed_out() {
    let sender = |scheme: Scheme| scheme.with(secret(LONG)).tolerance(Duration::from_secs(60));
    assert!(log_of(sender(GITHUB)).contains("the tolerance does nothing"));
    assert!(!log_of(sender(STRIPE)).contains("the tolerance does nothing"));
    assert!(!log_of(GITHUB.with(secret(LONG))).contains("the tolerance does nothing"));
}

#[test]
fn a_setting_that_no_handshake_asks_for_is_pointed_out() {
    let unused = "that setting does nothing";
    assert!(
        log_of(
            GITHUB
                .with(secret(LONG))
                .verify_token(secret("another secret text"))
        )
        .contains(unused)
    );
    assert!(log_of(GITHUB.with(secret(LONG)).allow_origin("a.example.com", None)).contains(unused));
    assert!(log_of(GITHUB.with(Tenants::new(|_| None)).on_secret(async |_| Ok(true))).contains(unused));
    let asana = ASANA.with(Tenants::new(|_| None)).on_secret(async |_| Ok(true));
    assert!(!log_of(asana).contains(unused));
    assert!(log_of(META.with(secret(LONG))).contains("until you say `.verify_token(…)`"));
    let same = META.with(secret(LONG)).verify_token(secret(LONG));
    assert!(log_of(same).contains("the verify token is the signing secret"));
    let other = log_of(
        META.with(secret(LONG))
            .verify_token(secret("another secret text")),
    );
    assert!(!other.contains("verify token"), "{other}");
}

#[test]
fn an_origin_that_nobody_could_name_is_refused() {
    const CLOUD: Scheme = GITHUB.handshakes(&[Handshake::options()]);
    for (name, rate) in [("", None), ("a\nb", None), ("a.example.com", Some(0))] {
        let sender = CLOUD.with(secret(LONG)).allow_origin(name, rate);
        assert_eq!(refusal(sender), ConfigErrorKind::Scheme, "{name:?} {rate:?}");
    }
}

#[test]
fn a_description_that_contradicts_itself_is_refused() {
    const ACME: Scheme = Scheme::hmac_sha256("acme").signature(header("x-acme-signature").hex());
    const WEAKER: Scheme = Scheme::hmac_sha1("acme").signature(header("x-acme-old").hex());
    const UNTIMED: Scheme = Scheme::hmac_sha256("acme").signature(header("x-acme-old").hex());
    const TIMED: Scheme = ACME
        .content(&[Part::Header("x-acme-time"), Part::Body])
        .timestamp(header("x-acme-time").unix_seconds());
    const TWIN: Scheme = ACME.id(header("x-acme-id"));
    const ELEMENT: Scheme = ACME.content(&[Part::Element("t"), Part::Body]);
    const TOKEN: Scheme = Scheme::token("acme").signature(header("x-token").token(""));
    const MAC_OF_TOKEN: Scheme = TOKEN.handshakes(&[Handshake::get("c").mac_base64("r", "")]);
    const NO_CHALLENGE: Scheme = ACME.handshakes(&[Handshake::ping(json("/type"), "1").json("challenge")]);
    const CAPITALS: Scheme = ACME.handshakes(&[Handshake::get_header("X-Challenge")]);
    const NAMELESS: Scheme = ACME.handshakes(&[Handshake::get("")]);
    const SCATTERED: Scheme = Scheme::hmac_sha256("acme").signature(header("x-acme").indexed().hex());
    let maybe = header("x-acme-time").unix_seconds().if_any();
    let contradictions = [
        ("another algorithm", ACME.or(&WEAKER)),
        ("no time beside one with", TIMED.or(&UNTIMED)),
        ("the same header", ACME.or(&TWIN)),
        ("several headers", SCATTERED.or(&UNTIMED)),
        ("several headers of the second", ACME.or(&SCATTERED)),
        ("an element of no pairs", ELEMENT),
        ("an id's header in capitals", ACME.id(header("X-Acme-Id"))),
        (
            "one of an own sender's",
            Scheme::own("acme", "by hand").id(header("X-Acme-Id")),
        ),
        (
            "a signature outside of the head",
            ACME.signature(json("/signature").hex()),
        ),
        (
            "one token of several",
            Scheme::token("acme").signature(header("x-token").list("v1")),
        ),
        (
            "a signed header in capitals",
            ACME.content(&[Part::Header("X-Acme-Time"), Part::Body]),
        ),
        (
            "a body that isn't signed",
            ACME.content(&[Part::Header("x-acme-time")]),
        ),
        ("a time that may be left out", TIMED.timestamp(maybe)),
        ("a MAC for a token", MAC_OF_TOKEN),
        ("a challenge that is not there", NO_CHALLENGE),
        ("a header in capitals", CAPITALS),
        ("a parameter without a name", NAMELESS),
        ("an id of no pairs", ACME.id(element("id"))),
    ];
    for (what, scheme) in contradictions {
        let error = scheme.check().expect_err(what);
        assert_eq!(error.kind(), ConfigErrorKind::Scheme, "{what}: {error}");
    }
    assert!(ACME.or(&UNTIMED).check().is_ok());
}
