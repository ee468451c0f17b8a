//! Threads on one memory store, in the orders that shuttle makes up.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use shuttle::rand::{Rng, thread_rng};
use shuttle::sync::Mutex as Lock;
use shuttle::{check_pct, check_random, thread};
use tower_webhook::store::{Claim, Held};
use tower_webhook_interleavings::memory::{LEASE, Scene};

const ORDERS: usize = 20_000;

/// Random orders, and such with few but awkward changes of thread.
fn check(model: impl Fn() + Send + Sync + Copy + 'static) {
    check_random(model, ORDERS);
    check_pct(model, ORDERS, 3);
}

fn in_parallel(count: usize, work: impl Fn(usize) + Send + Sync + 'static) {
    let work = Arc::new(work);
    let threads: Vec<_> = (0..count)
        .map(|number| {
            let work = Arc::clone(&work);
            thread::spawn(move || work(number))
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().expect("its assertions hold"));
}

/// The control: who looks and then acts is found out, by the same orders.
#[test]
#[should_panic(expected = "two won")]
fn a_claim_in_two_steps_is_found_out() {
    check(|| {
        let (taken, wins) = (Arc::new(Lock::new(false)), Arc::new(AtomicU32::new(0)));
        let all = Arc::clone(&wins);
        in_parallel(2, move |_| {
            let is_free = !*taken.lock().expect("nobody panics");
            if is_free {
                *taken.lock().expect("nobody panics") = true;
                wins.fetch_add(1, Ordering::SeqCst);
            }
        });
        assert!(all.load(Ordering::SeqCst) == 1, "two won");
    });
}

#[test]
fn one_of_three_claims_wins() {
    check(|| {
        let scene = Scene::new(8);
        let claims = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&claims);
        in_parallel(3, move |_| {
            let claim = scene.claim(1).expect("there is room");
            claims.lock().expect("nobody panics").push(claim);
        });
        let claims = all.lock().expect("nobody panics");
        let won = claims.iter().filter(|claim| matches!(claim, Claim::Won(_)));
        assert_eq!(won.count(), 1);
        let busy = claims
            .iter()
            .filter(|claim| matches!(claim, Claim::InFlight { .. }));
        assert_eq!(busy.count(), 2);
    });
}

/// A holder renews while its lease ends and a rival claims: only one of them completes the event.
#[test]
fn a_renewal_and_a_rival_never_both_hold() {
    check(|| {
        let scene = Scene::new(8);
        let Some(Claim::Won(first)) = scene.claim(1) else {
            panic!("nobody else is there")
        };
        let completed = Arc::new(AtomicU32::new(0));
        let all = Arc::clone(&completed);
        let own = scene.clone();
        in_parallel(3, move |number| match number {
            0 => {
                let renewed = own.renew(&first);
                let held = own.complete(&first);
                assert!(
                    renewed == Held::Yes || held == Held::Lost,
                    "what is lost stays lost"
                );
                completed.fetch_add(u32::from(held == Held::Yes), Ordering::SeqCst);
            }
            1 => own.time.advance(LEASE),
            _ => match own.claim(1).expect("there is room") {
                Claim::Won(second) => {
                    assert!(second.fence() > first.fence() && second.attempt() == 2);
                    let held = own.complete(&second);
                    assert_eq!(held, Held::Yes, "the newest ticket holds");
                    completed.fetch_add(1, Ordering::SeqCst);
                }
                Claim::InFlight { .. } | Claim::Done => {}
                Claim::Conflict => panic!("the content is the same"),
            },
        });
        assert_eq!(all.load(Ordering::SeqCst), 1, "one run counts");
        assert_eq!(scene.claim(1), Some(Claim::Done));
    });
}

/// A completion that is called again, since its answer was lost, while others claim and an operator forgets.
#[test]
fn a_completion_repeated_beside_an_operator_leaves_one_record_or_none() {
    check(|| {
        let scene = Scene::new(8);
        let Some(Claim::Won(ticket)) = scene.claim(1) else {
            panic!("nobody else is there")
        };
        let own = scene.clone();
        in_parallel(3, move |number| match number {
            0 => {
                let held = [own.complete(&ticket), own.complete(&ticket)];
                assert_ne!(held, [Held::Lost, Held::Yes], "what is lost stays lost");
            }
            1 => {
                own.forget(1);
            }
            _ => {
                own.claim(1);
            }
        });
        assert_eq!(scene.store.len() as u64, scene.counted());
        assert!(scene.store.len() <= 1);
    });
}

#[test]
fn the_count_is_right_and_within_the_capacity_whatever_happens() {
    check(|| whatever_happens(2));
}

/// The keys of a store this large have one of two locks.
#[test]
fn the_count_is_right_where_keys_are_divided() {
    check(|| whatever_happens(30_000));
}

/// Four events, of which any may be claimed, settled, forgotten or over at any time.
fn whatever_happens(capacity: usize) {
    let scene = Scene::new(capacity);
    let (own, fences) = (scene.clone(), Arc::new(Mutex::new(BTreeSet::new())));
    in_parallel(3, move |_| {
        for _ in 0..3 {
            let event = thread_rng().gen_range(0..4);
            match own.claim(event) {
                Some(Claim::Won(ticket)) => {
                    let is_new = fences
                        .lock()
                        .expect("nobody panics")
                        .insert((event, ticket.fence()));
                    assert!(is_new, "each win of an event has a fence of its own");
                    match thread_rng().gen_range(0..4) {
                        0 => drop(own.complete(&ticket)),
                        1 => drop(own.release(&ticket)),
                        2 => own.time.advance(LEASE),
                        _ => drop(own.forget(event)),
                    }
                }
                None => drop(own.purge()),
                Some(_) => {}
            }
            assert!(own.store.len() <= capacity, "beyond the capacity");
        }
    });
    assert_eq!(
        scene.store.len() as u64,
        scene.counted(),
        "no record is counted twice or not at all"
    );
    assert!(scene.store.len() <= capacity.min(4));
}
