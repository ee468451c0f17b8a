//! A runtime that ends while handlers, renewals and those who wait for them are tasks of it.

use std::time::Duration;

use tokio::task::{JoinHandle, yield_now};
use tokio::time::advance;
use tower_webhook::InFlight;

use crate::cut::{cut, for_each_cut, on_a_runtime};
use crate::scene::{Endpoint, LEASE, Scene, request};

/// The clock, and the others' turns: one for each wait between two moments.
const STEP: usize = 1 + TURNS;
const TURNS: usize = 6;

/// Moves the time on by such steps until these calls have come to their end.
async fn until_answered(calls: Vec<JoinHandle<u16>>, tick: Duration) {
    for _ in 0..2 * TURNS {
        yield_now().await;
    }
    while calls.iter().any(|call| !call.is_finished()) {
        advance(tick).await;
        for _ in 0..TURNS {
            yield_now().await;
        }
    }
}

/// What is left in a process that begins after it: the claim runs on, and then the event is run once more, unless it was done.
fn the_event_comes_back(endpoint: &Endpoint, polls: usize) {
    let scene = &endpoint.scene;
    on_a_runtime(async {
        let wins = || scene.count(|state| &state.wins);
        let completed = || scene.count(|state| &state.completed);
        let (won, done) = (wins(), completed());
        assert_eq!(scene.count(|state| &state.released), 0, "after {polls} polls");
        assert!(
            scene.ended().len() >= done,
            "it was done without a run after {polls} polls"
        );
        let counts = endpoint.counts().await;
        assert_eq!(counts.completed, u64::try_from(done).unwrap());
        assert_eq!(counts.claimed, u64::try_from(won - done).unwrap());
        scene.state().time.advance(LEASE);
        assert_eq!(endpoint.send().await, 200, "after {polls} polls");
        assert_eq!(wins(), won + 1 - done, "after {polls} polls");
        assert_eq!(completed(), 1, "after {polls} polls");
        let counts = endpoint.counts().await;
        assert_eq!((counts.claimed, counts.completed), (0, 1), "after {polls} polls");
    });
}

#[test]
fn t169_a_runtime_that_ends_anywhere_beside_a_renewal_leaves_the_event_to_the_lease() {
    // Renewed at 20, 40 and 60 of 70 seconds.
    let (takes, tick) = (Duration::from_secs(70), Duration::from_secs(5));
    for_each_cut(2 * TURNS + 14 * STEP, |polls| {
        let endpoint = Scene::lasting(takes, &[]).endpoint();
        let whole = on_a_runtime(cut(
            async {
                let call = tokio::spawn(endpoint.call(request()));
                until_answered(vec![call], tick).await;
            },
            polls,
        ));
        if whole.is_some() {
            assert_eq!(endpoint.scene.count(|state| &state.renewed), 3);
        }
        the_event_comes_back(&endpoint, polls);
        whole.is_some()
    });
}

#[test]
fn t169_a_runtime_that_ends_anywhere_beside_a_waiting_duplicate_leaves_the_event_to_the_lease() {
    // It looks 1175 ms after it has begun, when the handler has ended.
    let (takes, tick) = (Duration::from_secs(1), Duration::from_millis(50));
    let waits = InFlight::Wait(Duration::from_secs(10));
    for_each_cut(2 * TURNS + 24 * STEP, |polls| {
        let scene = Scene::lasting(takes, &[]);
        let endpoint = scene.endpoint_with(|dedup| dedup.in_flight(waits));
        let whole = on_a_runtime(cut(
            async {
                let call = || tokio::spawn(endpoint.call(request()));
                until_answered(vec![call(), call()], tick).await;
            },
            polls,
        ));
        if whole.is_some() {
            assert_eq!(scene.begun().len(), 1);
        }
        the_event_comes_back(&endpoint, polls);
        whole.is_some()
    });
}
