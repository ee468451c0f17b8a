//! HTTP message signatures: RFC 9421's own test cases, each change of a byte, coverage, digests and times.
#![cfg(all(feature = "sfv", feature = "aws-lc-rs"))]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod certs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use certs::{Outcome, copy, deliver, peer_cases, request_of, unix, vectors};
use http::{HeaderName, HeaderValue, Request};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256};
use serde_json::Value;
use sha2::{Digest, Sha256, Sha512};
use tower_webhook::provider::senders::HTTP_MESSAGE_SIGNATURES;
use tower_webhook::provider::{MessageSignatures, Part, Scheme, SignatureKey, header, json};
use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook::{Binding, ConfigErrorKind, Secret, VerifyLayer};

const NOW: u64 = 1_800_000_000;
const URL: &str = "https://example.com/hooks/acme";
const BODY: &str = r#"{"id":"e-1","type":"made"}"#;
const ACME: Scheme = HTTP_MESSAGE_SIGNATURES
    .named("acme")
    .content(&[Part::Method, Part::Url, Part::Header("x-event"), Part::Body])
    .id(json("/id"))
    .kind(header("x-event"));

fn secret() -> Secret {
    Secret::new("a secret of sufficient length").unwrap()
}

fn acme() -> MessageSignatures {
    let key = SignatureKey::hmac_sha256(&secret());
    MessageSignatures::new(ACME, URL).key("k", key)
}

fn layer(sender: MessageSignatures) -> VerifyLayer {
    VerifyLayer::new(sender).unwrap().clock(ManualClock::at_unix(NOW))
}

fn signed() -> Request<Bytes> {
    signed_at(NOW)
}

fn signed_at(time: u64) -> Request<Bytes> {
    let delivery = Delivery::new(ACME, BODY).at(unix(time)).kind("made");
    delivery.sign_as(&acme(), &secret()).unwrap()
}

fn with(request: &Request<Bytes>, name: &str, value: &str) -> Request<Bytes> {
    let mut copy = copy(request);
    let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
    copy.headers_mut()
        .insert(name, HeaderValue::from_str(value).unwrap());
    copy
}

async fn send(request: Request<Bytes>) -> Outcome {
    deliver(&layer(acme()), request).await
}

/// Signs these lines, from RFC 9421's definition and not by the crate's own signer.
fn by_hand(request: &Request<Bytes>, components: &[(&str, &str)], parameters: &str) -> Request<Bytes> {
    let names: Vec<_> = components.iter().map(|(name, _)| *name).collect();
    let input = format!("({}){parameters}", names.join(" "));
    let lines: String = components
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect();
    let base = format!("{lines}\"@signature-params\": {input}");
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret().expose());
    let tag = STANDARD.encode(aws_lc_rs::hmac::sign(&key, base.as_bytes()));
    let request = with(request, "signature-input", &format!("s={input}"));
    with(&request, "signature", &format!("s=:{tag}:"))
}

/// An unsigned request with digest and kind.
fn bare() -> Request<Bytes> {
    let digest = STANDARD.encode(Sha256::digest(BODY));
    let request = Request::post("/hooks/acme").header("x-event", "made");
    let request = request.header("content-digest", format!("sha-256=:{digest}:"));
    request.body(Bytes::from_static(BODY.as_bytes())).unwrap()
}

fn digest_line() -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(BODY)))
}

/// A layer that demands just what one of RFC 9421's cases covers, with its key.
fn of_the_rfc(id: &str, content: &'static [Part], secret: &str, kind: &str) -> VerifyLayer {
    let key = match kind {
        "base64" => SignatureKey::hmac_sha256(&Secret::from_bytes(STANDARD.decode(secret).unwrap()).unwrap()),
        _ if id.contains("b26") || id.contains("b2.6") => SignatureKey::ed25519(secret).unwrap(),
        _ => SignatureKey::rsa_pss_sha512(secret).unwrap(),
    };
    let name = match kind {
        "base64" => "test-shared-secret",
        _ if id.contains("b26") || id.contains("b2.6") => "test-key-ed25519",
        _ => "test-key-rsa-pss",
    };
    let scheme = HTTP_MESSAGE_SIGNATURES.content(content);
    let sender = MessageSignatures::new(scheme, "https://example.com/foo?param=Value&Pet=dog");
    layer(sender.key(name, key)).clock(ManualClock::at_unix(1_618_884_473))
}

