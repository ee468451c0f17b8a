//! Section F over HTTP/2: what a body may be, frame by frame.

use std::collections::BTreeMap;

use bytes::Bytes;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tower_webhook::Reason;
use tower_webhook::provider::GITHUB;

use crate::f_transport::{push, small};
use crate::frames::{
    DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, NO_ERROR, PROTOCOL_ERROR, RST_STREAM, SETTINGS,
    WINDOW_UPDATE, connect, declaring, field, frame, next, open, status, whole,
};
use crate::harness::{Stage, with_header};

const LIMIT: usize = 1024;
/// As much as one frame may hold unless the server says otherwise.
const FRAME: usize = 16_384;

/// The first that the server says of each of these streams: a status, or the error that it resets one with.
pub async fn said<const N: usize>(socket: &mut TcpStream, streams: [u32; N]) -> [Result<u16, u32>; N] {
    let mut known = BTreeMap::new();
    while !streams.iter().all(|stream| known.contains_key(stream)) {
        let (kind, stream, payload) = next(socket).await.expect("the connection is kept");
        let said = match kind {
            HEADERS => Ok(status(&payload)),
            RST_STREAM => Err(u32::from_be_bytes(payload[..].try_into().unwrap())),
            GOAWAY => panic!("the connection is kept: {payload:?}"),
            _ => continue,
        };
        known.entry(stream).or_insert(said);
    }
    streams.map(|stream| known[&stream])
}

/// The body in frames of this size; the last may end it.
fn data(stream: u32, body: &[u8], size: usize, last: u8) -> Vec<u8> {
    let pieces = body.chunks(size).enumerate();
    let frames = pieces.map(|(number, piece)| {
        let is_last = (number + 1) * size >= body.len();
        frame(DATA, if is_last { last } else { 0 }, stream, piece)
    });
    frames.flatten().collect()
}

/// Sends these and is told that the stream was too much, before it has ended; the connection serves the next.
async fn is_too_much(stage: &Stage, frames: &[u8]) {
    let mut socket = connect(stage).await;
    socket.write_all(frames).await.unwrap();
    assert_eq!(said(&mut socket, [1]).await, [Ok(413)]);
    assert_eq!(said(&mut socket, [1]).await, [Err(NO_ERROR)], "no more is wanted");
    assert_eq!(stage.seen.reason(), Some(Reason::BodyTooLarge));
    stage.assert_untouched();
    socket.write_all(&whole(&push("{}"), 3, 2)).await.unwrap();
    assert_eq!(said(&mut socket, [3]).await, [Ok(200)]);
}

#[tokio::test]
async fn t098_t100_over_http2_a_declared_length_over_the_limit_ends_the_stream_before_its_first_byte() {
    is_too_much(&small(), &open(&declaring(&push("{}"), LIMIT + 1), 1)).await;
    let head = open(&declaring(&push("{}"), 1_000_000_000_000), 1);
    is_too_much(&small(), &[head, frame(DATA, 0, 1, b"{")].concat()).await;
}

#[tokio::test]
async fn t099_over_http2_a_body_without_a_length_is_cut_at_the_limit() {
    let over = push(vec![b' '; LIMIT + 1]);
    is_too_much(&small(), &[open(&over, 1), data(1, over.body(), 100, 0)].concat()).await;
    let fits = push(vec![b' '; LIMIT]);
    let mut socket = connect(&small()).await;
    let frames = [open(&fits, 1), data(1, fits.body(), 100, END_STREAM)];
    socket.write_all(&frames.concat()).await.unwrap();
    assert_eq!(said(&mut socket, [1]).await, [Ok(200)]);
}

/// Sends as much as it may for as long as nobody answers.
#[tokio::test]
async fn t099_over_http2_no_more_is_taken_in_than_the_limit_and_a_window() {
    let stage = small();
    let mut socket = connect(&stage).await;
    socket.write_all(&open(&push("{}"), 1)).await.unwrap();
    let (mut sent, mut window, mut granted, mut shared) = (0, 0, 0, 65_535);
    loop {
        let (kind, stream, payload) = next(&mut socket).await.expect("the connection is kept");
        let number = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().unwrap()) as usize;
        match (kind, stream) {
            (HEADERS, 1) => break assert_eq!(status(&payload), 413),
            (SETTINGS, _) if !payload.is_empty() => {
                let mut settings = payload.chunks(6);
                window = number(&settings.find(|setting| setting[..2] == [0, 4]).unwrap()[2..]);
                socket.write_all(&frame(SETTINGS, 1, 0, b"")).await.unwrap();
            }
            (WINDOW_UPDATE, 0) => shared += number(&payload),
            (WINDOW_UPDATE, 1) => granted += number(&payload),
            _ => {}
        }
        while sent + FRAME <= shared.min(window + granted) {
            let piece = frame(DATA, 0, 1, &[b' '; FRAME]);
            socket.write_all(&piece).await.unwrap();
            sent += FRAME;
        }
        assert!(granted <= LIMIT + FRAME, "{granted} more than its window");
    }
    assert!(sent > LIMIT, "{sent}");
    stage.assert_untouched();
}

