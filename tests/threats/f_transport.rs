//! Section F: body transport.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use bytes::Bytes;
use http::Request;
use http_body::Frame;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};
use tower::ServiceExt;
use tower_webhook::Reason;
use tower_webhook::provider::{GITHUB, STANDARD_WEBHOOKS, STRIPE};

use crate::harness::{Answer, Stage, accepted, refused, secret, with_header};
use crate::wire::{answer, head, serve};

pub fn push(body: impl Into<Bytes>) -> Request<Bytes> {
    Stage::of(GITHUB)
        .delivery(GITHUB, body)
        .kind("push")
        .sign(&secret())
        .unwrap()
}

pub fn small() -> Stage {
    Stage::with(
        tower_webhook::github(secret()),
        |verify| verify.limit(1024).unwrap(),
        |dedup| dedup,
    )
}

/// Writes a signed request's head with these lines added, then these bytes; answers what comes back.
async fn raw(stage: &Stage, request: &Request<Bytes>, lines: &str, body: &[u8]) -> Option<Answer> {
    let mut socket = TcpStream::connect(serve(stage.router.clone()).await)
        .await
        .unwrap();
    let bytes = [&head(request)[..], lines.as_bytes(), b"\r\n", body].concat();
    socket.write_all(&bytes).await.unwrap();
    answer(&mut socket).await
}

fn chunked(body: &[u8], size: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for chunk in body.chunks(size) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

#[tokio::test]
async fn t098_t100_a_declared_length_over_the_limit_ends_it_before_the_first_byte() {
    for length in ["1025", "1000000000000"] {
        let stage = small();
        let answer = raw(
            &stage,
            &push("{}"),
            &format!("content-length: {length}\r\n"),
            b"{",
        )
        .await
        .unwrap();
        assert_eq!(
            (answer.status, stage.seen.reason()),
            (413, Some(Reason::BodyTooLarge))
        );
        assert_eq!(answer.headers["connection"], "close");
        stage.assert_untouched();
    }
}

#[tokio::test]
async fn t099_t106_a_chunked_body_over_the_limit_is_cut_at_the_limit() {
    let body = vec![b' '; 1025];
    let stage = small();
    let answer = raw(
        &stage,
        &push(body.clone()),
        "transfer-encoding: chunked\r\n",
        &chunked(&body, 100),
    )
    .await
    .unwrap();
    assert_eq!(
        (answer.status, stage.seen.reason()),
        (413, Some(Reason::BodyTooLarge))
    );
    stage.assert_untouched();
    let fits = vec![b' '; 1024];
    let answer = raw(
        &small(),
        &push(fits.clone()),
        "transfer-encoding: chunked\r\n",
        &chunked(&fits, 100),
    )
    .await
    .unwrap();
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn t101_t118_a_chunked_body_reaches_the_handler_whole_and_with_its_length() {
    let body = vec![b'7'; 100_000];
    let stage = Stage::of(GITHUB);
    let lines = "transfer-encoding: chunked\r\ntrailer: x-late\r\n";
    let answer = raw(&stage, &push(body.clone()), lines, &chunked(&body, 7_777))
        .await
        .unwrap();
    assert_eq!(answer.status, 200);
    let call = stage.seen.last();
    assert_eq!(call.body, body);
    assert_eq!(call.headers["content-length"], "100000");
    assert!(!call.headers.contains_key("transfer-encoding") && !call.headers.contains_key("trailer"));
}

#[tokio::test]
async fn t102_a_body_that_breaks_off_reaches_nobody_and_harms_nobody() {
    let stage = Stage::of(GITHUB);
    let address = serve(stage.router.clone()).await;
    let request = push("{\"n\":1}");
    for reset in [false, true] {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let bytes = [&head(&request)[..], b"content-length: 7\r\n\r\n{\"n"].concat();
        socket.write_all(&bytes).await.unwrap();
        if reset {
            socket.set_zero_linger().unwrap();
            drop(socket);
        } else {
            socket.shutdown().await.unwrap();
            assert!(
                answer(&mut socket)
                    .await
                    .is_none_or(|answer| answer.status == 400)
            );
        }
    }
    let answer = raw(&stage, &request, "content-length: 7\r\n", b"{\"n\":1}")
        .await
        .unwrap();
    assert_eq!(
        (answer.status, stage.seen.handled(), stage.seen.claims()),
        (200, 1, 1)
    );
}

/// A body without end: a byte after each pause, or empty pieces without any pause.
struct Dawdling(Option<Pin<Box<Sleep>>>);

impl http_body::Body for Dawdling {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Some(pause) = &mut self.0 else {
            return Poll::Ready(Some(Ok(Frame::data(Bytes::new()))));
        };
        ready!(pause.as_mut().poll(context));
        pause.as_mut().reset(Instant::now() + Duration::from_secs(1));
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b" ")))))
    }
}

