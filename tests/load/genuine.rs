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
const AFRESH: u64 = 5;

/// In milliseconds, sorted.
#[derive(Default)]
pub(crate) struct Latencies {
    kept: Vec<f64>,
    fresh: Vec<f64>,
    /// The hundredth of each second, over kept connections and over those of their own.
    seconds: [Vec<f64>; 2],
}

impl Latencies {
    pub(crate) fn count(&self) -> usize {
        self.kept.len() + self.fresh.len()
    }

    /// Over connections that were kept.
    pub(crate) fn kept(&self, hundredth: usize) -> f64 {
        at(&self.kept, hundredth)
    }

    /// Over connections of their own.
    pub(crate) fn fresh(&self, hundredth: usize) -> f64 {
        at(&self.fresh, hundredth)
    }

    /// The p99 of the second that is in the middle, over kept connections and over those of their own: another program that computes
    /// now and then doesn't change it.
    pub(crate) fn middle_p99(&self) -> [f64; 2] {
        self.seconds.each_ref().map(|seconds| at(seconds, 50))
    }

    fn add(&mut self, mut second: Self) {
        second.kept.sort_by(f64::total_cmp);
        second.fresh.sort_by(f64::total_cmp);
        self.seconds[0].push(second.kept(99));
        self.seconds[1].push(second.fresh(99));
        self.kept.extend(second.kept);
        self.fresh.extend(second.fresh);
    }
}

/// The time that so many of a hundred did not exceed.
fn at(sorted: &[f64], hundredth: usize) -> f64 {
    sorted[(sorted.len() - 1) * hundredth / 100]
}

/// Sends for so many seconds, and sees to it that each delivery is accepted.
pub(crate) async fn send(address: SocketAddr, seconds: u64) -> Latencies {
    let mut all = Latencies::default();
    for _ in 0..seconds {
        all.add(one_second(address).await);
    }
    let Latencies { kept, fresh, seconds } = &mut all;
    for sorted in [kept, fresh].into_iter().chain(seconds) {
        sorted.sort_by(f64::total_cmp);
    }
    all
}

async fn one_second(address: SocketAddr) -> Latencies {
    let until = Instant::now() + Duration::from_secs(1);
    let senders = [(); SENDERS].map(|()| tokio::spawn(sender(address, until)));
    let mut second = Latencies::default();
    for sender in senders {
        let latencies = sender.await.unwrap();
        second.kept.extend(latencies.kept);
        second.fresh.extend(latencies.fresh);
    }
    second
}

async fn sender(address: SocketAddr, until: Instant) -> Latencies {
    let mut kept = TcpStream::connect(address).await.unwrap();
    kept.set_nodelay(true).unwrap();
    let mut latencies = Latencies::default();
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
