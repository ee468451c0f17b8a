//! Section F: how much is read of a body whose head was refused, or that has no end.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Version};
use http_body::Frame;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tower::ServiceExt;
use tower_webhook::Reason;
use tower_webhook::provider::GITHUB;

use crate::harness::{Stage, secret, with_header};
use crate::wire::{answer, head, serve};

const PIECE: usize = 16 * 1024;
/// How many pieces are read away.
const MOST: usize = 256 * 1024 / PIECE;

fn good() -> Request<Bytes> {
    Stage::of(GITHUB)
        .delivery(GITHUB, "{}")
        .kind("push")
        .sign(&secret())
        .unwrap()
}

/// Refused by its head.
fn bad() -> Request<Bytes> {
    with_header(good(), "x-hub-signature-256", b"sha256=00")
}

/// What a body does when it is asked for more.
enum Flow {
    Endless,
    Stalled,
    /// One piece and an end.
    Short,
}

/// A body that counts how often it is asked.
struct Counted {
    asked: Arc<AtomicUsize>,
    flow: Flow,
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let before = self.asked.fetch_add(1, Ordering::Relaxed);
        match self.flow {
            Flow::Stalled => Poll::Pending,
            Flow::Short if before > 0 => Poll::Ready(None),
            _ => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; PIECE]))))),
        }
    }
}

/// Sends the head, which is refused, with such a body, and answers how often that was asked.
async fn asked(request: Request<Bytes>, flow: Flow) -> usize {
    refused(&Stage::of(GITHUB), request, flow, 401).await
}

async fn refused(stage: &Stage, request: Request<Bytes>, flow: Flow, status: u16) -> usize {
    let asked = Arc::new(AtomicUsize::new(0));
    let body = Counted {
        asked: Arc::clone(&asked),
        flow,
    };
    let request = request.map(|_| Body::new(body));
    let response = stage.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), status, "{:?}", stage.seen.reason());
    stage.assert_untouched();
    asked.load(Ordering::Relaxed)
}

/// Over HTTP/2, where nothing is read away.
#[tokio::test]
async fn t110_a_body_in_any_encoding_is_refused_before_a_byte_is_read() {
    let encodings: [&[&str]; 10] = [
        &["gzip"],
        &["GZIP"],
        &["x-gzip"],
        &["zstd"],
        &["br"],
        &["deflate"],
        &["gzip, gzip"],
        &["gzip", "br"],
        &["identity", "gzip"],
        &[""],
    ];
    for lines in encodings {
        let (stage, mut request) = (Stage::of(GITHUB), good());
        *request.version_mut() = Version::HTTP_2;
        for line in lines {
            let headers = request.headers_mut();
            headers.append("content-encoding", line.parse().unwrap());
        }
        let asked = refused(&stage, request, Flow::Endless, 415).await;
        assert_eq!(
            (asked, stage.seen.reason()),
            (0, Some(Reason::BodyEncoded)),
            "{lines:?}"
        );
    }
}

/// What a layer outside unpacks comes as a body without a length and without an encoding.
#[tokio::test]
async fn t110_what_was_unpacked_outside_is_bounded_by_what_it_became() {
    let stage = Stage::with(
        tower_webhook::github(secret()),
        |verify| verify.limit(10 * PIECE).unwrap(),
        |dedup| dedup,
    );
    assert_eq!(refused(&stage, good(), Flow::Endless, 413).await, 11);
    assert_eq!(stage.seen.reason(), Some(Reason::BodyTooLarge));
}

#[tokio::test]
async fn t120_a_refused_requests_body_is_read_away_and_its_connection_serves_the_next() {
    let stage = Stage::of(GITHUB);
    let mut socket = TcpStream::connect(serve(stage.router.clone()).await)
        .await
        .unwrap();
    let body = vec![b'x'; 200 * 1024];
    let length = format!("content-length: {}\r\n\r\n", body.len());
    let refused = [&head(&bad())[..], length.as_bytes(), &body].concat();
    socket.write_all(&refused).await.unwrap();
    assert_eq!(answer(&mut socket).await.unwrap().status, 401);
    let next = [&head(&good())[..], b"content-length: 2\r\n\r\n{}"].concat();
    socket.write_all(&next).await.unwrap();
    let next = answer(&mut socket).await.expect("the connection is kept");
    assert_eq!((next.status, stage.seen.handled()), (200, 1));
}

#[tokio::test]
async fn t120_a_connection_is_not_kept_for_a_long_body() {
    let stage = Stage::of(GITHUB);
    let mut socket = TcpStream::connect(serve(stage.router.clone()).await)
        .await
        .unwrap();
    let refused = [&head(&bad())[..], b"content-length: 262145\r\n\r\nx"].concat();
    socket.write_all(&refused).await.unwrap();
    assert_eq!(answer(&mut socket).await.unwrap().status, 401);
    assert!(answer(&mut socket).await.is_none(), "the connection is closed");
}

#[tokio::test]
async fn t120_a_body_without_an_end_is_left() {
    assert_eq!(asked(bad(), Flow::Endless).await, MOST + 1);
}

#[tokio::test(start_paused = true)]
async fn t120_a_body_that_does_not_come_holds_no_answer_up() {
    let asked_at = Instant::now();
    assert_ne!(asked(bad(), Flow::Stalled).await, 0);
    assert_eq!(asked_at.elapsed().as_secs(), Duration::from_secs(1).as_secs());
}

#[tokio::test]
async fn t120_nothing_is_read_away_where_the_connection_does_not_wait_for_it() {
    let mut over_http2 = bad();
    *over_http2.version_mut() = Version::HTTP_2;
    assert_eq!(asked(over_http2, Flow::Endless).await, 0);
    let asks_first = with_header(bad(), "expect", b"100-continue");
    assert_eq!(asked(asks_first, Flow::Endless).await, 0);
}

/// A body is not asked for more once it has ended.
#[tokio::test]
async fn t120_a_body_that_was_read_is_not_read_again() {
    let forged = with_header(
        good(),
        "x-hub-signature-256",
        &[b"sha256=", &[b'0'; 64][..]].concat(),
    );
    assert_eq!(asked(forged, Flow::Short).await, 2, "a piece, and its end");
}