async fn refused_as_slow(body: Dawdling, deadline: Duration) {
    let stage = Stage::with(
        tower_webhook::github(secret()),
        |v| v.deadline(deadline).unwrap(),
        |dedup| dedup,
    );
    let request = push("{}").map(|_| Body::new(body));
    let response = stage.router.clone().oneshot(request).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), stage.seen.reason()),
        (408, Some(Reason::BodyTooSlow))
    );
    stage.assert_untouched();
}

#[tokio::test(start_paused = true)]
async fn t103_a_byte_a_second_is_refused_at_the_deadline() {
    let began = Instant::now();
    let pause = Box::pin(sleep(Duration::from_secs(1)));
    refused_as_slow(Dawdling(Some(pause)), Duration::from_secs(10)).await;
    assert_eq!(
        began.elapsed().as_secs(),
        10,
        "by the clock that the test holds still"
    );
}

#[tokio::test]
async fn t108_endless_empty_pieces_keep_nobody_from_the_deadline() {
    refused_as_slow(Dawdling(None), Duration::from_millis(200)).await;
}

#[tokio::test]
async fn t105_our_limit_decides_whatever_axums_says() {
    for axums in [DefaultBodyLimit::max(10), DefaultBodyLimit::disable()] {
        let limited = || {
            let mut stage = small();
            stage.router = stage.router.clone().layer(axums);
            stage
        };
        accepted(limited, push(vec![b' '; 1024])).await;
        refused(limited, push(vec![b' '; 1025]), 413, Reason::BodyTooLarge).await;
    }
}

#[tokio::test]
async fn t107_an_empty_body_is_the_senders_to_allow() {
    refused(|| Stage::of(GITHUB), push(""), 400, Reason::MalformedBody).await;
    let standard = || Stage::of(STANDARD_WEBHOOKS);
    accepted(
        standard,
        standard()
            .delivery(STANDARD_WEBHOOKS, "")
            .sign(&secret())
            .unwrap(),
    )
    .await;
}

#[tokio::test]
async fn t109_t119_what_is_encoded_or_of_a_foreign_type_is_refused() {
    for encoding in ["gzip", "zstd", "br", "identity, gzip"] {
        let request = with_header(push("{}"), "content-encoding", encoding.as_bytes());
        refused(|| Stage::of(GITHUB), request, 415, Reason::BodyEncoded).await;
    }
    accepted(
        || Stage::of(GITHUB),
        with_header(push("{}"), "content-encoding", b"identity"),
    )
    .await;
    for media in ["multipart/form-data; boundary=x", "text/plain", "image/png"] {
        refused(
            || Stage::of(GITHUB),
            with_header(push("{}"), "content-type", media.as_bytes()),
            415,
            Reason::MediaType,
        )
        .await;
    }
}

#[tokio::test]
async fn t111_t113_framing_that_servers_disagree_about_is_refused_by_the_server() {
    for lines in [
        "transfer-encoding: gzip, chunked\r\n",
        "content-length: +2\r\n",
        "content-length: 2, 2\r\n",
        "content-length: 2\r\ncontent-length: 3\r\n",
    ] {
        let stage = Stage::of(GITHUB);
        let answer = raw(&stage, &push("{}"), lines, b"{}").await;
        assert_ne!(answer.map(|answer| answer.status), Some(200), "{lines:?}");
        stage.assert_untouched();
    }
}