/// What each case covers, as parts; with the body where its digest is among it.
fn covered(id: &str) -> &'static [Part] {
    const DATE: Part = Part::Header("date");
    match &id[id.len() - 2..] {
        "21" => &[],
        "22" => &[Part::Body],
        "23" => &[
            DATE,
            Part::Method,
            Part::Url,
            Part::Header("content-length"),
            Part::Body,
        ],
        "25" => &[DATE, Part::Header("content-type")],
        _ => &[
            DATE,
            Part::Method,
            Part::Header("content-type"),
            Part::Header("content-length"),
        ],
    }
}

#[tokio::test]
async fn rfc_9421_appendix_b2_and_each_change_of_one_byte() {
    let (vectors, mut changes) = (vectors("rfc9421"), 0);
    for vector in &vectors {
        let id = vector["id"].as_str().unwrap();
        let kind = vector["secret_encoding"].as_str().unwrap();
        let layer = of_the_rfc(id, covered(id), vector["secret"].as_str().unwrap(), kind);
        let request = request_of(vector);
        let outcome = deliver(&layer, copy(&request)).await;
        assert!(outcome.reached(), "{id}: {outcome:?}");
        for position in 0..request.body().len() {
            let mut body = request.body().to_vec();
            body[position] ^= 1;
            let outcome = deliver(&layer, copy(&request).map(|_| body.into())).await;
            assert!(
                !outcome.reached(),
                "{id}: byte {position} of the body: its digest is stated"
            );
            changes += 1;
        }
        let input = vector["headers"]["Signature-Input"].as_str().unwrap();
        for name in request.headers().keys() {
            let is_covered = input.contains(&format!("\"{name}\""));
            let decides = is_covered || ["signature", "signature-input"].contains(&name.as_str());
            let value = request.headers()[name].as_bytes();
            for position in (0..value.len()).filter(|_| decides) {
                let mut bytes = value.to_vec();
                bytes[position] ^= 1;
                let mut changed = copy(&request);
                changed
                    .headers_mut()
                    .insert(name, HeaderValue::from_bytes(&bytes).unwrap());
                let outcome = deliver(&layer, changed).await;
                assert!(
                    outcome.is_refused(),
                    "{id}: byte {position} of {name}: {outcome:?}"
                );
                changes += 1;
            }
        }
    }
    assert!(
        vectors.is_empty() || (vectors.len() == 5 && changes == 2_216),
        "{changes}"
    );
}

