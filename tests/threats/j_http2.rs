//! Section J: what is hostile about HTTP/2 itself, frame by frame. The server ends it; the layers never see it.

use std::fs;
use std::path::Path;

use tokio::io::AsyncWriteExt;
use tower_webhook::provider::GITHUB;

use crate::frames::{
    CANCEL, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PROTOCOL_ERROR, RST_STREAM, block,
    connect, frame, next, open, status, whole,
};
use crate::h_urls;
use crate::harness::{Stage, genuine, with_header};

/// RFC 9113, section 7: a sender that is too busy.
const ENHANCE_YOUR_CALM: u32 = 11;

/// Sends these one after the other for as long as the server takes them. It must hang up, and say why if that still arrives.
pub async fn is_hung_up_on(stage: &Stage, hostile: impl Iterator<Item = Vec<u8>>) {
    let (mut reader, mut writer) = connect(stage).await.into_split();
    let server = tokio::spawn(async move {
        let mut said = None;
        while let Some((kind, _, payload)) = next(&mut reader).await {
            if kind == GOAWAY {
                said = Some(u32::from_be_bytes(payload[4..8].try_into().unwrap()));
            }
        }
        said
    });
    for frames in hostile {
        if writer.write_all(&frames).await.is_err() {
            break;
        }
    }
    // The writer is still open: who ends the connection is the server.
    let said = server.await.unwrap();
    assert!(said.is_none_or(|error| error == ENHANCE_YOUR_CALM), "{said:?}");
    drop(writer);
    stage.assert_untouched();
}

/// Sends these to a new connection, which must answer 200 on this stream: so they are hostile by their number alone.
async fn is_taken(stage: &Stage, frames: &[u8], stream: u32) {
    let mut socket = connect(stage).await;
    socket.write_all(frames).await.unwrap();
    while let Some((kind, on, payload)) = next(&mut socket).await {
        if (kind, on) == (HEADERS, stream) {
            assert_eq!(status(&payload), 200);
            return;
        }
    }
    panic!("the connection has ended");
}

#[tokio::test]
async fn t154_streams_that_are_opened_and_reset_at_once_end_the_connection() {
    let stage = Stage::of(GITHUB);
    let request = genuine(GITHUB);
    let opened_and_reset = |number: u32| {
        let stream = 2 * number + 1;
        [
            open(&request, stream),
            frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes()),
        ]
        .concat()
    };
    let mut few: Vec<u8> = (0..5).flat_map(opened_and_reset).collect();
    few.extend(whole(&request, 11, request.body().len()));
    is_taken(&Stage::of(GITHUB), &few, 11).await;
    let batch = |number: u32| {
        (0..100)
            .flat_map(|other| opened_and_reset(100 * number + other))
            .collect()
    };
    is_hung_up_on(&stage, (0..100).map(batch)).await;
}

#[tokio::test]
async fn t154_a_head_without_an_end_ends_the_connection() {
    let request = genuine(GITHUB);
    // A header of one byte's name and 1,018 bytes' value (127 and 891 more, in steps of seven bits); or nothing at all.
    let mut header = vec![0, 1, b'x', 0x7f, 0xfb, 0x06];
    header.resize(1_024, b'a');
    for more in [header, Vec::new()] {
        let stage = Stage::of(GITHUB);
        let start = frame(HEADERS, 0, 1, &block(&request));
        let end = frame(CONTINUATION, END_HEADERS, 1, &more);
        let body = frame(DATA, END_STREAM, 1, request.body());
        is_taken(&Stage::of(GITHUB), &[&start[..], &end, &body].concat(), 1).await;
        let on = std::iter::repeat_n(frame(CONTINUATION, 0, 1, &more), 10_000);
        is_hung_up_on(&stage, std::iter::once(start).chain(on)).await;
        assert_eq!(stage.seen.reason(), None, "it never became a request");
    }
}

#[tokio::test]
async fn t102_t154_a_body_that_is_not_as_long_as_it_says_resets_its_stream_alone() {
    let request = genuine(GITHUB);
    let right = request.body().len();
    for wrong in [right - 1, right + 1] {
        let stage = Stage::of(GITHUB);
        let mut socket = connect(&stage).await;
        for (stream, length) in [(1, wrong), (3, right)] {
            socket.write_all(&whole(&request, stream, length)).await.unwrap();
        }
        let (mut reset, mut answered) = (None, None);
        while reset.is_none() || answered.is_none() {
            match next(&mut socket).await.expect("the connection is kept") {
                (RST_STREAM, 1, payload) => {
                    reset = Some(u32::from_be_bytes(payload[..].try_into().unwrap()));
                }
                (HEADERS, 3, payload) => answered = Some(status(&payload)),
                (GOAWAY, ..) => panic!("the connection is kept"),
                _ => {}
            }
        }
        assert_eq!((reset, answered), (Some(PROTOCOL_ERROR), Some(200)), "{wrong}");
        assert_eq!((stage.seen.handled(), stage.seen.claims()), (1, 1));
    }
}

/// Neither is believed: a URL that is signed is the one that the endpoint was told is its own.
#[tokio::test]
async fn t154_an_authority_that_is_not_the_host_changes_nothing() {
    for host in ["evil.example", "hooks.example.com"] {
        let (stage, request) = (h_urls::stage(), h_urls::genuine());
        let request = with_header(request, "host", host.as_bytes());
        let frames = whole(&request, 1, request.body().len());
        is_taken(&stage, &frames, 1).await;
        assert_eq!(stage.seen.handled(), 1, "{host}");
    }
}

/// Rapid resets are bounded since 0.3.18 and, where the server itself is made to reset, since 0.4.2; CONTINUATION since 0.4.4;
/// small DATA since 0.4.16.
#[test]
fn t108_t154_the_http2_that_is_locked_has_these_bounds() {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
    let text = fs::read_to_string(lock).unwrap();
    let versions: Vec<Vec<u64>> = text
        .split("[[package]]")
        .filter(|package| package.contains("\nname = \"h2\"\n"))
        .map(|package| {
            let version = package.split("\nversion = \"").nth(1).unwrap();
            let version = version.split('"').next().unwrap();
            version.split('.').map(|part| part.parse().unwrap()).collect()
        })
        .collect();
    assert!(!versions.is_empty(), "hyper brings one");
    assert!(
        versions.iter().all(|version| *version >= vec![0, 4, 16]),
        "{versions:?}"
    );
}
