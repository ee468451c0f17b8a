//! Handshakes before a signature: GET, HEAD, OPTIONS, and a POST by its query.

use http::Method;
use tower_webhook::provider::senders::{ALL, DROPBOX, META, TRELLO, TWITTER};
use tower_webhook::provider::{GITHUB, Handshake, Scheme, Sender, header};
use tower_webhook::{Reason, Secret, Tenants};

use crate::endpoint::{JSON, KEY, TEXT, asks, bare, send, sender};

const MALFORMED: (u16, Option<Reason>) = (400, Some(Reason::MalformedHandshake));
const FOREIGN: (u16, Option<Reason>) = (401, Some(Reason::ForeignHandshake));
const METHOD: (u16, Option<Reason>) = (405, Some(Reason::Method));

const ACME: Scheme = Scheme::hmac_sha256("acme").signature(header("x-acme-signature").hex());
const OKTA: Scheme =
    ACME.handshakes(&[Handshake::get_header("x-okta-verification-challenge").json("verification")]);
const GRAPH: Scheme = ACME.handshakes(&[Handshake::post_query("validationToken")]);
const CLOUD: Scheme = ACME.handshakes(&[Handshake::options()]);

#[tokio::test]
async fn a_challenge_in_the_query_is_sent_back_as_text() {
    let got = send(sender(DROPBOX), asks(DROPBOX, "abc 123&x=<b>")).await;
    got.assert_says(TEXT, "abc 123&x=<b>");
    let long = "x".repeat(257);
    for query in [
        "",
        "?",
        "?challenge",
        "?challenge=",
        "?other=1",
        "?challenge=a&challenge=a",
        "?challenge=%0a",
        "?challenge=%c3%a9",
        "?challenge=%",
        "?challenge=%ff",
        &format!("?challenge={long}"),
    ] {
        let got = send(sender(DROPBOX), bare("GET", &format!("/{query}"), &[])).await;
        assert_eq!(got.refused(), MALFORMED, "{query}");
    }
}

#[tokio::test]
async fn a_method_without_a_handshake_is_told_what_there_is() {
    let own = ["GET", "HEAD", "OPTIONS", "POST"].map(|method| Handshake::own(method, "its provider's"));
    let allowed = [
        (ACME.handshakes(Vec::from(own).leak()), "GET, HEAD, OPTIONS, POST"),
        (GITHUB, "POST"),
        (DROPBOX, "GET, POST"),
        (TRELLO, "HEAD, POST"),
        (META, "POST"),
        (CLOUD, "POST"),
    ];
    for (scheme, allow) in allowed {
        for method in ["PUT", "DELETE", "PATCH", "TRACE"] {
            let got = send(sender(scheme), bare(method, "/?challenge=a&crc_token=a", &[])).await;
            assert_eq!(got.refused(), METHOD, "{} {method}", scheme.name());
            assert_eq!(got.header("allow"), allow, "{}", scheme.name());
        }
    }
    let got = send(
        sender(CLOUD).allow_origin("a.example.com", None),
        bare("GET", "/", &[]),
    )
    .await;
    assert_eq!((got.refused(), got.header("allow")), (METHOD, "OPTIONS, POST"));
}

/// The sender without any secret, whatever kind of key it has.
fn keyless(scheme: Scheme) -> Sender {
    scheme
        .with(Tenants::new(|_| None))
        .public_url("https://example.com/hooks")
}

#[tokio::test]
async fn no_sender_answers_a_get_that_is_none_of_its_own() {
    for scheme in ALL.iter().filter(|scheme| !scheme.is_own()) {
        for method in ["GET", "HEAD", "OPTIONS"] {
            let request = bare(method, "/?validationToken=a&hub.challenge=b&bt_challenge=c", &[]);
            let got = send(keyless(*scheme), request).await;
            let is_trello = scheme.name() == "trello" && method == "HEAD";
            assert!(
                is_trello || matches!(got.status, 400 | 405),
                "{} {method} {got:?}",
                scheme.name()
            );
            assert_eq!((got.handled, got.body.as_str()), (0, ""));
        }
    }
}

