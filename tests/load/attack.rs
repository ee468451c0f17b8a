//! What an endpoint is sent by those who wish it ill, all at once.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

/// How many of each.
const IDLE: usize = 10_000;
const SLOW: usize = 1_000;
const LOUD: usize = 4;
/// How long the idle and the slow ones take to be all there.
pub(crate) const GATHERED: Duration = Duration::from_secs(9);

const HEAD: &str = "POST /github HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-github-event: ping\r\n\
    x-github-delivery: 1\r\nx-hub-signature-256: \
    sha256=0000000000000000000000000000000000000000000000000000000000000000\r\n";

/// Attacks for so many seconds, and says how often each attacker began anew.
pub(crate) async fn all(address: SocketAddr, seconds: u64) {
    let kinds: [Arc<AtomicU64>; 8] = Default::default();
    for number in 0..IDLE {
        again(&kinds[0], move || idle(address, number));
    }
    for number in 0..SLOW {
        again(&kinds[1], move || slow(address, number));
    }
    // First all who are quiet: against the loud ones they would gather more slowly than the receiver cuts them off.
    sleep(GATHERED).await;
    for number in 0..LOUD {
        again(&kinds[2], move || chunks(address, number));
        again(&kinds[3], move || packed(address, number));
        again(&kinds[4], move || headers(address, number));
        again(&kinds[5], move || half_closed(address, number));
        again(&kinds[6], move || garbage(address, number));
        again(&kinds[7], move || forgeries(address, number));
    }
    sleep(Duration::from_secs(seconds)).await;
    let names = [
        "idle",
        "slow",
        "chunks",
        "packed",
        "headers",
        "half closed",
        "garbage",
        "forgeries",
    ];
    let told = names
        .iter()
        .zip(&kinds)
        .map(|(name, count)| format!("{name} {}", count.load(Ordering::Relaxed)));
    println!("    attacks: {}", told.collect::<Vec<_>>().join(", "));
    for (name, count) in names.iter().zip(&kinds) {
        assert!(count.load(Ordering::Relaxed) > 0, "{name} came to nothing");
    }
}

/// Does it again and again; a connection that breaks is what an attacker expects.
fn again<F>(count: &Arc<AtomicU64>, attack: impl Fn() -> F + Send + 'static)
where
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let count = Arc::clone(count);
    tokio::spawn(async move {
        loop {
            count.fetch_add(1, Ordering::Relaxed);
            if attack().await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        }
    });
}

/// From many addresses of this machine, which has too few ports for one.
async fn connect(address: SocketAddr, number: usize) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    let last = u8::try_from(number % 16 + 2).unwrap();
    socket.bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, last)), 0))?;
    socket.connect(address).await
}

/// Reads what comes until the receiver has enough.
async fn drain(stream: &mut TcpStream) -> io::Result<()> {
    let mut answer = [0; 512];
    while timeout(Duration::from_secs(30), stream.read(&mut answer)).await?? > 0 {}
    Ok(())
}

async fn idle(address: SocketAddr, number: usize) -> io::Result<()> {
    drain(&mut connect(address, number).await?).await
}

async fn slow(address: SocketAddr, number: usize) -> io::Result<()> {
    let mut stream = connect(address, number).await?;
    stream
        .write_all(format!("{HEAD}content-length: 100000\r\n\r\n").as_bytes())
        .await?;
    loop {
        stream.write_all(b" ").await?;
        sleep(Duration::from_secs(1)).await;
    }
}

/// Chunks of one byte, each with an extension that is longer.
async fn chunks(address: SocketAddr, number: usize) -> io::Result<()> {
    let mut stream = connect(address, number).await?;
    stream
        .write_all(format!("{HEAD}transfer-encoding: chunked\r\n\r\n").as_bytes())
        .await?;
    let piece = format!("1;{}\r\nx\r\n", "e".repeat(60)).repeat(16);
    loop {
        stream.write_all(piece.as_bytes()).await?;
    }
}

/// A kilobyte that says it becomes a gigabyte.
async fn packed(address: SocketAddr, number: usize) -> io::Result<()> {
    let mut stream = connect(address, number).await?;
    stream
        .write_all(format!("{HEAD}content-encoding: gzip\r\ncontent-length: 1024\r\n\r\n").as_bytes())
        .await?;
    stream.write_all(&[0x1f; 1024]).await?;
    drain(&mut stream).await
}

async fn headers(address: SocketAddr, number: usize) -> io::Result<()> {
    let mut stream = connect(address, number).await?;
    stream.write_all(HEAD.as_bytes()).await?;
    for line in 0.. {
        stream
            .write_all(format!("x-{line}: {}\r\n", "v".repeat(2000)).as_bytes())
            .await?;
    }
    Ok(())
}

async fn half_closed(address: SocketAddr, number: usize) -> io::Result<()> {
    let mut stream = connect(address, number).await?;
    stream
        .write_all(format!("{HEAD}content-length: 1000\r\n\r\n{{\"zen\":").as_bytes())
        .await?;
    stream.shutdown().await?;
    drain(&mut stream).await
}

async fn garbage(address: SocketAddr, number: usize) -> io::Result<()> {
    let mut stream = connect(address, number).await?;
    let mut state = number as u64 + 1;
    let noise: Vec<u8> = (0..4096)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_be_bytes()[0]
        })
        .collect();
    stream.write_all(&noise).await?;
    drain(&mut stream).await
}

/// Whole requests with a wrong signature, one behind the other.
async fn forgeries(address: SocketAddr, number: usize) -> io::Result<()> {
    let mut stream = connect(address, number).await?;
    let text = format!("{HEAD}content-length: 1000\r\n\r\n{}", " ".repeat(1000));
    let mut answer = [0; 512];
    loop {
        stream.write_all(text.as_bytes()).await?;
        if stream.read(&mut answer).await? == 0 {
            return Ok(());
        }
    }
}