#[tokio::test]
async fn t101_t118_over_http2_a_body_in_frames_reaches_the_handler_whole_and_without_its_trailer() {
    let body = vec![b'7'; 50_000];
    let request = push(body.clone());
    let late = [field(b"x-late", b"1"), field(b"x-github-event", b"ping")].concat();
    let late = frame(HEADERS, END_HEADERS | END_STREAM, 1, &late);
    let promised = with_header(request.clone(), "trailer", b"x-late");
    let frames = [
        [
            open(&declaring(&request, 50_000), 1),
            data(1, &body, 7_777, END_STREAM),
        ]
        .concat(),
        [open(&promised, 1), data(1, &body, 7_777, 0), late].concat(),
    ];
    for frames in frames {
        let stage = Stage::of(GITHUB);
        let mut socket = connect(&stage).await;
        socket.write_all(&frames).await.unwrap();
        assert_eq!(said(&mut socket, [1]).await, [Ok(200)]);
        let call = stage.seen.last();
        assert_eq!(call.body, body);
        assert_eq!(call.headers["content-length"], "50000");
        assert_eq!(call.headers["x-github-event"], "push");
        assert!(!call.headers.contains_key("x-late") && !call.headers.contains_key("trailer"));
    }
}

#[tokio::test]
async fn t106_over_http2_each_stream_has_its_own_limit_and_spoils_no_other() {
    let stage = small();
    let mut socket = connect(&stage).await;
    let (good, bad) = (push(vec![b' '; LIMIT]), [1, 3, 7, 9]);
    let mut frames: Vec<u8> = [1, 3, 5, 7, 9]
        .iter()
        .flat_map(|stream| open(&good, *stream))
        .collect();
    // Eight frames fill each to the limit, in turns; what is over comes last.
    for _ in 0..8 {
        let turn = [1, 3, 5, 7, 9].iter();
        frames.extend(turn.flat_map(|stream| frame(DATA, 0, *stream, &[b' '; LIMIT / 8])));
    }
    frames.extend(bad.iter().flat_map(|stream| frame(DATA, 0, *stream, b" ")));
    frames.extend(frame(DATA, END_STREAM, 5, b""));
    socket.write_all(&frames).await.unwrap();
    let statuses = said(&mut socket, [1, 3, 5, 7, 9]).await;
    assert_eq!(statuses, [Ok(413), Ok(413), Ok(200), Ok(413), Ok(413)]);
    assert_eq!((stage.seen.handled(), stage.seen.claims()), (1, 1));
    assert_eq!(*stage.seen.reasons.lock().unwrap(), [Reason::BodyTooLarge; 4]);
}

#[tokio::test]
async fn t111_t112_t113_over_http2_framing_that_http1_knows_is_refused_by_the_server() {
    let twice = |request: http::Request<Bytes>| {
        let mut request = declaring(&request, 2);
        request.headers_mut().append("content-length", 3.into());
        request
    };
    let hostile = [
        with_header(push("{}"), "transfer-encoding", b"gzip, chunked"),
        with_header(declaring(&push("{}"), 2), "transfer-encoding", b"chunked"),
        with_header(push("{}"), "content-length", b"+2"),
        with_header(push("{}"), "content-length", b"2, 2"),
        twice(push("{}")),
    ];
    for request in hostile {
        let stage = Stage::of(GITHUB);
        let mut socket = connect(&stage).await;
        let frames = [open(&request, 1), frame(DATA, END_STREAM, 1, request.body())];
        socket.write_all(&frames.concat()).await.unwrap();
        assert_eq!(
            said(&mut socket, [1]).await,
            [Err(PROTOCOL_ERROR)],
            "{:?}",
            request.headers()
        );
        assert_eq!(stage.seen.reason(), None, "no layer sees it");
        stage.assert_untouched();
    }
}

/// What is on its way when its head is refused counts against the whole connection's window, until somebody lets go of it.
#[tokio::test]
async fn t120_over_http2_the_bodies_of_refused_streams_leave_the_window_to_the_next() {
    let stage = Stage::of(GITHUB);
    let mut socket = connect(&stage).await;
    let bad = with_header(push("{}"), "x-hub-signature-256", b"sha256=00");
    let body = data(1, &[b'x'; 49_152], FRAME, END_STREAM);
    for number in 0..64 {
        let stream = 2 * number + 1;
        let mut frames = open(&bad, stream);
        for mut piece in body.chunks(9 + FRAME).map(<[u8]>::to_vec) {
            piece[5..9].copy_from_slice(&stream.to_be_bytes());
            frames.extend(piece);
        }
        socket.write_all(&frames).await.unwrap();
        assert_eq!(said(&mut socket, [stream]).await, [Ok(401)]);
    }
    stage.assert_untouched();
    socket.write_all(&whole(&push("{}"), 129, 2)).await.unwrap();
    assert_eq!(said(&mut socket, [129]).await, [Ok(200)]);
}
