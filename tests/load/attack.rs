//! What an endpoint is sent by those who wish it ill, all at once.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

/// How many of each.
const IDLE: usize = 10_200;
const SLOW: usize = 1_000;
const LOUD: usize = 4;
/// The receiver cuts a connection off after that long. The quiet ones come spread over it, so that they don't all come again at once.
const CUT_OFF: Duration = Duration::from_secs(10);
/// How long the idle and the slow ones take to be all there.
pub(crate) const GATHERED: Duration = Duration::from_secs(11);

const HEAD: &str = "POST /github HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-github-event: ping\r\n\
    x-github-delivery: 1\r\nx-hub-signature-256: \
    sha256=0000000000000000000000000000000000000000000000000000000000000000\r\n";

/// Attacks for so many seconds by those kinds, or by all, and says what became of it.
pub(crate) async fn all(address: SocketAddr, seconds: u64, kinds: &[String]) {
    let asked = |name: &str| kinds.is_empty() || kinds.iter().any(|kind| kind == name);
    let tally: [Tally; KINDS.len()] = Default::default();
    let begin = |kind: usize, number: usize, wait: Duration| {
        if asked(KINDS[kind]) {
            tokio::spawn(again(address, kind, number, wait, tally[kind].clone()));
        }
    };
    for (kind, many) in [(0, IDLE), (1, SLOW)] {
        for number in 0..many {
            begin(kind, number, CUT_OFF.mul_f64(number as f64 / many as f64));
        }
    }
    // First all who are quiet: against the loud ones they would gather more slowly than the receiver cuts them off.
    sleep(GATHERED).await;
    for (kind, number) in (2..KINDS.len()).flat_map(|kind| (0..LOUD).map(move |number| (kind, number))) {
        begin(kind, number, Duration::ZERO);
    }
    sleep(Duration::from_secs(seconds)).await;
    println!("    attacks: connections, answers, connections that broke");
    for (name, tally) in KINDS.iter().zip(&tally).filter(|(name, _)| asked(name)) {
        let [begun, answers, broken] =
            [&tally.begun, &tally.answers, &tally.broken].map(|count| count.load(Ordering::Relaxed));
        println!("      {name}: {begun}, {answers}, {broken}");
        assert!(begun > 0, "{name} came to nothing");
    }
}

#[derive(Clone, Default)]
struct Tally {
    begun: Arc<AtomicU64>,
    answers: Arc<AtomicU64>,
    broken: Arc<AtomicU64>,
}

/// Does it again and again; a connection that breaks is what an attacker expects.
async fn again(address: SocketAddr, kind: usize, number: usize, wait: Duration, tally: Tally) {
    sleep(wait).await;
    loop {
        tally.begun.fetch_add(1, Ordering::Relaxed);
        if once(address, kind, number, &tally.answers).await.is_err() {
            tally.broken.fetch_add(1, Ordering::Relaxed);
            sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn once(address: SocketAddr, kind: usize, number: usize, answers: &AtomicU64) -> io::Result<()> {
    let mut stream = connect(address).await?;
    match KINDS[kind] {
        "idle" => drain(&mut stream).await,
        "slow" => slow(&mut stream).await,
        "chunks" => chunks(&mut stream, number).await,
        "packed" => each_answered(&mut stream, &packed(), answers).await,
        "headers" => headers(&mut stream).await,
        "half-closed" => half_closed(&mut stream).await,
        "garbage" => garbage(&mut stream, number).await,
        _ => each_answered(&mut stream, &forgery(), answers).await,
    }
}

/// The quiet ones first.
const KINDS: [&str; 8] = [
    "idle",
    "slow",
    "chunks",
    "packed",
    "headers",
    "half-closed",
    "garbage",
    "forgeries",
];

/// Each time from the next of many addresses. A port stays taken for a minute after its connection; where most of an address's ports
/// are taken the kernel searches for milliseconds, in which nobody else gets the core.
async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    static NEXT: AtomicU8 = AtomicU8::new(0);
    let socket = TcpSocket::new_v4()?;
    let last = NEXT.fetch_add(1, Ordering::Relaxed) % 250 + 2;
    socket.bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, last)), 0))?;
    socket.connect(address).await
}

/// Reads what comes until the receiver has enough.
async fn drain(stream: &mut TcpStream) -> io::Result<()> {
    let mut answer = [0; 512];
    while timeout(Duration::from_secs(30), stream.read(&mut answer)).await?? > 0 {}
    Ok(())
}

async fn slow(stream: &mut TcpStream) -> io::Result<()> {
    let head = format!("{HEAD}content-length: 100000\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    loop {
        stream.write_all(b" ").await?;
        sleep(Duration::from_secs(1)).await;
    }
}

/// Chunks of one byte, of every other attacker with an extension that is longer.
async fn chunks(stream: &mut TcpStream, number: usize) -> io::Result<()> {
    let head = format!("{HEAD}transfer-encoding: chunked\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let extension = if number.is_multiple_of(2) {
        format!(";{}", "e".repeat(60))
    } else {
        String::new()
    };
    let piece = format!("1{extension}\r\nx\r\n").repeat(16);
    loop {
        stream.write_all(piece.as_bytes()).await?;
    }
}

async fn headers(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(HEAD.as_bytes()).await?;
    for line in 0.. {
        let header = format!("x-{line}: {}\r\n", "v".repeat(2000));
        stream.write_all(header.as_bytes()).await?;
    }
    Ok(())
}

async fn half_closed(stream: &mut TcpStream) -> io::Result<()> {
    let text = format!("{HEAD}content-length: 1000\r\n\r\n{{\"zen\":");
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await?;
    drain(stream).await
}

async fn garbage(stream: &mut TcpStream, number: usize) -> io::Result<()> {
    let mut state = number as u64 + 1;
    let noise: Vec<u8> = (0..4096)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_be_bytes()[0]
        })
        .collect();
    stream.write_all(&noise).await?;
    drain(stream).await
}

/// A kilobyte that says it becomes a gigabyte.
fn packed() -> String {
    format!(
        "{HEAD}content-encoding: gzip\r\ncontent-length: 1024\r\n\r\n{}",
        "\x1f".repeat(1024)
    )
}

/// A whole request with a wrong signature.
fn forgery() -> String {
    format!("{HEAD}content-length: 1000\r\n\r\n{}", " ".repeat(1000))
}

/// The same request again and again, as soon as it is answered.
async fn each_answered(stream: &mut TcpStream, request: &str, answers: &AtomicU64) -> io::Result<()> {
    let mut answer = [0; 512];
    loop {
        stream.write_all(request.as_bytes()).await?;
        if stream.read(&mut answer).await? == 0 {
            return Ok(());
        }
        answers.fetch_add(1, Ordering::Relaxed);
    }
}
