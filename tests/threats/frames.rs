//! HTTP/2 frame by frame, as no client would send it.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::harness::{Stage, with_header};
use crate::wire::serve;

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const WINDOW_UPDATE: u8 = 8;
pub const CONTINUATION: u8 = 9;
pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;
/// RFC 9113, section 7: the errors of a stream that ends early for no fault, that is not as it says, whose sender changed his mind.
pub const NO_ERROR: u32 = 0;
pub const PROTOCOL_ERROR: u32 = 1;
pub const CANCEL: u32 = 8;

pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    [&head, payload].concat()
}

/// A field as HPACK writes it without a table of its own (RFC 7541, section 6.2.2).
pub fn field(name: &[u8], value: &[u8]) -> Vec<u8> {
    let mut field = vec![0];
    for text in [name, value] {
        let length = u8::try_from(text.len()).ok();
        field.push(length.filter(|length| *length < 127).unwrap());
        field.extend_from_slice(text);
    }
    field
}

/// A request's head.
pub fn block(request: &Request<Bytes>) -> Vec<u8> {
    let mut block = vec![0x83, 0x86]; // POST, http
    block.extend(field(b":authority", b"hooks.test"));
    let path = request.uri().path_and_query().unwrap().as_str();
    block.extend(field(b":path", path.as_bytes()));
    for (name, value) in request.headers() {
        block.extend(field(name.as_str().as_bytes(), value.as_bytes()));
    }
    block
}

/// The status in an answer's head. It stands first, from the fixed table or in its code for digits (RFC 7541, appendices A, B).
pub fn status(block: &[u8]) -> u16 {
    match block {
        // The table's size, which stands in front once it has been told.
        [0x20, rest @ ..] => status(rest),
        [0x88, ..] => 200,
        [0x8c, ..] => 400,
        [0x08 | 0x48, 0x82, a, b, ..] => digits(u32::from_be_bytes([*a, *b, 0, 0])),
        [0x08 | 0x48, 0x83, a, b, c, ..] => digits(u32::from_be_bytes([*a, *b, *c, 0])),
        _ => panic!("{block:02x?} does not begin with a status that is known here"),
    }
}

/// Three digits: five bits are one under three, six are one of the others.
fn digits(mut bits: u32) -> u16 {
    (0..3).fold(0, |number, _| {
        let (digit, length) = match bits >> 27 {
            digit @ 0..3 => (digit, 5),
            _ => ((bits >> 26) - 22, 6),
        };
        bits <<= length;
        10 * number + u16::try_from(digit).unwrap()
    })
}

/// The head of a request whose body is to follow.
pub fn open(request: &Request<Bytes>, stream: u32) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, &block(request))
}

/// A request that says its body is this long.
pub fn whole(request: &Request<Bytes>, stream: u32, length: usize) -> Vec<u8> {
    let body = frame(DATA, END_STREAM, stream, request.body());
    [open(&declaring(request, length), stream), body].concat()
}

/// The request with this length for its body's.
pub fn declaring(request: &Request<Bytes>, length: usize) -> Request<Bytes> {
    with_header(request.clone(), "content-length", length.to_string().as_bytes())
}

/// A connection that has said hello, and that it keeps no table of fields.
pub async fn connect(stage: &Stage) -> TcpStream {
    let mut socket = TcpStream::connect(serve(stage.router.clone()).await)
        .await
        .unwrap();
    let hello = [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        frame(SETTINGS, 0, 0, &[0, 1, 0, 0, 0, 0]),
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
