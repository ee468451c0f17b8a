//! Section F over HTTP/2: bodies that do not come to an end, or come to the wrong one.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;
use tower_webhook::Reason;

use crate::f_http2::said;
use crate::f_transport::push;
use crate::frames::{
    CANCEL, DATA, END_STREAM, GOAWAY, HEADERS, NO_ERROR, PING, RST_STREAM, connect, declaring, frame, next,
    open, status, whole,
};
use crate::harness::{Stage, secret};
use crate::j_http2::is_hung_up_on;

/// As many bytes as a body may have here.
const LIMIT: usize = 20_000;
/// For what has to do with no deadline, on a machine that may be busy.
const DAY: Duration = Duration::from_secs(86_400);
/// Half as many empty frames as the server bears on a connection.
const EMPTY: usize = 50;

fn stage(deadline: Duration) -> Stage {
    Stage::with(
        tower_webhook::github(secret()),
        |verify| verify.limit(LIMIT).unwrap().deadline(deadline).unwrap(),
        |dedup| dedup,
    )
}

/// Sends these, and waits until they have been seen.
async fn send(socket: &mut TcpStream, frames: &[u8]) {
    let ping = frame(PING, 0, 0, &[0; 8]);
    socket.write_all(&[frames, &ping].concat()).await.unwrap();
    while next(socket).await.expect("the connection is kept").0 != PING {}
}

/// The signature is right over what comes, so that whoever takes it for whole takes it for genuine.
#[tokio::test]
async fn t102_over_http2_a_stream_that_breaks_off_reaches_nobody_and_harms_no_other() {
    let request = push("{\"n\":1}");
    let longer = declaring(&request, 8);
    let reset = |error: u32| frame(RST_STREAM, 0, 1, &error.to_be_bytes());
    for (head, end) in [
        (&longer, reset(CANCEL)),
        (&request, reset(CANCEL)),
        (&longer, reset(NO_ERROR)),
        (&longer, frame(DATA, END_STREAM, 1, b"")),
    ] {
        let stage = stage(DAY);
        let mut socket = connect(&stage).await;
        let other = declaring(&request, 7);
        let begun = [
            open(head, 1),
            frame(DATA, 0, 1, request.body()),
            open(&other, 3),
            frame(DATA, 0, 3, b"{\"n"),
        ];
        send(&mut socket, &begun.concat()).await;
        let rest = [end.clone(), frame(DATA, END_STREAM, 3, b"\":1}")];
        socket.write_all(&rest.concat()).await.unwrap();
        assert_eq!(said(&mut socket, [3]).await, [Ok(200)]);
        assert_eq!((stage.seen.handled(), stage.seen.claims()), (1, 1), "{end:?}");
        assert_eq!(*stage.seen.reasons.lock().unwrap(), [Reason::BodyBroken]);
    }
}

#[tokio::test]
async fn t102_over_http2_a_connection_that_breaks_off_reaches_nobody_and_harms_no_other() {
    let request = push("{\"n\":1}");
    let stage = stage(DAY);
    for resets in [false, true] {
        let mut socket = connect(&stage).await;
        let begun = [open(&request, 1), frame(DATA, 0, 1, request.body())];
        send(&mut socket, &begun.concat()).await;
        if resets {
            socket.set_zero_linger().unwrap();
            continue;
        }
        socket.write_all(&frame(GOAWAY, 0, 0, &[0; 8])).await.unwrap();
        socket.shutdown().await.unwrap();
        while next(&mut socket).await.is_some_and(|(kind, ..)| kind != HEADERS) {}
    }
    let mut socket = connect(&stage).await;
    socket.write_all(&whole(&request, 1, 7)).await.unwrap();
    assert_eq!(said(&mut socket, [1]).await, [Ok(200)]);
    assert_eq!((stage.seen.handled(), stage.seen.claims()), (1, 1));
}

