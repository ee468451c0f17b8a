//! What a server holds of megabytes that are still on their way.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

use crate::process::Server;
use crate::request::{self, NUMBER, Signed};
use crate::subject::{BY_HAND, NOTHING, VERIFY};

const SUBJECTS: [&str; 3] = [NOTHING, BY_HAND, VERIFY];
const PIECES: [usize; 3] = [64 << 10, 1 << 10, 1];
const SIZE: usize = 1 << 20;
const CONNECTIONS: usize = 16;

pub(crate) fn print() {
    println!(
        "\nWhat the server holds of each of {CONNECTIONS} bodies of 1 MiB of which the last byte is missing, and the most it ever held until \
         all were answered; in MiB, the connection's own buffers among it.\n"
    );
    println!(
        "| pieces of | {} |\n|---|{}",
        PIECES.map(|piece| format!("{piece} bytes")).join(" | "),
        "---|".repeat(PIECES.len())
    );
    for name in SUBJECTS {
        let cells = PIECES.map(|piece| {
            let [held, most] = held(name, piece).map(|bytes| bytes as f64 / (CONNECTIONS * SIZE) as f64);
            format!("{held:.2}, most {most:.2}")
        });
        println!("| {name} | {} |", cells.join(" | "));
    }
}

/// The bytes that a server takes for all bodies: before their last byte, and at most.
fn held(name: &str, piece: usize) -> [u64; 2] {
    let server = Server::start(name);
    // What the first delivery alone takes.
    finish(&mut begin(&server, piece, 0));
    let before = server.memory();
    let mut lines: Vec<_> = (1..=CONNECTIONS)
        .map(|number| begin(&server, piece, number))
        .collect();
    settle(&server);
    let held = server.memory();
    lines.iter_mut().for_each(finish);
    [held, server.most_memory()].map(|bytes| bytes.saturating_sub(before))
}

/// A connection on which all of a body but its last byte has been sent.
fn begin(server: &Server, piece: usize, number: usize) -> TcpStream {
    let body = request::body(SIZE);
    let head = request::head("/", Signed::Well, &body, "transfer-encoding: chunked");
    let head = head.replace(NUMBER, &format!("{number:012}"));
    let mut stream = TcpStream::connect(server.address).expect("the server listens");
    stream.set_nodelay(true).expect("the option is known");
    stream.write_all(head.as_bytes()).expect("the server reads");
    // Small pieces go many at a time: what matters is how they are framed.
    for together in body[..SIZE - 1].chunks(piece.max(8 << 10)) {
        let framed: Vec<u8> = together.chunks(piece).flat_map(chunk).collect();
        stream.write_all(&framed).expect("the server reads");
        sleep(Duration::from_micros(500));
    }
    stream
}

fn finish(stream: &mut TcpStream) {
    let end = [chunk(b"}"), b"0\r\n\r\n".to_vec()].concat();
    stream.write_all(&end).expect("the server reads");
    let mut answer = [0; 1024];
    let length = stream.read(&mut answer).expect("the server answers");
    assert!(
        answer[..length].starts_with(b"HTTP/1.1 200"),
        "a delivery was refused"
    );
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    let head = format!("{:x}\r\n", bytes.len());
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

/// Until the server has nothing more to read.
fn settle(server: &Server) {
    loop {
        let before = server.computed();
        sleep(Duration::from_millis(200));
        if server.computed() == before {
            return;
        }
    }
}
