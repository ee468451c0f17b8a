//! What the layers cost over the hash that nobody can do without: one table, measured side by side.
//!
//! The subjects take turns within each round and a ratio is taken within its round, so that a noisy neighbour slows both of its
//! sides. The table holds the medians of all rounds. For a CPU without SHA instructions:
//! `RUSTFLAGS='--cfg sha2_backend="soft"' cargo bench --bench ratios`. For some sizes only: `cargo bench --bench ratios -- 1024`.

mod scene;

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use http::request::Parts;
use tokio::runtime::{Builder, Runtime};
use tower_webhook::provider::{Check, Provider};

use scene::{BareHash, Body, Layered, SIZES};

const ROUNDS: usize = 301;
/// How many bytes one measurement hashes at most. One of small bodies has `EVENTS`: few, so that their heads are still near the
/// processor, as they are when a server has just read them.
const BYTES: usize = 4 << 20;
const EVENTS: usize = 16;

/// Measures one batch of fresh requests; their making is not measured.
type Subject = Box<dyn FnMut(usize, usize) -> Duration>;

fn main() {
    let mut subjects: Vec<(&str, Subject)> = vec![
        ("bare hash", Box::new(bare())),
        ("call, GitHub", Box::new(called())),
        (
            "verify, GitHub",
            Box::new(served(scene::verify_github(), github_events)),
        ),
        (
            "verify, Stripe",
            Box::new(served(scene::verify_stripe(), stripe_events)),
        ),
        (
            "stack, GitHub",
            Box::new(served(scene::stack_github(), github_events)),
        ),
        (
            "stack, Stripe",
            Box::new(served(scene::stack_stripe(), stripe_events)),
        ),
    ];
    let heads: Vec<String> = subjects.iter().map(|(name, _)| format!("{name:>22}")).collect();
    println!("{:>9}{}", "bytes", heads.concat());
    let asked: Vec<usize> = std::env::args().filter_map(|size| size.parse().ok()).collect();
    let all = asked.is_empty();
    for size in SIZES.into_iter().filter(|size| all || asked.contains(size)) {
        println!("{size:>9}{}", row(&mut subjects, size));
    }
}

/// A size's row: each subject's median time per event and its ratio to the first one's.
fn row(subjects: &mut [(&str, Subject)], size: usize) -> String {
    let events = (BYTES / size).clamp(4, EVENTS);
    let mut times = vec![Vec::new(); subjects.len()];
    for round in 0..ROUNDS {
        for turn in 0..subjects.len() {
            let index = (round + turn) % subjects.len();
            let time = subjects[index].1(size, events);
            times[index].push(time.as_secs_f64() * 1e6 / events as f64);
        }
    }
    let bare = times[0].clone();
    let cells = times.into_iter().map(|times| {
        let ratios = times.iter().zip(&bare).map(|(time, bare)| time / bare).collect();
        format!("{:>12.2} µs {:>6.2}", median(times), median(ratios))
    });
    cells.collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn bare() -> impl FnMut(usize, usize) -> Duration {
    let hash = BareHash::new();
    move |size, events| {
        let (body, signature) = (vec![b'x'; size], [0; 32]);
        let start = Instant::now();
        for _ in 0..events {
            black_box(hash.verify(black_box(&body), &signature));
        }
        start.elapsed()
    }
}

/// The check that a layer makes, without the layer: head, body, verdict.
fn called() -> impl FnMut(usize, usize) -> Duration {
    let (runtime, sender) = (runtime(), scene::github_sender());
    move |size, events| {
        let requests = github_events(size, events).into_iter().map(Request::into_parts);
        let requests = requests.map(|(head, body)| (head, body.into_inner().expect("a body")));
        let requests: Vec<(Parts, Bytes)> = requests.collect();
        runtime.block_on(async {
            let start = Instant::now();
            for (head, body) in &requests {
                let mut check = sender.begin(head, None).await.expect("the head is whole");
                check.update(body);
                black_box(check.finish(body).await.expect("the signature is genuine"));
            }
            start.elapsed()
        })
    }
}

fn served(
    service: impl Layered,
    requests: fn(usize, usize) -> Vec<Request<Body>>,
) -> impl FnMut(usize, usize) -> Duration {
    let (runtime, mut service) = (runtime(), service);
    move |size, events| {
        let requests = requests(size, events);
        runtime.block_on(async {
            let start = Instant::now();
            for request in requests {
                let answer = service.call(request).await.expect("the handler doesn't fail");
                assert!(answer.status().is_success(), "a delivery was refused");
            }
            start.elapsed()
        })
    }
}

fn github_events(size: usize, events: usize) -> Vec<Request<Body>> {
    let signed = scene::github_event(size);
    (0..events).map(|_| scene::under_new_id(&signed)).collect()
}

fn stripe_events(size: usize, events: usize) -> Vec<Request<Body>> {
    (0..events).map(|_| scene::stripe_event(size)).collect()
}

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime starts")
}