#[tokio::test]
async fn t111_a_transfer_coding_beside_chunks_is_refused() {
    let stage = Stage::of(GITHUB);
    let lines = "transfer-encoding: gzip, chunked\r\n";
    let answer = raw(&stage, &push("{}"), lines, &chunked(b"{}", 2)).await.unwrap();
    assert_eq!(
        (answer.status, stage.seen.reason()),
        (415, Some(Reason::BodyEncoded))
    );
    stage.assert_untouched();
}

#[tokio::test]
async fn t112_with_both_framings_the_mac_decides() {
    let stage = Stage::of(GITHUB);
    let lines = "content-length: 4\r\ntransfer-encoding: chunked\r\n";
    let answer = raw(&stage, &push("{\"n\":1}"), lines, &chunked(b"{\"n\":1}", 3)).await;
    let accepted = answer.is_some_and(|answer| answer.status == 200);
    assert_eq!(accepted, stage.seen.handled() == 1);
    assert!(!accepted || stage.seen.last().body == "{\"n\":1}");
}

#[tokio::test]
async fn t114_t115_t116_a_body_that_was_written_anew_is_a_forged_one() {
    let body = "{\"a\": \"\u{e9}\"}\r\n";
    let changed: [&[u8]; 6] = [
        "{\"a\": \"\u{e9}\"}\n".as_bytes(),
        "{\"a\": \"\u{e9}\"}".as_bytes(),
        "{\"a\":\"\u{e9}\"}\r\n".as_bytes(),
        "\u{feff}{\"a\": \"\u{e9}\"}\r\n".as_bytes(),
        b"{\"a\": \"\xe9\"}\r\n",
        "{\"a\": \"\u{fffd}\"}\r\n".as_bytes(),
    ];
    for bytes in changed {
        let request = push(body).map(|_| Bytes::copy_from_slice(bytes));
        refused(|| Stage::of(GITHUB), request, 401, Reason::BadSignature).await;
    }
    accepted(|| Stage::of(GITHUB), push(body)).await;
}

#[tokio::test]
async fn t117_a_layer_outside_that_changes_the_body_makes_it_a_forged_one() {
    let stage = Stage::of(GITHUB);
    let changed = tower::ServiceBuilder::new()
        .map_request(|request: Request<Body>| request.map(|_| Body::from("{ }")))
        .service(stage.router.clone());
    let response = changed.oneshot(push("{}").map(Body::from)).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), stage.seen.reason()),
        (401, Some(Reason::BadSignature))
    );
    stage.assert_untouched();
}

#[tokio::test]
async fn t120_a_request_behind_a_refused_one_is_read_from_its_own_beginning() {
    let stage = Stage::of(GITHUB);
    let good = push("{}");
    let bad = with_header(good.clone(), "x-hub-signature-256", b"sha256=00");
    let hidden = [&head(&good)[..], b"content-length: 2\r\n\r\n{}"].concat();
    let mut socket = TcpStream::connect(serve(stage.router.clone()).await)
        .await
        .unwrap();
    // The refused request's body is itself a genuine request: read as one, it would be a smuggled one.
    let length = format!("content-length: {}\r\n\r\n", hidden.len());
    let bytes = [&head(&bad)[..], length.as_bytes(), &hidden].concat();
    socket.write_all(&bytes).await.unwrap();
    assert_eq!(answer(&mut socket).await.unwrap().status, 401);
    socket.shutdown().await.unwrap();
    assert!(answer(&mut socket).await.is_none(), "there was one request");
    stage.assert_untouched();
}

#[tokio::test]
async fn t119_a_senders_json_may_have_any_of_jsons_names() {
    for media in [
        "application/json; charset=utf-8",
        "application/cloudevents+json",
        "APPLICATION/JSON",
    ] {
        let stripe = || Stage::of(STRIPE);
        let request = stripe()
            .delivery(STRIPE, r#"{"id":"evt_1"}"#)
            .sign(&secret())
            .unwrap();
        accepted(stripe, with_header(request, "content-type", media.as_bytes())).await;
    }
}
