//! What the layers cost over the hash that nobody can do without: one table, measured side by side.
//!
//! The subjects take turns within each round and a ratio is taken within its round, so that a noisy neighbour slows both of its
//! sides. The table holds the medians of all rounds, and the quartiles of the ratios. For a CPU without SHA instructions:
//! `RUSTFLAGS='--cfg sha2_backend="soft"' cargo bench --bench ratios`. For some sizes only: `cargo bench --bench ratios -- 1024`.
//! `cargo bench --bench ratios -- hold` fails when a ratio is above what `MOST` gives it; `-- profile 1024` handles as many deliveries
//! to GitHub as `benches/profile` counts the instructions of.

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
/// How many deliveries a profile is made of.
const PROFILED: usize = 2_000;
/// What each subject may take of the bare hash, at sizes where that weighs most, with SHA instructions and with room for noise. At
/// smaller ones the ratio depends on how fast the CPU hashes.
const MOST: [(usize, &[(&str, f64)]); 2] = [
    (
        16_384,
        &[
            ("call, GitHub", 1.3),
            ("verify, GitHub", 1.4),
            ("stack, GitHub", 1.7),
        ],
    ),
    (
        1 << 20,
        &[
            ("call, GitHub", 1.2),
            ("verify, GitHub", 1.25),
            ("stack, GitHub", 1.25),
        ],
    ),
];

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
    let is_asked = |word: &str| std::env::args().any(|argument| argument == word);
    if is_asked("hold") {
        return hold(&mut subjects);
    }
    let asked: Vec<usize> = std::env::args().filter_map(|size| size.parse().ok()).collect();
    if is_asked("profile") {
        served(scene::stack_github(), github_events)(asked[0], PROFILED);
        return;
    }
    let all = asked.is_empty();
    println!(
        "{:>9}  {:<16}{:>14}{:>8}  quartiles",
        "bytes", "", "median", "ratio"
    );
    for size in SIZES.into_iter().filter(|size| all || asked.contains(size)) {
        rows(&mut subjects, size);
    }
}

/// Measures what has a limit, and fails where it is above.
fn hold(subjects: &mut [(&str, Subject)]) {
    for (size, limits) in MOST {
        let ratios = rows(subjects, size);
        for (name, limit) in limits {
            let (_, ratio) = ratios
                .iter()
                .find(|(subject, _)| subject == name)
                .expect("it is measured");
            assert!(
                ratio <= limit,
                "{name} takes {ratio:.2} of the bare hash at {size} bytes, and may take {limit}"
            );
        }
    }
}

/// Prints a size's rows: each subject's median time per event and its ratio to the first one's, which is answered.
fn rows<'a>(subjects: &mut [(&'a str, Subject)], size: usize) -> Vec<(&'a str, f64)> {
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
    let rows = times.into_iter().zip(subjects).map(|(times, (name, _))| {
        let ratios = times.iter().zip(&bare).map(|(time, bare)| time / bare).collect();
        let ([lower, ratio, upper], [_, time, _]) = (quartiles(ratios), quartiles(times));
        println!("{size:>9}  {name:<16}{time:>11.2} µs{ratio:>8.2}  {lower:.2} to {upper:.2}");
        (*name, ratio)
    });
    rows.collect()
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
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
        timed(&runtime, async {
            for (head, body) in &requests {
                let mut check = sender.begin(head, None).await.expect("the head is whole");
                check.update(body);
                black_box(check.finish(body).await.expect("the signature is genuine"));
            }
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
        timed(&runtime, async {
            for request in requests {
                let answer = service.call(request).await.expect("the handler doesn't fail");
                assert!(answer.status().is_success(), "a delivery was refused");
            }
        })
    }
}

/// A function of its own, so that a profile is of what is measured alone.
#[inline(never)]
fn timed(runtime: &Runtime, work: impl Future<Output = ()>) -> Duration {
    let start = Instant::now();
    runtime.block_on(work);
    start.elapsed()
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
