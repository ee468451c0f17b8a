//! Section J: the HTTP surface.

use http::{Method, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower_webhook::Reason;
use tower_webhook::provider::{GITHUB, SLACK};

use crate::harness::{Stage, WAYS, Way, refused, secret, with_header};
use crate::wire::{answer, head, serve};

fn push() -> Request<bytes::Bytes> {
    Stage::of(GITHUB)
        .delivery(GITHUB, "{}")
        .kind("push")
        .sign(&secret())
        .unwrap()
}

fn challenge(text: &str) -> Request<bytes::Bytes> {
    let body = serde_json::json!({"type": "url_verification", "challenge": text, "token": "t"}).to_string();
    Stage::of(SLACK).delivery(SLACK, body).sign(&secret()).unwrap()
}

#[tokio::test]
async fn t151_t155_every_method_but_post_is_refused_whatever_it_carries() {
    for method in [
        Method::GET,
        Method::HEAD,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
        Method::TRACE,
        Method::PATCH,
    ] {
        for way in WAYS {
            let stage = Stage::of(GITHUB);
            let mut request = push();
            *request.method_mut() = method.clone();
            if matches!(way, Way::Http1) && method == Method::HEAD {
                continue; // the answer to a HEAD has a length and no body, which the raw reader waits for
            }
            let answer = stage.send_by(way, request).await;
            assert_eq!(
                (answer.status, stage.seen.reason()),
                (405, Some(Reason::Method)),
                "{method} {way:?}"
            );
            assert_eq!(answer.headers["allow"], "POST");
            stage.assert_untouched();
        }
    }
}

#[tokio::test]
async fn t152_a_method_cannot_be_smuggled_in_a_header() {
    let stage = Stage::of(GITHUB);
    let mut request = with_header(push(), "x-http-method-override", b"POST");
    *request.method_mut() = Method::PUT;
    assert_eq!(stage.send(request).await.status, 405);
    let request = with_header(push(), "x-http-method-override", b"DELETE");
    assert_eq!(stage.send(request).await.status, 200);
}

#[tokio::test]
async fn t153_who_asks_first_is_refused_without_being_told_to_go_on() {
    let stage = Stage::of(GITHUB);
    let bad = with_header(push(), "x-hub-signature-256", b"sha256=00");
    let mut socket = TcpStream::connect(serve(stage.router.clone()).await)
        .await
        .unwrap();
    let bytes = [
        &head(&bad)[..],
        b"expect: 100-continue\r\ncontent-length: 2\r\n\r\n",
    ]
    .concat();
    socket.write_all(&bytes).await.unwrap();
    let mut text = Vec::new();
    let mut piece = [0; 1024];
    while !text.windows(4).any(|four| four == b"\r\n\r\n") {
        let read = socket.read(&mut piece).await.unwrap();
        assert_ne!(read, 0);
        text.extend_from_slice(&piece[..read]);
    }
    assert!(
        text.starts_with(b"HTTP/1.1 401"),
        "{}",
        String::from_utf8_lossy(&text)
    );
    stage.assert_untouched();
}

#[tokio::test]
async fn t156_a_signed_challenge_is_answered_and_reaches_nobody() {
    for way in WAYS {
        let stage = Stage::of(SLACK);
        let answer = stage
            .send_by(
                way,
                challenge("3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"),
            )
            .await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.body,
            "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
        );
        assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        stage.assert_untouched();
    }
    let unsigned = with_header(challenge("x"), "x-slack-signature", b"v0=00");
    refused(|| Stage::of(SLACK), unsigned, 401, Reason::MalformedHeader).await;
}

#[tokio::test]
async fn t157_a_challenge_that_no_sender_sets_is_refused() {
    for text in ["", "é", "a\nb", &"x".repeat(257)] {
        refused(|| Stage::of(SLACK), challenge(text), 400, Reason::MalformedBody).await;
    }
    let stage = Stage::of(SLACK);
    let answer = stage.send(challenge("<script>alert(1)</script>")).await;
    assert_eq!(
        (answer.status, &answer.headers["content-type"]),
        (200, &"text/plain; charset=utf-8".parse().unwrap())
    );
}

#[tokio::test]
async fn t158_t159_heads_that_are_no_http_end_at_the_server() {
    let many: String = (0..150).map(|number| format!("x-{number}: 1\r\n")).collect();
    let cases = [
        (many.as_str(), 431),
        ("x-odd : 1\r\n", 400),
        ("x-odd: a\0b\r\n", 400),
    ];
    for (lines, status) in cases {
        let stage = Stage::of(GITHUB);
        let mut socket = TcpStream::connect(serve(stage.router.clone()).await)
            .await
            .unwrap();
        let bytes = [
            &head(&push())[..],
            lines.as_bytes(),
            b"content-length: 2\r\n\r\n{}",
        ]
        .concat();
        socket.write_all(&bytes).await.unwrap();
        assert_eq!(answer(&mut socket).await.unwrap().status, status, "{lines:.20}");
        stage.assert_untouched();
    }
}