#[tokio::test]
async fn the_peers_cases_are_judged_as_they_say() {
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/senders.md")).unwrap();
    for case in peer_cases("rfc9421") {
        let id = case["id"].as_str().unwrap();
        if case["tier"] == "contested" {
            assert!(document.contains(&format!("| `{id}` | accepted |")), "{id}");
        }
        let number = &id["rfc9421/b2.".len()..];
        let content = covered(&format!("2{}", &number[..1]));
        let secret = case["secrets"][0].as_str().unwrap();
        let layer = of_the_rfc(id, content, secret, case["secret_kind"].as_str().unwrap());
        let mut request = Request::post(case["url"].as_str().unwrap());
        for pair in case["headers"].as_array().unwrap() {
            request = request.header(pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
        }
        let body = Bytes::from(case["body"].as_str().unwrap().to_owned());
        let outcome = deliver(&layer, request.body(body).unwrap()).await;
        assert_eq!(case["expect"], Value::from("accept"));
        assert!(outcome.reached(), "{id}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_signed_request_is_a_verified_one_and_says_what_is_signed() {
    let outcome = send(signed()).await;
    let proof = outcome.verified.unwrap();
    assert_eq!(proof.binding(), Binding::Body);
    assert_eq!(
        (*proof.id().unwrap().value(), proof.id().unwrap().is_signed()),
        ("e-1", true)
    );
    assert_eq!(
        (*proof.kind().unwrap().value(), proof.kind().unwrap().is_signed()),
        ("made", true)
    );
}

#[tokio::test]
async fn each_change_of_one_byte_is_refused() {
    let request = signed();
    for position in 0..BODY.len() {
        let mut body = BODY.as_bytes().to_vec();
        body[position] ^= 1;
        assert!(
            send(copy(&request).map(|_| body.into()))
                .await
                .is_refused_for("bad_signature")
        );
    }
    for name in ["signature", "signature-input", "content-digest", "x-event"] {
        let value = request.headers()[name].as_bytes().to_vec();
        for (position, flip) in (0..value.len()).flat_map(|at| [(at, 1), (at, 0x20)]) {
            let mut bytes = value.clone();
            bytes[position] ^= flip;
            let Ok(value) = HeaderValue::from_bytes(&bytes) else {
                continue;
            };
            let mut changed = copy(&request);
            changed.headers_mut().insert(name, value);
            let outcome = send(changed).await;
            assert!(outcome.is_refused(), "byte {position} of {name}: {outcome:?}");
        }
        let mut without = copy(&request);
        without.headers_mut().remove(name);
        assert!(send(without).await.is_refused_for("missing_header"), "{name}");
        if name != "x-event" {
            let mut twice = copy(&request);
            let value = request.headers()[name].clone();
            twice.headers_mut().append(name, value);
            assert!(send(twice).await.is_refused(), "{name}");
        }
    }
}

#[tokio::test]
async fn every_algorithm_verifies_and_none_stands_in_for_another() {
    type Make = fn(&str) -> Result<SignatureKey, tower_webhook::ConfigError>;
    let rsa = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let ed25519 = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let p256 = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let p384 = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let makes: [(&KeyPair, Make); 5] = [
        (&rsa, SignatureKey::rsa_pss_sha512),
        (&rsa, SignatureKey::rsa_v1_5_sha256),
        (&p256, SignatureKey::ecdsa_p256_sha256),
        (&p384, SignatureKey::ecdsa_p384_sha384),
        (&ed25519, SignatureKey::ed25519),
    ];
    let sender = |key: SignatureKey| MessageSignatures::new(ACME, URL).key("k", key);
    for (signer, (pair, make)) in makes.iter().enumerate() {
        let pem = pair.public_key_pem();
        let secret = Secret::from_bytes(pair.serialize_der()).unwrap();
        let delivery = Delivery::new(ACME, BODY).at(unix(NOW)).kind("made");
        let request = delivery.sign_as(&sender(make(&pem).unwrap()), &secret).unwrap();
        for (verifier, (other, make)) in makes.iter().enumerate() {
            let key = make(&other.public_key_pem()).unwrap();
            let outcome = deliver(&layer(sender(key)), copy(&request)).await;
            assert_eq!(
                outcome.reached(),
                signer == verifier,
                "{signer} by {verifier}: {outcome:?}"
            );
        }
        for (other, make) in makes.iter().filter(|(other, _)| other.public_key_pem() != pem) {
            assert!(make(&pem).is_err(), "a key is for its own kind of algorithm");
            assert!(
                make(&other.serialize_pem()).is_err(),
                "a private key is no public one"
            );
        }
        // The public key's own text as the secret of an HMAC.
        let confused = SignatureKey::hmac_sha256(&Secret::from_bytes(pem.into_bytes()).unwrap());
        assert!(!deliver(&layer(sender(confused)), request).await.reached());
    }
}

#[tokio::test]
async fn t028_the_algorithm_that_a_signature_names_only_agrees_or_not() {
    let bare = bare();
    let digest = digest_line();
    let lines = [
        ("\"@method\"", "POST"),
        ("\"@target-uri\"", URL),
        ("\"x-event\"", "made"),
        ("\"content-digest\"", &*digest),
    ];
    for (named, passes) in [
        ("", true),
        (";alg=\"hmac-sha256\"", true),
        (";alg=\"none\"", false),
        (";alg=\"ed25519\"", false),
        (";alg=\"\"", false),
        (";alg=hmac-sha256", false),
        (";alg", false),
    ] {
        let request = by_hand(&bare, &lines, &format!(";created={NOW};keyid=\"k\"{named}"));
        let outcome = send(request).await;
        assert_eq!(outcome.reached(), passes, "{named}: {outcome:?}");
        assert!(passes || outcome.is_refused_for("bad_signature"));
    }
}

#[tokio::test]
async fn what_must_be_covered_is_demanded_and_the_url_in_either_form() {
    let (bare, digest) = (bare(), digest_line());
    let parameters = format!(";created={NOW};keyid=\"k\"");
    let all = [
        ("\"@method\"", "POST"),
        ("\"@target-uri\"", URL),
        ("\"x-event\"", "made"),
        ("\"content-digest\"", &*digest),
    ];
    assert!(send(by_hand(&bare, &all, &parameters)).await.reached());
    for left_out in 0..all.len() {
        let mut lines = all.to_vec();
        lines.remove(left_out);
        let outcome = send(by_hand(&bare, &lines, &parameters)).await;
        assert!(
            outcome.is_refused_for("insufficient_coverage"),
            "{left_out}: {outcome:?}"
        );
    }
    assert!(
        send(by_hand(&bare, &[], &parameters))
            .await
            .is_refused_for("insufficient_coverage")
    );
    let split = [
        all[0],
        ("\"@authority\"", "example.com"),
        ("\"@path\"", "/hooks/acme"),
        all[2],
        all[3],
    ];
    assert!(send(by_hand(&bare, &split, &parameters)).await.reached());
    let more = [
        &split[..],
        &[
            ("\"@scheme\"", "https"),
            ("\"@query\"", "?"),
            ("\"@request-target\"", "/hooks/acme"),
        ],
    ]
    .concat();
    assert!(send(by_hand(&bare, &more, &parameters)).await.reached());
    let half = [all[0], split[1], all[2], all[3]];
    assert!(
        send(by_hand(&bare, &half, &parameters))
            .await
            .is_refused_for("insufficient_coverage")
    );
}

#[tokio::test]
async fn what_cannot_be_told_or_stands_twice_is_refused() {
    let (bare, digest) = (bare(), digest_line());
    let parameters = format!(";created={NOW};keyid=\"k\"");
    let all = [
        ("\"@method\"", "POST"),
        ("\"@target-uri\"", URL),
        ("\"x-event\"", "made"),
        ("\"content-digest\"", &*digest),
    ];
    let bare = with(&bare, "x-other", "1");
    let odd = [
        ("\"@method\"", "POST"),
        ("\"@method\";name=\"a\"", "POST"),
        ("\"x-other\";tr", "1"),
        ("\"@status\"", "200"),
        ("\"@unknown\"", ""),
        ("\"@method\";req", "POST"),
        ("\"content-digest\";bs", ":AA==:"),
        ("\"content-digest\";sf", &*digest),
        ("\"content-digest\";key=\"sha-256\"", ":AA==:"),
        ("\"x-event\";tr", "made"),
        ("\"X-Event\"", "made"),
        ("\"@query-param\";name=\"a\"", "b"),
        ("\"@query-param\"", "b"),
        ("\"@signature-params\"", ""),
        ("x-event", "made"),
        ("1", "made"),
    ];
    for one in odd {
        let lines = [&all[..], &[one]].concat();
        let outcome = send(by_hand(&bare, &lines, &parameters)).await;
        assert!(outcome.is_refused(), "{one:?}: {outcome:?}");
    }
    let trailer = [&all[..], &[("\"x-other\";tr", "1")]].concat();
    assert!(
        send(by_hand(&bare, &trailer, &parameters))
            .await
            .is_refused_for("malformed_header")
    );
    let absent = [&all[..], &[("\"x-absent\"", "")]].concat();
    assert!(
        send(by_hand(&bare, &absent, &parameters))
            .await
            .is_refused_for("missing_header")
    );
    let many: Vec<_> = (0..40)
        .map(|number| (format!("\"h{number}\""), String::new()))
        .collect();
    let many: Vec<_> = many.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert!(
        send(by_hand(&bare, &many, &parameters))
            .await
            .is_refused_for("malformed_header")
    );
}

#[tokio::test]
async fn the_url_is_the_configurations_and_never_the_requests() {
    let mut request = signed();
    request
        .headers_mut()
        .insert("host", HeaderValue::from_static("evil.example"));
    request
        .headers_mut()
        .insert("x-forwarded-host", HeaderValue::from_static("evil.example"));
    *request.uri_mut() = "https://evil.example/other".parse().unwrap();
    assert!(send(copy(&request)).await.reached());
    *request.uri_mut() = "/hooks/acme?admin=1".parse().unwrap();
    assert!(send(request).await.is_refused_for("bad_signature"));
    let elsewhere =
        |url: &str| layer(MessageSignatures::new(ACME, url).key("k", SignatureKey::hmac_sha256(&secret())));
    assert!(
        deliver(&elsewhere("https://example.com/hooks/other"), signed())
            .await
            .is_refused_for("bad_signature")
    );
    for bad in [
        "",
        "/hooks/acme",
        "example.com/hooks",
        "ftp://example.com/",
        "https://u@example.com/",
        "https://example.com/#a",
    ] {
        let sender = MessageSignatures::new(ACME, bad).key("k", SignatureKey::hmac_sha256(&secret()));
        assert_eq!(
            VerifyLayer::new(sender).unwrap_err().kind(),
            ConfigErrorKind::PublicUrl,
            "{bad}"
        );
    }
}

#[tokio::test]
async fn a_query_parameter_is_signed_as_it_is_encoded() {
    const SCHEME: Scheme = HTTP_MESSAGE_SIGNATURES.content(&[Part::Body]);
    let url = "https://Example.com:443/foo?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something&twice=1&twice=2";
    let sender = || MessageSignatures::new(SCHEME, url).key("k", SignatureKey::hmac_sha256(&secret()));
    let digest = digest_line();
    let mut bare = bare();
    *bare.uri_mut() = url.parse().unwrap();
    // The examples of RFC 9421, section 2.2.8.
    let good = [
        ("\"content-digest\"", &*digest),
        (
            "\"@query-param\";name=\"var\"",
            "this%20is%20a%20big%0Amultiline%20value",
        ),
        ("\"@query-param\";name=\"bar\"", "with%20plus%20whitespace"),
        ("\"@query-param\";name=\"fa%C3%A7ade%22%3A%20\"", "something"),
        ("\"@authority\"", "example.com"),
    ];
    let parameters = format!(";created={NOW};keyid=\"k\"");
    let outcome = deliver(&layer(sender()), by_hand(&bare, &good, &parameters)).await;
    assert!(outcome.reached(), "{outcome:?}");
    for bad in [
        ("\"@query-param\";name=\"twice\"", "1"),
        ("\"@query-param\";name=\"none\"", ""),
    ] {
        let lines = [&good[..1], &[bad]].concat();
        assert!(
            deliver(&layer(sender()), by_hand(&bare, &lines, &parameters))
                .await
                .is_refused()
        );
    }
}

#[tokio::test]
async fn keys_labels_and_tags() {
    let (bare, digest) = (bare(), digest_line());
    let all = [
        ("\"@method\"", "POST"),
        ("\"@target-uri\"", URL),
        ("\"x-event\"", "made"),
        ("\"content-digest\"", &*digest),
    ];
    for (parameters, reason) in [
        (format!(";created={NOW};keyid=\"other\""), "bad_signature"),
        (format!(";created={NOW}"), "malformed_header"),
        (format!(";created={NOW};keyid=k"), "malformed_header"),
        (";keyid=\"k\"".into(), "malformed_timestamp"),
    ] {
        assert!(
            send(by_hand(&bare, &all, &parameters))
                .await
                .is_refused_for(reason),
            "{parameters}"
        );
    }
    let good = by_hand(&bare, &all, &format!(";created={NOW};keyid=\"k\";tag=\"hooks\""));
    let tagged = |tag: &str| layer(acme().tag(tag));
    assert!(deliver(&tagged("hooks"), copy(&good)).await.reached());
    assert!(
        deliver(&tagged("other"), copy(&good))
            .await
            .is_refused_for("bad_signature")
    );
    // A proxy's signature beside the sender's, in either order.
    let (input, signature) = (
        good.headers()["signature-input"].to_str().unwrap(),
        good.headers()["signature"].to_str().unwrap(),
    );
    for (inputs, signatures) in [
        (
            format!("p=();created={NOW};keyid=\"proxy\", {input}"),
            format!("p=:AAAA:, {signature}"),
        ),
        (
            format!("{input}, p=();created={NOW};keyid=\"proxy\""),
            format!("{signature}, p=:AAAA:"),
        ),
    ] {
        let both = with(&with(&good, "signature-input", &inputs), "signature", &signatures);
        assert!(send(both).await.reached());
    }
    for (inputs, signatures, reason) in [
        (input.to_owned(), "other=:AAAA:".to_owned(), "malformed_header"),
        (input.to_owned(), "s=AAAA".to_owned(), "malformed_header"),
        ("s=1".to_owned(), signature.to_owned(), "malformed_header"),
        ("s=(".to_owned(), signature.to_owned(), "malformed_header"),
        (
            (0..17).map(|n| format!("s{n}=()")).collect::<Vec<_>>().join(", "),
            signature.to_owned(),
            "too_many_signatures",
        ),
    ] {
        let odd = with(&with(&good, "signature-input", &inputs), "signature", &signatures);
        let outcome = send(odd).await;
        assert!(
            outcome.is_refused_for(reason),
            "{inputs} {signatures}: {outcome:?}"
        );
    }
    let beside = |count: usize| {
        let inputs: String = (0..count).map(|n| format!(", s{n}=()")).collect();
        let signatures: String = (0..count).map(|n| format!(", s{n}=:AAAA:")).collect();
        (inputs, signatures)
    };
    let crowded = |inputs: &str, signatures: &str| {
        let all = with(&good, "signature-input", &format!("{input}{inputs}"));
        with(&all, "signature", &format!("{signature}{signatures}"))
    };
    let (inputs, signatures) = beside(15);
    assert!(send(crowded(&inputs, &signatures)).await.reached());
    for count in [16, 17] {
        let (_, signatures) = beside(count);
        let outcome = send(crowded(&inputs, &signatures)).await;
        assert!(outcome.is_refused_for("too_many_signatures"), "{outcome:?}");
    }
    // While one key replaces another, both stand under their ids, or under the same.
    let old = SignatureKey::hmac_sha256(&Secret::new("an old secret of length").unwrap());
    let sender = MessageSignatures::new(ACME, URL)
        .key("k", old)
        .key("k", SignatureKey::hmac_sha256(&secret()));
    let outcome = deliver(&layer(sender), good).await;
    assert_eq!(outcome.verified.unwrap().secret_index(), 1);
}

#[tokio::test]
async fn t060_the_time_is_judged_by_created_and_expires() {
    for (created, reason) in [
        (NOW - 300, None),
        (NOW + 300, None),
        (NOW - 301, Some("stale_timestamp")),
        (NOW + 301, Some("future_timestamp")),
    ] {
        assert_eq!(send(signed_at(created)).await.reason, reason, "{created}");
    }
    let (bare, digest) = (bare(), digest_line());
    let all = [
        ("\"@method\"", "POST"),
        ("\"@target-uri\"", URL),
        ("\"x-event\"", "made"),
        ("\"content-digest\"", &*digest),
    ];
    for (times, reason) in [
        (format!("created={NOW};expires={NOW}"), None),
        (
            format!("created={NOW};expires={}", NOW - 1),
            Some("stale_timestamp"),
        ),
        ("created=-1".to_owned(), Some("malformed_timestamp")),
        (format!("created=\"{NOW}\""), Some("malformed_timestamp")),
        (format!("created={NOW}.0"), Some("malformed_timestamp")),
        (format!("created={NOW}000"), Some("future_timestamp")),
        ("created=999999999999999".to_owned(), Some("future_timestamp")),
        (format!("created={NOW};expires=soon"), Some("malformed_timestamp")),
    ] {
        let outcome = send(by_hand(&bare, &all, &format!(";{times};keyid=\"k\""))).await;
        assert_eq!(outcome.reason, reason, "{times}");
    }
}

#[tokio::test]
async fn every_known_digest_must_be_the_bodys_and_one_must_be_known() {
    let short = STANDARD.encode(Sha256::digest(BODY));
    let long = STANDARD.encode(Sha512::digest(BODY));
    let other = STANDARD.encode(Sha256::digest("other"));
    for (digest, reason) in [
        (format!("sha-256=:{short}:"), None),
        (format!("sha-512=:{long}:"), None),
        (format!("sha-512=:{long}:, sha-256=:{short}:"), None),
        (format!("md5=:AAAA:, sha-256=:{short}:"), None),
        (format!("sha-256=:{other}:"), Some("bad_signature")),
        (
            format!("sha-512=:{long}:, sha-256=:{other}:"),
            Some("bad_signature"),
        ),
        (format!("sha-512=:{short}:"), Some("bad_signature")),
        ("sha-256=::".to_owned(), Some("bad_signature")),
        ("md5=:AAAA:".to_owned(), Some("unsupported_version")),
        ("sha-256=1".to_owned(), Some("malformed_header")),
        ("sha-256".to_owned(), Some("malformed_header")),
        (format!("SHA-256=:{short}:"), Some("malformed_header")),
    ] {
        let bare = with(&bare(), "content-digest", &digest);
        let all = [
            ("\"@method\"", "POST"),
            ("\"@target-uri\"", URL),
            ("\"x-event\"", "made"),
            ("\"content-digest\"", &*digest),
        ];
        let outcome = send(by_hand(&bare, &all, &format!(";created={NOW};keyid=\"k\""))).await;
        assert_eq!(outcome.reason, reason, "{digest}");
    }
}

#[tokio::test]
async fn a_digest_is_asked_for_where_the_body_must_be_signed() {
    let mut bare = bare();
    bare.headers_mut().remove("content-digest");
    let parameters = format!(";created={NOW};keyid=\"k\"");
    let request = by_hand(&bare, &[("\"@method\"", "POST")], &parameters);
    let key = SignatureKey::hmac_sha256(&secret());
    let loose = MessageSignatures::new(ACME.content(&[Part::Method]), URL).key("k", key);
    assert!(deliver(&layer(loose), copy(&request)).await.reached());
    assert!(send(request).await.is_refused());
}

#[test]
fn what_can_be_known_to_be_wrong_is_said_at_start_up() {
    let kind = |sender: MessageSignatures| VerifyLayer::new(sender).unwrap_err().kind();
    let key = || SignatureKey::hmac_sha256(&secret());
    assert_eq!(
        kind(MessageSignatures::new(ACME, URL)),
        ConfigErrorKind::EmptySecret
    );
    let fields = HTTP_MESSAGE_SIGNATURES.content(&[Part::Json("/id")]);
    assert_eq!(
        kind(MessageSignatures::new(fields, URL).key("k", key())),
        ConfigErrorKind::Scheme
    );
    let hmac = Scheme::hmac_sha256("acme").signature(header("x-signature").hex());
    assert_eq!(
        kind(MessageSignatures::new(hmac, URL).key("k", key())),
        ConfigErrorKind::Scheme
    );
    let never = std::time::Duration::ZERO;
    assert_eq!(kind(acme().tolerance(never)), ConfigErrorKind::Tolerance);
    assert!(!format!("{:?}", acme()).contains("sufficient"));
    assert_eq!(
        HTTP_MESSAGE_SIGNATURES.content(&[Part::Method]).binding(),
        Binding::Envelope
    );
}
