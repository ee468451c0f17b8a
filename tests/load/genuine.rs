//! Genuine deliveries, each of which must be accepted, and how long each took.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower_webhook::Secret;
use tower_webhook::provider::GITHUB;
use tower_webhook::testing::Delivery;

const SENDERS: usize = 4;
/// Between two deliveries of one sender.
const PAUSE: Duration = Duration::from_millis(4);
/// One delivery of so many comes over a connection of its own.
const AFRESH: u64 = 25;

/// In milliseconds, sorted.
pub(crate) struct Latencies {
    kept: Vec<f64>,
    fresh: Vec<f64>,
}

impl Latencies {
    pub(crate) fn count(&self) -> usize {
        self.kept.len() + self.fresh.len()
    }

    /// The time that so many of a hundred deliveries over kept connections did not exceed.
    pub(crate) fn at(&self, hundredth: usize) -> f64 {
        self.kept[(self.kept.len() - 1) * hundredth / 100]
    }

    pub(crate) fn p99(&self) -> f64 {
        self.at(99)
    }

    /// The longest over a new connection.
    pub(crate) fn connecting(&self) -> f64 {
        self.fresh.last().copied().unwrap_or_default()
    }
}

/// Sends for so long, and sees to it that each delivery is accepted.
pub(crate) async fn send(address: SocketAddr, length: Duration) -> Latencies {
    let until = Instant::now() + length;
    let senders: Vec<_> = (0..SENDERS)
        .map(|_| tokio::spawn(sender(address, until)))
        .collect();
    let mut all = Latencies {
        kept: Vec::new(),
        fresh: Vec::new(),
    };
    for sender in senders {
        let latencies = sender.await.unwrap();
        all.kept.extend(latencies.kept);
        all.fresh.extend(latencies.fresh);
    }
    all.kept.sort_by(f64::total_cmp);
    all.fresh.sort_by(f64::total_cmp);
    all
}

async fn sender(address: SocketAddr, until: Instant) -> Latencies {
    let mut kept = TcpStream::connect(address).await.unwrap();
    kept.set_nodelay(true).unwrap();
    let mut latencies = Latencies {
        kept: Vec::new(),
        fresh: Vec::new(),
    };
    for number in 1.. {
        if Instant::now() > until {
            break;
        }
        let text = delivery();
        let began = Instant::now();
        if number % AFRESH == 0 {
            let mut fresh = TcpStream::connect(address).await.unwrap();
            accepted(&mut fresh, &text).await;
            latencies.fresh.push(began.elapsed().as_secs_f64() * 1000.0);
        } else {
            accepted(&mut kept, &text).await;
            latencies.kept.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        tokio::time::sleep(PAUSE).await;
    }
    latencies
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
