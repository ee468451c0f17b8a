//! How long a sender waits for its answer once the last byte of a slow megabyte has left.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::median::{Spread, median};
use crate::process::{Awake, Server};
use crate::request::{self, NUMBER, Signed};
use crate::subject::{BY_HAND, NOTHING, PEER, STACK, VERIFY};

const SUBJECTS: [&str; 5] = [NOTHING, BY_HAND, PEER, VERIFY, STACK];
const SIZE: usize = 1 << 20;
const PIECE: usize = 16 << 10;
const PAUSE: Duration = Duration::from_millis(1);
const ROUNDS: usize = 41;
/// The last of so many counts: a server that has done something else than wait is nearer to what it is under load.
const IN_A_ROW: usize = 3;

pub(crate) fn print() {
    let _awake = Awake::start();
    let mut lines = SUBJECTS.map(|name| Line::new(Server::start(name)));
    let mut times = SUBJECTS.map(|_| Vec::new());
    let body = request::body(SIZE);
    let head = request::head("/", Signed::Well, &body, &format!("content-length: {SIZE}"));
    for round in 0..ROUNDS {
        for turn in 0..SUBJECTS.len() {
            let index = (round + turn) % SUBJECTS.len();
            let took = (0..IN_A_ROW).map(|number| {
                let number = round * IN_A_ROW + number;
                let head = head.replace(NUMBER, &format!("{number:012}"));
                lines[index].deliver(&head, &body)
            });
            let took = took.last().expect("there is one");
            times[index].push(took.as_secs_f64() * 1e6);
        }
    }
    println!(
        "\nFrom the last {PIECE} bytes of {SIZE}, which came in such pieces, to the answer; ratios within each round (their quartiles).\n"
    );
    println!("| | µs | of no layer's | of that by hand |\n|---|---|---|---|");
    for (name, values) in SUBJECTS.iter().zip(&times) {
        let [to_nothing, to_by_hand] = [0, 1].map(|other: usize| Spread::of_ratios(values, &times[other]));
        println!("| {name} | {:.0} | {to_nothing} | {to_by_hand} |", median(values));
    }
}

/// Without sleeping, which would have to be woken from.
fn wait(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}

/// A connection to a server.
struct Line {
    stream: TcpStream,
    _server: Server,
}

impl Line {
    fn new(server: Server) -> Self {
        let stream = TcpStream::connect(server.address).expect("the server listens");
        stream.set_nodelay(true).expect("the option is known");
        Self {
            stream,
            _server: server,
        }
    }

    /// Sends a body piece by piece; answers how long the answer took from the moment the last was sent.
    fn deliver(&mut self, head: &str, body: &[u8]) -> Duration {
        let (early, last) = body.split_at(body.len() - PIECE);
        let mut send = |bytes: &[u8]| self.stream.write_all(bytes).expect("the server reads");
        send(head.as_bytes());
        for piece in early.chunks(PIECE) {
            send(piece);
            wait(PAUSE);
        }
        wait(5 * PAUSE);
        let start = Instant::now();
        send(last);
        let mut answer = [0; 1024];
        let length = self.stream.read(&mut answer).expect("the server answers");
        let took = start.elapsed();
        assert!(
            answer[..length].starts_with(b"HTTP/1.1 200"),
            "a delivery was refused"
        );
        took
    }
}