#[tokio::test]
async fn t102_over_http2_who_takes_his_leave_may_end_what_he_began() {
    let (request, stage) = (push("{\"n\":1}"), stage(DAY));
    let mut socket = connect(&stage).await;
    send(&mut socket, &open(&request, 1)).await;
    let rest = [
        frame(GOAWAY, 0, 0, &[0; 8]),
        frame(DATA, END_STREAM, 1, request.body()),
    ];
    socket.write_all(&rest.concat()).await.unwrap();
    while let Some((kind, _, payload)) = next(&mut socket).await {
        if kind == HEADERS {
            assert_eq!(status(&payload), 200);
            return assert_eq!((stage.seen.handled(), stage.seen.claims()), (1, 1));
        }
    }
    panic!("the connection has ended");
}

/// The body is genuine and comes to its end, after a minute.
#[tokio::test(start_paused = true)]
async fn t103_over_http2_a_byte_a_second_is_refused_at_the_deadline() {
    let stage = stage(Duration::from_secs(10));
    let request = push("{\"a minute\":\"012345678901234567890123456789012345678901234\"}");
    let (mut reader, mut writer) = connect(&stage).await.into_split();
    writer.write_all(&open(&request, 1)).await.unwrap();
    let answer = tokio::spawn(async move {
        loop {
            let (kind, _, payload) = next(&mut reader).await.expect("the connection is kept");
            if kind == HEADERS {
                return status(&payload);
            }
        }
    });
    for (number, byte) in request.body().chunks(1).enumerate() {
        let last = if number + 1 == request.body().len() {
            END_STREAM
        } else {
            0
        };
        writer.write_all(&frame(DATA, last, 1, byte)).await.unwrap();
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(answer.await.unwrap(), 408);
    assert_eq!(stage.seen.reason(), Some(Reason::BodyTooSlow));
    stage.assert_untouched();
}

/// Half as many empty frames as the server bears, and nothing behind them.
#[tokio::test]
async fn t108_over_http2_empty_frames_keep_nobody_from_the_deadline() {
    let stage = stage(Duration::from_millis(200));
    let mut socket = connect(&stage).await;
    let frames = [
        open(&push("{}"), 1),
        frame(DATA, 0, 1, b"").repeat(EMPTY),
        whole(&push("{}"), 3, 2),
    ];
    socket.write_all(&frames.concat()).await.unwrap();
    assert_eq!(said(&mut socket, [3, 1]).await, [Ok(200), Ok(408)]);
    assert_eq!(stage.seen.reason(), Some(Reason::BodyTooSlow));
    assert_eq!((stage.seen.handled(), stage.seen.claims()), (1, 1));
}

#[tokio::test]
async fn t108_over_http2_a_flood_of_empty_frames_ends_its_connection_and_no_other() {
    let stage = stage(DAY);
    let mut socket = connect(&stage).await;
    send(&mut socket, &open(&push("{}"), 1)).await;
    let flood = std::iter::repeat_n(frame(DATA, 0, 1, b"").repeat(EMPTY), 1_000);
    is_hung_up_on(&stage, std::iter::once(open(&push("{}"), 1)).chain(flood)).await;
    socket
        .write_all(&frame(DATA, END_STREAM, 1, b"{}"))
        .await
        .unwrap();
    assert_eq!(said(&mut socket, [1]).await, [Ok(200)]);
}

/// A byte in each frame, sent as fast as they are read.
#[tokio::test]
async fn t108_over_http2_a_body_in_very_many_frames_is_a_body_under_its_limit() {
    for (length, expected) in [(LIMIT, 200), (LIMIT + 1, 413)] {
        let stage = stage(DAY);
        let request = push(vec![b' '; length]);
        let mut socket = connect(&stage).await;
        send(&mut socket, &open(&request, 1)).await;
        let mut left = length - 1;
        while left > 0 {
            let now = left.min(100);
            send(&mut socket, &frame(DATA, 0, 1, b" ").repeat(now)).await;
            left -= now;
        }
        let ends = [whole(&push("{}"), 3, 2), frame(DATA, END_STREAM, 1, b" ")];
        socket.write_all(&ends.concat()).await.unwrap();
        assert_eq!(said(&mut socket, [1, 3]).await, [Ok(expected), Ok(200)]);
        assert_eq!(stage.seen.handled(), if expected == 200 { 2 } else { 1 });
    }
}
