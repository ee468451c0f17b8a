//! What a claim costs in Redis, beside the floor of the same client and server: `SET NX`, pipelined on one connection.
//!
//! ```sh
//! cargo bench -p tower-webhook-redis
//! cargo bench -p tower-webhook-redis -- always   # every write is on the disk before it is answered
//! cargo bench -p tower-webhook-redis -- grow     # instead: cost at 1 M and at 10 M ids
//! ```
//!
//! Each event is two verbs, a claim and a completion, and each verb is counted as one operation. The floor sends as many
//! `SET key value NX PX`, with a value as long as a record, to the same server over a connection of the same kind.
#![allow(clippy::unwrap_used, reason = "a bench may fail")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, cmd};
use tokio::runtime::Builder;
use tower_webhook::store::{Claim, Held, Lease, Retention, Store, TieredStore};
use tower_webhook::{Fingerprint, Key};
use tower_webhook_redis::{RedisStore, redis};
use tower_webhook_testkit::server::Server;

fn main() {
    // Under `cargo test --benches` there is nothing to measure.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let is_asked = |word: &str| std::env::args().any(|argument| argument == word);
    let arguments: &[&str] = match is_asked("always") {
        true => &["--appendonly", "yes", "--appendfsync", "always"],
        false => &[],
    };
    let Some(server) = Server::redis(arguments) else {
        return;
    };
    let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        println!(
            "{:>24} {:>11} {:>12} {:>10} {:>7}",
            "", "in flight", "operations/s", "p99", "ratio"
        );
        if is_asked("grow") {
            return grow(&server).await;
        }
        for in_flight in [1, 64, 512] {
            speed(&server, in_flight).await;
        }
        size(&server).await;
        duplicates(&server).await;
    });
}

async fn connect(server: &Server) -> MultiplexedConnection {
    let client = redis::Client::open(server.url()).unwrap();
    // A test of the machine: no command may fail because it is slow.
    let config = AsyncConnectionConfig::new()
        .set_response_timeout(None)
        .set_pipeline_buffer_size(512);
    client
        .get_multiplexed_async_connection_with_config(&config)
        .await
        .unwrap()
}

/// Floor and store by turns, so that a busy moment of the machine strikes both.
async fn speed(server: &Server, in_flight: usize) {
    let connection = connect(server).await;
    let store = RedisStore::new(connection.clone()).await.unwrap();
    let mut floor = Measured::default();
    let mut claims = Measured::default();
    for _ in 0..ROUNDS {
        let connection = connection.clone();
        floor.add(measure(in_flight, 1, move || set(connection.clone())).await);
        let store = store.clone();
        claims.add(measure(in_flight, 2, move || process(store.clone())).await);
    }
    floor.print("SET NX", in_flight, &floor);
    claims.print("claim, complete", in_flight, &floor);
}

/// One operation of the floor.
async fn set(mut connection: MultiplexedConnection) {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    // As long as a record's key.
    let name = format!("floor__:{{{:064x}}}", NEXT.fetch_add(1, Ordering::Relaxed));
    let mut command = cmd("SET");
    command
        .arg(name)
        .arg(RECORD)
        .arg("NX")
        .arg("PX")
        .arg(KEEP.duration().as_secs() * 1000);
    let set: Option<String> = command.query_async(&mut connection).await.unwrap();
    assert!(set.is_some(), "the key is new");
}

/// One event: two operations.
async fn process(store: impl Store) {
    let Claim::Won(ticket) = store.claim(&key(), &PRINT, LEASE, KEEP).await.unwrap() else {
        panic!("the key is new");
    };
    assert_eq!(store.complete(&ticket, KEEP).await.unwrap(), Held::Yes);
}

/// What some operations took.
#[derive(Default)]
struct Measured {
    operations: u64,
    time: Duration,
    each: Vec<Duration>,
}

impl Measured {
    fn add(&mut self, other: Self) {
        self.operations += other.operations;
        self.time += other.time;
        self.each.extend(other.each);
    }

    fn per_operation(&self) -> f64 {
        self.time.as_secs_f64() / f64::from(u32::try_from(self.operations).unwrap())
    }

    fn print(&self, name: &str, in_flight: usize, floor: &Self) {
        let mut each = self.each.clone();
        each.sort_unstable();
        let p99 = each[each.len() * 99 / 100];
        println!(
            "{name:>24} {in_flight:>11} {:>12.0} {p99:>10.2?} {:>7.2}",
            1.0 / self.per_operation(),
            self.per_operation() / floor.per_operation()
        );
    }
}

