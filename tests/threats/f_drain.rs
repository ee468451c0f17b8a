//! Section F: what becomes of a body whose head was refused.

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
    let (stage, asked) = (Stage::of(GITHUB), Arc::new(AtomicUsize::new(0)));
    let body = Counted {
        asked: Arc::clone(&asked),
        flow,
    };
    let request = request.map(|_| Body::new(body));
    let response = stage.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 401);
    stage.assert_untouched();
    asked.load(Ordering::Relaxed)
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