#[tokio::test]
async fn no_challenge_is_signed_for_a_tenant_that_nobody_knows() {
    let got = send(keyless(TWITTER), asks(TWITTER, "abc")).await;
    assert_eq!(got.refused(), (401, Some(Reason::UnknownTenant)));
}

#[tokio::test]
async fn a_verify_token_is_asked_for_where_one_was_agreed_upon() {
    let with_token = || sender(META).verify_token(Secret::new(KEY).unwrap());
    send(with_token(), asks(META, "1158201444"))
        .await
        .assert_says(TEXT, "1158201444");
    assert_eq!(
        send(sender(META), asks(META, "1158201444")).await.refused(),
        METHOD
    );
    let asked = |mode: &str, token: &str, challenge: &str| {
        let token = token.replace(' ', "+");
        bare(
            "GET",
            &format!("/?hub.mode={mode}&hub.verify_token={token}&hub.challenge={challenge}"),
            &[],
        )
    };
    let refused = [
        (asked("subscribe", "", "1"), FOREIGN),
        (asked("subscribe", &KEY[1..], "1"), FOREIGN),
        (asked("subscribe", &format!("{KEY}x"), "1"), FOREIGN),
        (bare("GET", "/?hub.mode=subscribe&hub.challenge=1", &[]), FOREIGN),
        (asked("unsubscribe", KEY, "1"), MALFORMED),
        (asked("subscribe", KEY, ""), MALFORMED),
        (asked("subscribe", KEY, "1&hub.verify_token=a"), MALFORMED),
        (bare("GET", "/", &[]), MALFORMED),
    ];
    for (request, answer) in refused {
        let uri = request.uri().to_string();
        assert_eq!(send(with_token(), request).await.refused(), answer, "{uri}");
    }
    let inert = send(with_token(), asked("subscribe", KEY, "%3Cscript%3E")).await;
    inert.assert_says(TEXT, "<script>");
}

#[tokio::test]
async fn a_mac_that_anybody_may_ask_for_is_of_no_delivery() {
    let got = send(sender(TWITTER), asks(TWITTER, "challenge_string")).await;
    got.assert_says(JSON, &got.body);
    let answer: serde_json::Value = serde_json::from_str(&got.body).unwrap();
    let signed = answer["response_token"].as_str().unwrap();

    // What was signed as a challenge is no event, though its signature is right.
    let mut forged = bare("POST", "/", &[("x-twitter-webhooks-signature", signed)]);
    *forged.body_mut() = "challenge_string".into();
    assert_eq!(
        send(sender(TWITTER), forged).await.refused(),
        (401, Some(Reason::BadSignature))
    );

    // And no event is signed as a challenge.
    for event in [
        "%7B%7D",
        "%7B%22a%22:1%7D",
        "[1]",
        "a+b",
        "a,b",
        "a:b",
        "%22a%22",
        "",
        &"a".repeat(257),
    ] {
        let got = send(sender(TWITTER), bare("GET", &format!("/?crc_token={event}"), &[])).await;
        assert_eq!(got.refused(), MALFORMED, "{event}");
    }
}

