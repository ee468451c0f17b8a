//! What a claim costs in the memory store while a million ids are alive.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tokio::runtime::{Builder, Runtime};

use tower_webhook::store::{Claim, Lease, MemoryStore, Retention, Store};
use tower_webhook::{Fingerprint, Key};

const IDS: u64 = 1_000_000;
const LEASE: Lease = Lease::new(Duration::from_secs(60));
const KEEP: Retention = Retention::new(Duration::from_secs(3600));

/// Where the next new id comes from, so that no two measurements share one.
static NEXT: AtomicU64 = AtomicU64::new(0);

fn key(number: u64) -> Key {
    let mut bytes = [0; 32];
    // Spread as a hash's bytes would be.
    for (part, salt) in bytes.chunks_exact_mut(8).zip(1..) {
        part.copy_from_slice(&(number + salt).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes());
    }
    Key::from_bytes(bytes)
}

async fn claim(store: &MemoryStore, number: u64) -> Claim {
    let (key, print) = (key(number), Fingerprint::from_bytes([1; 16]));
    store
        .claim(&key, &print, LEASE, KEEP)
        .await
        .expect("the memory store has room")
}

async fn process(store: &MemoryStore, events: u64) {
    for _ in 0..events {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        if let Claim::Won(ticket) = claim(store, number).await {
            black_box(
                store
                    .complete(&ticket, KEEP)
                    .await
                    .expect("the memory store answers"),
            );
        }
    }
}

/// The memory this process holds, where the system tells.
fn resident_bytes() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

fn runtime(threads: usize) -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(threads)
        .build()
        .expect("a runtime starts")
}

/// A store at its capacity, so that each new event also makes an old one leave.
fn full_store() -> MemoryStore {
    let store = MemoryStore::default();
    let before = resident_bytes();
    let start = Instant::now();
    let mut slowest = Duration::ZERO;
    runtime(1).block_on(async {
        for _ in 0..IDS {
            let event = Instant::now();
            process(&store, 1).await;
            slowest = slowest.max(event.elapsed());
        }
    });
    println!(
        "{} ids in {:?}, the slowest in {slowest:?}",
        store.len(),
        start.elapsed()
    );
    if let Some((before, after)) = before.zip(resident_bytes()) {
        println!("{} bytes per completed id", after.saturating_sub(before) / IDS);
    }
    store
}

fn throughput(criterion: &mut Criterion) {
    let store = full_store();
    let mut group = criterion.benchmark_group("memory store, a million ids");
    group.throughput(Throughput::Elements(1)).sample_size(20);
    for threads in [1, 2] {
        let runtime = runtime(threads);
        group.bench_function(format!("claim and complete, {threads} threads"), |bencher| {
            bencher.iter_custom(|events| {
                let share = events.div_ceil(threads as u64);
                let start = Instant::now();
                runtime.block_on(async {
                    let workers: Vec<_> = (0..threads).map(|_| work(&store, share)).collect();
                    for worker in workers {
                        worker.await.expect("a worker ends");
                    }
                });
                start.elapsed()
            });
        });
    }
    group.bench_function("duplicate, 1 thread", |bencher| {
        let runtime = runtime(1);
        let known = NEXT.load(Ordering::Relaxed) - 1;
        bencher.iter(|| runtime.block_on(claim(&store, black_box(known))));
    });
    group.finish();
}

fn work(store: &MemoryStore, events: u64) -> tokio::task::JoinHandle<()> {
    let store = store.clone();
    tokio::spawn(async move { process(&store, events).await })
}

criterion_group!(benches, throughput);
criterion_main!(benches);
