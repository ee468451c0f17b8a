//! HTTP/2 frame by frame, as no client would send it.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::harness::Stage;
use crate::wire::serve;

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
pub const GOAWAY: u8 = 7;
pub const CONTINUATION: u8 = 9;
pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;
/// RFC 9113, section 7: the errors of a stream that is not as it says, and of a sender who changed his mind.
pub const PROTOCOL_ERROR: u32 = 1;
pub const CANCEL: u32 = 8;

pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    [&head, payload].concat()
}

/// A request's head as HPACK writes it without a table of its own (RFC 7541, section 6.2.2).
pub fn block(request: &Request<Bytes>, length: usize) -> Vec<u8> {
    let mut block = vec![0x83, 0x86]; // POST, http
    let mut literal = |name: &[u8], value: &[u8]| {
        block.push(0);
        for text in [name, value] {
            block.push(
                u8::try_from(text.len())
                    .ok()
                    .filter(|length| *length < 127)
                    .unwrap(),
            );
            block.extend_from_slice(text);
        }
    };
    literal(b":authority", b"hooks.test");
    literal(
        b":path",
        request.uri().path_and_query().unwrap().as_str().as_bytes(),
    );
    for (name, value) in request.headers() {
        literal(name.as_str().as_bytes(), value.as_bytes());
    }
    literal(b"content-length", length.to_string().as_bytes());
    block
}

/// A request that says its body is this long.
pub fn whole(request: &Request<Bytes>, stream: u32, length: usize) -> Vec<u8> {
    let head = frame(HEADERS, END_HEADERS, stream, &block(request, length));
    [head, frame(DATA, END_STREAM, stream, request.body())].concat()
}

/// A connection that has said hello.
pub async fn connect(stage: &Stage) -> TcpStream {
    let mut socket = TcpStream::connect(serve(stage.router.clone()).await)
        .await
        .unwrap();
    let hello = [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        frame(SETTINGS, 0, 0, &[]),
    ];
    socket.write_all(&hello.concat()).await.unwrap();
    socket
}

/// The next frame's kind, stream and payload; `None` when the connection has ended.
pub async fn next(socket: &mut (impl AsyncReadExt + Unpin)) -> Option<(u8, u32, Vec<u8>)> {
    let frame = async {
        let mut head = [0; 9];
        socket.read_exact(&mut head).await.ok()?;
        let [a, b, c, kind, _, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        socket.read_exact(&mut payload).await.ok()?;
        Some((kind, u32::from_be_bytes(stream), payload))
    };
    timeout(Duration::from_secs(30), frame)
        .await
        .expect("a frame or an end, in time")
}