/// Has this many callers repeat some work for a while.
async fn measure<F>(
    in_flight: usize,
    operations: u64,
    work: impl Fn() -> F + Send + Sync + 'static,
) -> Measured
where
    F: Future<Output = ()> + Send + 'static,
{
    let work = Arc::new(work);
    let began = Instant::now();
    let callers: Vec<_> = (0..in_flight)
        .map(|_| {
            let work = Arc::clone(&work);
            tokio::spawn(async move {
                let mut each = Vec::new();
                while began.elapsed() < ROUND {
                    let one = Instant::now();
                    work().await;
                    each.push(one.elapsed());
                }
                each
            })
        })
        .collect();
    let mut measured = Measured::default();
    for caller in callers {
        measured.each.extend(caller.await.unwrap());
    }
    measured.time = began.elapsed();
    measured.operations = measured.each.len() as u64 * operations;
    measured
}

/// Whether an operation costs the same with ten times as many ids.
async fn grow(server: &Server) {
    let mut connection = connect(server).await;
    let store = RedisStore::new(connection.clone()).await.unwrap();
    let mut ids = 0;
    for most in [0, MILLION, 10 * MILLION] {
        while ids < most {
            let mut some = redis::pipe();
            for _ in 0..10_000 {
                let mut set = cmd("SET");
                set.arg(store.key_name(&key()))
                    .arg(DONE)
                    .arg("PX")
                    .arg(KEEP.duration().as_secs() * 1000);
                some.add_command(set).ignore();
            }
            ids += 10_000;
            let _: () = some.query_async(&mut connection).await.unwrap();
        }
        let mut measured = Measured::default();
        for _ in 0..ROUNDS {
            let store = store.clone();
            measured.add(measure(64, 2, move || process(store.clone())).await);
        }
        measured.print(&format!("{ids} ids"), 64, &measured);
    }
}

/// What a million completed events take.
async fn size(server: &Server) {
    let mut connection = connect(server).await;
    let _: () = cmd("FLUSHALL").query_async(&mut connection).await.unwrap();
    let before = used(&mut connection).await;
    let store = RedisStore::new(connection.clone()).await.unwrap();
    let left = Arc::new(AtomicU64::new(MILLION));
    let workers: Vec<_> = (0..256)
        .map(|_| {
            let (store, left) = (store.clone(), Arc::clone(&left));
            tokio::spawn(async move {
                let take =
                    || left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
                while take().is_ok() {
                    process(store.clone()).await;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let bytes = used(&mut connection).await - before;
    println!("{:>24} {} bytes an id", "a million ids", bytes / MILLION);
}

async fn used(connection: &mut MultiplexedConnection) -> u64 {
    let info: String = cmd("INFO").arg("memory").query_async(connection).await.unwrap();
    let used = info.lines().find_map(|line| line.strip_prefix("used_memory:"));
    used.unwrap().trim().parse().unwrap()
}

/// Duplicates of one completed event, with a front and without.
async fn duplicates(server: &Server) {
    let store = RedisStore::new(connect(server).await).await.unwrap();
    let tiered = TieredStore::new(store.clone());
    let known = key();
    let Claim::Won(ticket) = tiered.claim(&known, &PRINT, LEASE, KEEP).await.unwrap() else {
        panic!("the key is new");
    };
    tiered.complete(&ticket, KEEP).await.unwrap();
    let asked = measure(1, 1, move || again(store.clone(), known)).await;
    let answered = measure(1, 1, move || again(tiered.clone(), known)).await;
    asked.print("duplicate, asked", 1, &asked);
    answered.print("duplicate, remembered", 1, &asked);
}

async fn again(store: impl Store, key: Key) {
    assert_eq!(store.claim(&key, &PRINT, LEASE, KEEP).await.unwrap(), Claim::Done);
}

/// A new key, spread as a hash's bytes would be.
fn key() -> Key {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut bytes = [0; 32];
    for (part, salt) in bytes.chunks_exact_mut(8).zip(1..) {
        part.copy_from_slice(&(number + salt).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes());
    }
    Key::from_bytes(bytes)
}

/// A completed record with the print, the fence and the end of its lease left empty.
const DONE: &[u8] = b"D\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0";
/// As long as a record.
const RECORD: &[u8] = &[b'x'; 37];
const ROUNDS: usize = 6;
const ROUND: Duration = Duration::from_secs(1);
const MILLION: u64 = 1_000_000;
const PRINT: Fingerprint = Fingerprint::from_bytes([1; 16]);
const LEASE: Lease = Lease::new(Duration::from_secs(60));
const KEEP: Retention = Retention::new(Duration::from_secs(86_400));
