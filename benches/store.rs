//! What the memory store costs while it remembers many events: time, memory, and the longest that one claim takes.
//!
//! A million, or as many as is said: `cargo bench --bench store -- 10000000`.
//!
//! Others that use the machine can only add to a time. So a time is one that a tenth of many batches keep within, and for the
//! longest claim those don't count during which the system gave the processor to somebody else.

use std::future::Future;
use std::hint::black_box;
use std::ops::RangeFrom;
use std::pin::pin;
use std::sync::Barrier;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use tower_webhook::store::{Claim, Lease, ManualTime, MemoryStore, Retention, Store, Ticket};
use tower_webhook::{Fingerprint, Key};

const BATCHES: usize = 4000;
/// As many claims as a busy server has under way.
const BATCH: usize = 64;
/// How many a thread processes beside others.
const EVENTS: usize = 2_000;
const REPETITIONS: usize = 5;
/// So few that most are over before somebody interrupts.
const WATCHED: usize = 200;
const LEASE: Lease = Lease::new(Duration::from_secs(60));
const KEEP: Retention = Retention::new(Duration::from_secs(3600));

fn main() {
    let number = std::env::args().find_map(|argument| argument.parse().ok());
    let events: usize = number.unwrap_or(1_000_000);
    println!("{events} events");
    let mut ids = 0..;
    let before = resident_bytes();
    let (roomy, _) = remembering(events, 4 * events, &ManualTime::default(), &mut ids);
    if let Some((before, after)) = before.zip(resident_bytes()) {
        println!(
            "bytes a completed event        {}",
            after.saturating_sub(before) / events
        );
    }
    let (another, _) = remembering(events, 4 * events, &ManualTime::default(), &mut ids);
    let (full, _) = remembering(events, events, &ManualTime::default(), &mut ids);
    for (name, store) in [("with room", &roomy), ("at its capacity", &full)] {
        println!("a store {name}");
        print_steps(store, &mut ids);
    }
    println!("two threads, and how much more than one of them does");
    for (name, store, other) in [
        ("a store with room", &roomy, &roomy),
        ("a store at its capacity", &full, &full),
        ("a store for each thread", &roomy, &another),
    ] {
        print_scaling(name, [store, other], &mut ids);
    }
    drop((roomy, another, full));
    println!("longest claim");
    println!(
        "  while they come          {:>8.0?}",
        longest(|| longest_while_filling(events, &mut ids))
    );
    println!(
        "  while they are all over {:>8.0?}",
        longest(|| longest_while_emptying(events, &mut ids))
    );
}

/// A store with this many completed events, and how long the longest claim of them took.
fn remembering(
    events: usize,
    capacity: usize,
    time: &ManualTime,
    ids: &mut RangeFrom<u64>,
) -> (MemoryStore, Duration) {
    let builder = MemoryStore::builder().capacity(capacity).clock(time.clone());
    let store = builder.build().expect("the capacity is not zero");
    let longest = longest_of(events, &store, ids);
    (store, longest)
}

/// Processes new events; answers how long the longest claim took, of those that nobody interrupted.
fn longest_of(events: usize, store: &MemoryStore, ids: &mut RangeFrom<u64>) -> Duration {
    let mut longest = Duration::ZERO;
    for _ in 0..events.div_ceil(WATCHED) {
        let before = interruptions();
        let claims = ids.take(WATCHED).map(|id| {
            let start = Instant::now();
            let ticket = win(store, id);
            let took = start.elapsed();
            complete(store, &ticket);
            took
        });
        let took = claims.max().unwrap_or_default();
        if interruptions() == before {
            longest = longest.max(took);
        }
    }
    longest
}

fn longest_while_filling(events: usize, ids: &mut RangeFrom<u64>) -> Duration {
    remembering(events, events, &ManualTime::default(), ids).1
}

/// The longest of the claims that come when all that the store remembers is over at once.
fn longest_while_emptying(events: usize, ids: &mut RangeFrom<u64>) -> Duration {
    let time = ManualTime::default();
    let (store, _) = remembering(events, 2 * events, &time, ids);
    time.advance(KEEP.duration());
    longest_of(events, &store, ids)
}

