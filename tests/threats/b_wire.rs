//! Section B: what only raw bytes on an HTTP/1.1 connection can say.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tower_webhook::Reason;
use tower_webhook::provider::{GITHUB, STANDARD_WEBHOOKS, STRIPE};

use crate::harness::{Answer, BODY, NOW, Stage, Way, genuine, refused_by, rejected, with_header, without};
use crate::oracle::{github_signature, stripe_mac};
use crate::wire::{answer, serve};

async fn send_raw(stage: &Stage, bytes: &[u8]) -> Answer {
    let mut socket = TcpStream::connect(serve(stage.router.clone()).await)
        .await
        .unwrap();
    socket.write_all(bytes).await.unwrap();
    answer(&mut socket).await.expect("an answer")
}

/// A request with these lines in its head, and the usual body.
fn with_lines(lines: &str) -> String {
    let length = BODY.len();
    format!(
        "POST / HTTP/1.1\r\nhost: hooks.test\r\ncontent-type: application/json\r\n{lines}content-length: {length}\r\n\r\n{BODY}"
    )
}

/// A chunked request whose last chunk is followed by this trailer.
fn with_trailer(trailer: &str) -> String {
    let length = BODY.len();
    format!(
        "POST / HTTP/1.1\r\nhost: hooks.test\r\ntransfer-encoding: chunked\r\ntrailer: x-hub-signature-256\r\n\
         x-github-delivery: 1\r\n\r\n{length:x}\r\n{BODY}\r\n0\r\n{trailer}\r\n"
    )
}

#[tokio::test]
async fn t042_a_signature_in_a_trailer_does_not_count() {
    let signature = github_signature(BODY.as_bytes());
    let stage = Stage::of(GITHUB);
    let trailer = format!("x-hub-signature-256: {signature}\r\n");
    let answer = send_raw(&stage, with_trailer(&trailer).as_bytes()).await;
    assert_eq!(
        (answer.status, stage.seen.reason()),
        (401, Some(Reason::MissingHeader))
    );
    assert!(answer.body.is_empty());
    stage.assert_untouched();
}

#[tokio::test]
async fn t042_a_trailer_neither_doubles_nor_reaches_the_handler() {
    let signature = github_signature(BODY.as_bytes());
    let stage = Stage::of(GITHUB);
    let request = with_trailer("x-hub-signature-256: sha256=00\r\nx-github-event: ping\r\n").replace(
        "\r\n\r\n",
        &format!("\r\nx-hub-signature-256: {signature}\r\n\r\n"),
    );
    let answer = send_raw(&stage, request.as_bytes()).await;
    assert_eq!((answer.status, stage.seen.handled()), (200, 1));
    let call = stage.seen.last();
    assert_eq!(&call.body[..], BODY.as_bytes());
    assert!(!call.headers.contains_key("x-github-event") && !call.headers.contains_key("trailer"));
}

#[tokio::test]
async fn t036_t046_a_line_break_in_a_header_ends_the_request() {
    let mac = stripe_mac(&NOW.to_string(), BODY.as_bytes());
    let folded = [
        (STRIPE, format!("stripe-signature: t={NOW},\r\n v1={mac}\r\n")),
        (
            GITHUB,
            format!(
                "x-hub-signature-256:\r\n {}\r\n",
                github_signature(BODY.as_bytes())
            ),
        ),
        (STANDARD_WEBHOOKS, "webhook-id: msg\r\n _1\r\n".to_owned()),
        (STANDARD_WEBHOOKS, "webhook-id: msg\0_1\r\n".to_owned()),
        (STANDARD_WEBHOOKS, "webhook-id: msg\r_1\r\n".to_owned()),
    ];
    for (scheme, lines) in folded {
        let stage = Stage::of(scheme);
        assert_eq!(
            send_raw(&stage, with_lines(&lines).as_bytes()).await.status,
            400,
            "{lines:?}"
        );
        assert_eq!(stage.seen.reason(), None, "no layer sees it");
        stage.assert_untouched();
    }
}

/// A proxy takes off what `Connection` names, and so does the client that speaks HTTP/2 here.
#[tokio::test]
async fn t045_a_signature_that_connection_names_counts_where_no_proxy_took_it() {
    let named = with_header(genuine(GITHUB), "connection", b"x-hub-signature-256");
    let taken = without(named.clone(), "x-hub-signature-256");
    rejected(GITHUB, taken, Reason::MissingHeader).await;
    let stage = || Stage::of(GITHUB);
    refused_by(&[Way::Http2], stage, named.clone(), 401, Reason::MissingHeader).await;
    for way in [Way::Call, Way::Http1] {
        let stage = stage();
        assert_eq!(stage.send_by(way, named.clone()).await.status, 200, "{way:?}");
        assert_eq!((stage.seen.handled(), stage.seen.completed()), (1, 1));
    }
}

#[tokio::test]
async fn t021_two_raw_lines_in_any_case_are_refused() {
    let signature = github_signature(BODY.as_bytes());
    for second in [
        "x-hub-signature-256",
        "X-Hub-Signature-256",
        "X-HUB-SIGNATURE-256",
    ] {
        let lines = format!("X-Hub-Signature-256: {signature}\r\n{second}: {signature}\r\n");
        let stage = Stage::of(GITHUB);
        let answer = send_raw(&stage, with_lines(&lines).as_bytes()).await;
        assert_eq!(
            (answer.status, stage.seen.reason()),
            (401, Some(Reason::DuplicateHeader))
        );
        stage.assert_untouched();
    }
}

#[tokio::test]
async fn t037_raw_bytes_of_every_value_do_no_harm() {
    for byte in (0x01..=0xff_u8).filter(|byte| !b"\r\n".contains(byte)) {
        let mut lines = b"x-github-delivery: 1\r\nx-hub-signature-256: sha256=".to_vec();
        lines.extend_from_slice(&[byte, b'a', b'\r', b'\n']);
        let whole = with_lines("@");
        let (before, after) = whole.split_once('@').unwrap();
        let stage = Stage::of(GITHUB);
        let bytes = [before.as_bytes(), &lines, after.as_bytes()].concat();
        let status = send_raw(&stage, &bytes).await.status;
        let control = byte != b'\t' && (byte < 0x20 || byte == 0x7f);
        assert_eq!(status, if control { 400 } else { 401 }, "{byte:#x}");
        stage.assert_untouched();
    }
}