#[tokio::test]
async fn a_challenge_in_a_header_is_sent_back_as_json() {
    send(sender(OKTA), asks(OKTA, "a\"b<c>"))
        .await
        .assert_says(JSON, r#"{"verification":"a\"b<c>"}"#);
    let twice = [
        ("x-okta-verification-challenge", "a"),
        ("x-okta-verification-challenge", "a"),
    ];
    for headers in [&[][..], &twice, &[("x-okta-verification-challenge", "")]] {
        assert_eq!(
            send(sender(OKTA), bare("GET", "/", headers)).await.refused(),
            MALFORMED
        );
    }
    let post = bare("POST", "/", &[("x-okta-verification-challenge", "a")]);
    assert_eq!(
        send(sender(OKTA), post).await.refused(),
        (401, Some(Reason::MissingHeader))
    );
}

#[tokio::test]
async fn a_head_finds_somebody_there() {
    let got = send(sender(TRELLO), asks(TRELLO, "")).await;
    assert_eq!((got.status, got.handled, got.body.as_str()), (200, 0, ""));
}

#[tokio::test]
async fn a_token_in_the_query_of_a_post_is_sent_back_as_text() {
    send(sender(GRAPH), asks(GRAPH, "Validation: <b>"))
        .await
        .assert_says(TEXT, "Validation: <b>");
    const EITHER: Scheme = ACME.handshakes(&[
        Handshake::secret_header("x-hook-secret"),
        Handshake::post_query("validationToken"),
    ]);
    let either = EITHER.with(Tenants::new(|_| None)).on_secret(async |_| Ok(true));
    send(either, asks(GRAPH, "abc")).await.assert_says(TEXT, "abc");
    // Whose events come by PUT may ask by POST all the same, and a POST that asks nothing is neither.
    const PUTS: Scheme = GRAPH.methods(&[Method::PUT]);
    send(sender(PUTS), asks(GRAPH, "abc"))
        .await
        .assert_says(TEXT, "abc");
    assert_eq!(send(sender(PUTS), bare("POST", "/", &[])).await.refused(), METHOD);
    let delivery = bare("POST", "/?other=1", &[]);
    assert_eq!(
        send(sender(GRAPH), delivery).await.refused(),
        (401, Some(Reason::MissingHeader))
    );
    for bad in [
        "/?validationToken=",
        "/?validationToken=%0a",
        "/?validationToken=a&validationToken=b",
    ] {
        assert_eq!(
            send(sender(GRAPH), bare("POST", bad, &[])).await.refused(),
            MALFORMED,
            "{bad}"
        );
    }
    assert_eq!(
        send(sender(GRAPH), bare("GET", "/?validationToken=a", &[]))
            .await
            .refused(),
        METHOD
    );
}

#[tokio::test]
async fn only_origins_that_were_named_may_send_and_no_faster_than_said() {
    let known = || {
        sender(CLOUD)
            .allow_origin("eventemitter.example.com", Some(120))
            .allow_origin("b.example.com", None)
    };
    let ask = |origin: &str, rate: &str| {
        let headers = [("webhook-request-origin", origin), ("webhook-request-rate", rate)];
        bare(
            "OPTIONS",
            "/",
            if rate.is_empty() { &headers[..1] } else { &headers },
        )
    };
    let granted = [
        ("eventemitter.example.com", "120", "120"),
        ("EventEmitter.example.com", "60", "60"),
        ("eventemitter.example.com", "121", "120"),
        ("eventemitter.example.com", "", "120"),
        ("b.example.com", "121", "121"),
        ("b.example.com", "", "*"),
    ];
    for (origin, rate, allowed) in granted {
        let got = send(known(), ask(origin, rate)).await;
        assert_eq!((got.status, got.handled, got.body.as_str()), (200, 0, ""));
        assert!(got.header("webhook-allowed-origin").eq_ignore_ascii_case(origin));
        assert_eq!(
            (got.header("webhook-allowed-rate"), got.header("allow")),
            (allowed, "POST")
        );
    }
    for origin in [
        "evil.example.com",
        "example.com",
        "eventemitter.example.com.evil",
        "*",
    ] {
        let got = send(known(), ask(origin, "1")).await;
        assert_eq!(got.refused(), METHOD, "{origin}");
        assert!(!got.headers.contains_key("webhook-allowed-origin"));
    }
    assert_eq!(
        send(sender(CLOUD), ask("b.example.com", "1")).await.refused(),
        METHOD
    );
    for rate in ["0", "-1", "+1", "1.5", "*", "99999999999999999999"] {
        assert_eq!(
            send(known(), ask("b.example.com", rate)).await.refused(),
            MALFORMED,
            "{rate}"
        );
    }
}
