//! Genuine deliveries, each of which must be accepted, and how long each took.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower_webhook::Secret;
use tower_webhook::provider::GITHUB;
use tower_webhook::testing::Delivery;

/// Between two deliveries of one sender.
const PAUSE: Duration = Duration::from_millis(4);

/// The slowest of so many deliveries is as often above their p99 as below it: 0.99 to the power of 69 is a half.
const BLOCK: usize = 69;

/// Of one kind of connection, in milliseconds.
pub(crate) struct Latencies {
    sorted: Vec<f64>,
    slowest: Vec<f64>,
}

impl Latencies {
    /// Of deliveries in the order in which they were sent.
    fn of<'a>(sent: impl Iterator<Item = &'a Sent>) -> Self {
        let mut sorted: Vec<f64> = sent.map(|sent| sent.took.as_secs_f64() * 1000.0).collect();
        let blocks = sorted.chunks(BLOCK);
        let mut slowest: Vec<f64> = blocks
            .map(|block| block.iter().copied().fold(0.0, f64::max))
            .collect();
        sorted.sort_by(f64::total_cmp);
        slowest.sort_by(f64::total_cmp);
        Self { sorted, slowest }
    }

    pub(crate) fn count(&self) -> usize {
        self.sorted.len()
    }

    /// The time that so many of a hundred did not exceed.
    pub(crate) fn at(&self, hundredth: usize) -> f64 {
        at(&self.sorted, hundredth)
    }

    /// The p99 as most of the time has it: what the slowest is in the middle one of all blocks. A host that stops a virtual machine for
    /// milliseconds, once a second, meets a hundredth of all deliveries that way, but few blocks.
    pub(crate) fn typical_p99(&self) -> f64 {
        at(&self.slowest, 50)
    }
}

fn at(sorted: &[f64], hundredth: usize) -> f64 {
    sorted[(sorted.len() - 1) * hundredth / 100]
}

/// Sends for so many seconds, and sees to it that each delivery is accepted: what they took over connections that were kept, and over
/// new ones.
pub(crate) async fn send(address: SocketAddr, seconds: u64) -> [Latencies; 2] {
    let until = Instant::now() + Duration::from_secs(seconds);
    let senders = [0, 1, 2, 3].map(|number| tokio::spawn(sender(address, until, number)));
    let mut all = Vec::new();
    for sender in senders {
        all.extend(sender.await.unwrap());
    }
    all.sort_by_key(|sent| sent.began);
    [false, true].map(|afresh| Latencies::of(all.iter().filter(|sent| sent.afresh == afresh)))
}

struct Sent {
    began: Instant,
    afresh: bool,
    took: Duration,
}

async fn sender(address: SocketAddr, until: Instant, number: u32) -> Vec<Sent> {
    let mut kept = TcpStream::connect(address).await.unwrap();
    kept.set_nodelay(true).unwrap();
    // Each sends at a moment of its own.
    tokio::time::sleep(Duration::from_millis(1) * number).await;
    let mut all = Vec::new();
    while Instant::now() < until {
        let text = delivery();
        // Every other one comes over a connection of its own.
        let afresh = all.len() % 2 == 1;
        let began = Instant::now();
        if afresh {
            let mut fresh = TcpStream::connect(address).await.unwrap();
            accepted(&mut fresh, &text).await;
        } else {
            accepted(&mut kept, &text).await;
        }
        let took = began.elapsed();
        all.push(Sent { began, afresh, took });
        tokio::time::sleep(PAUSE).await;
    }
    all
}

/// A delivery with an id of its own, as it stands on the wire.
fn delivery() -> Vec<u8> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let id = format!("load-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let secret = Secret::new("demo-secret-for-github").unwrap();
    let body = format!(
        r#"{{"zen":"{}","hook_id":1,"hook":{{}}}}"#,
        "Keep it logically awesome. ".repeat(30)
    );
    let signed = Delivery::new(GITHUB, body)
        .id(id)
        .kind("ping")
        .sign(&secret)
        .unwrap();
    let mut text = String::from("POST /github HTTP/1.1\r\nhost: localhost\r\n");
    for (name, value) in signed.headers() {
        if name != "content-length" && name != "host" {
            text.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
        }
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", signed.body().len()));
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(signed.body());
    bytes
}

async fn accepted(stream: &mut TcpStream, text: &[u8]) {
    stream.write_all(text).await.unwrap();
    let mut answer = [0; 1024];
    let length = stream.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]);
    assert!(
        answer.starts_with("HTTP/1.1 2"),
        "a genuine delivery got {answer:?}"
    );
}