/// Prints what each step takes, on one thread.
fn print_steps(store: &MemoryStore, ids: &mut RangeFrom<u64>) {
    let (mut claims, mut completions, mut duplicates) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..BATCHES {
        let batch: Vec<u64> = ids.take(BATCH).collect();
        let start = Instant::now();
        let tickets: Vec<Ticket> = batch.iter().map(|id| win(store, *id)).collect();
        claims.push(start.elapsed());
        let start = Instant::now();
        tickets.iter().for_each(|ticket| complete(store, ticket));
        completions.push(start.elapsed());
        let start = Instant::now();
        batch
            .iter()
            .for_each(|id| assert_eq!(claim(store, *id), Claim::Done));
        duplicates.push(start.elapsed());
    }
    for (name, mut times) in [
        ("claim", claims),
        ("complete", completions),
        ("duplicate", duplicates),
    ] {
        let (quick, median) = (quick(&mut times), median(&times));
        let [quick, median] = [quick, median].map(|time| time.as_secs_f64() * 1e9 / BATCH as f64);
        println!("  {name:<10} {quick:>6.0} ns, median {median:.0}");
    }
}

/// Prints how many events two threads process on these stores, and how many times what one does on one after the other.
fn print_scaling(name: &str, stores: [&MemoryStore; 2], ids: &mut RangeFrom<u64>) {
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for _ in 0..100 {
        alone.push(process(&stores[..1], ids) + process(&stores[1..], ids));
        together.push(process(&stores, ids));
    }
    let ratio = quick(&mut alone).as_secs_f64() / quick(&mut together).as_secs_f64();
    let middle = median(&alone).as_secs_f64() / median(&together).as_secs_f64();
    let rates =
        [alone, together].map(|times| 2.0 * EVENTS as f64 / times[times.len() / 10].as_secs_f64() / 1e6);
    println!(
        "  {name:<24} {:.2} and {:.2} million events a second  {ratio:.2} ×, median {middle:.2} ×",
        rates[0], rates[1]
    );
}

/// How long a thread for each of the stores takes for its share of events.
fn process(stores: &[&MemoryStore], ids: &mut RangeFrom<u64>) -> Duration {
    let barrier = &Barrier::new(stores.len());
    let shares: Vec<(&MemoryStore, Vec<u64>)> = stores
        .iter()
        .map(|store| (*store, ids.take(EVENTS).collect()))
        .collect();
    thread::scope(|scope| {
        let workers = shares.iter().map(|(store, share)| {
            scope.spawn(move || {
                barrier.wait();
                let start = Instant::now();
                for id in share {
                    complete(store, &win(store, *id));
                }
                start.elapsed()
            })
        });
        let workers: Vec<_> = workers.collect();
        let times = workers
            .into_iter()
            .map(|worker| worker.join().expect("a worker ends"));
        times.max().unwrap_or_default()
    })
}

fn win(store: &MemoryStore, id: u64) -> Ticket {
    match claim(store, id) {
        Claim::Won(ticket) => ticket,
        other => panic!("event {id} is new: {other:?}"),
    }
}

fn claim(store: &MemoryStore, id: u64) -> Claim {
    let (key, print) = (key(id), Fingerprint::from_bytes([1; 16]));
    at_once(store.claim(&key, &print, LEASE, KEEP)).expect("the memory store has room")
}

fn complete(store: &MemoryStore, ticket: &Ticket) {
    black_box(at_once(store.complete(ticket, KEEP)).expect("the memory store answers"));
}

fn key(id: u64) -> Key {
    let mut bytes = [0; 32];
    // Spread as a hash's bytes would be.
    for (part, salt) in bytes.chunks_exact_mut(8).zip(1..) {
        part.copy_from_slice(&(id + salt).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes());
    }
    Key::from_bytes(bytes)
}

/// What a memory store answers, which never makes its caller wait.
fn at_once<T>(answer: impl Future<Output = T>) -> T {
    match pin!(answer).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => unreachable!("a memory store answers at once"),
    }
}

/// The time that a tenth of the batches keep within; sorts them.
fn quick(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 10]
}

/// Of times that are sorted.
fn median(times: &[Duration]) -> Duration {
    times[times.len() / 2]
}

/// The longest of several repetitions, since in each some claims don't count.
fn longest(mut measure: impl FnMut() -> Duration) -> Duration {
    let times = (0..REPETITIONS).map(|_| measure());
    times.max().unwrap_or_default()
}

/// How often this thread had to wait for the processor, where the system tells.
fn interruptions() -> Option<String> {
    let status = std::fs::read_to_string("/proc/thread-self/status").ok()?;
    let line = status
        .lines()
        .find(|line| line.starts_with("nonvoluntary_ctxt_switches"))?;
    Some(line.to_owned())
}

/// The memory this process holds, where the system tells.
fn resident_bytes() -> Option<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = statm.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}
