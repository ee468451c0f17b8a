//! Two processes that receive one event: its handlers, their renewals and their rivals, in the orders that shuttle makes up.
//!
//! What must hold at each step stands in the ledger.

use std::time::Duration;

use shuttle::rand::{Rng, thread_rng};
use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::{Config, MaxSteps, Runner};
use tower_webhook::Outcome::{self, Done, Permanent, Retry};
use tower_webhook_interleavings::endpoint::{Scene, Work};

use tower_webhook_interleavings::remote::Ways;
use tower_webhook_interleavings::tended::LEASE;

const ORDERS: usize = 5_000;

/// No order that ends takes as many.
const STEPS: MaxSteps = MaxSteps::FailAfter(50_000);

/// Random orders, and such with few but awkward changes of task.
fn check(model: impl Fn() + Send + Sync + Copy + 'static) {
    let mut config = Config::new();
    config.max_steps = STEPS;
    Runner::new(RandomScheduler::new(ORDERS), config.clone()).run(model);
    Runner::new(PctScheduler::new(3, ORDERS), config).run(model);
}

/// How long the store may take for an answer: less than until the next renewal, or more than the lease.
fn any_limit() -> Duration {
    [LEASE / 30, LEASE * 2][thread_rng().gen_range(0..2)]
}

/// Up to two leases and a half.
fn takes_a_while(outcome: Outcome) -> Work {
    let takes = Duration::from_secs(thread_rng().gen_range(0..150));
    Work {
        takes: Some(takes),
        outcome,
    }
}

/// How many runs count when both processes are done.
fn run_both(scene: &Scene, work: impl Fn(u32) -> Work + Copy + Send + Sync + 'static) -> usize {
    scene.receive(work);
    scene.receive(work);
    scene.pass();
    scene.remote.ledger.close()
}

#[test]
fn a_claim_is_kept_for_as_long_as_its_handler_takes() {
    check(|| {
        let mut scene = Scene::new(any_limit());
        scene.remote.to_claim.slow = 20;
        let counted = run_both(&scene, |_| takes_a_while(Done));
        assert_eq!(counted, 1);
    });
}

/// The first attempt goes on for as long as it can, so that the event is never done unless it hears.
#[test]
fn a_handler_hears_that_its_renewals_come_to_nothing() {
    check(|| {
        let mut scene = Scene::new(any_limit());
        let (slow, failing) = (thread_rng().gen_range(0..50), thread_rng().gen_range(0..50));
        let silent = 100 - slow - failing;
        scene.remote.to_renew = Ways {
            slow,
            failing,
            silent,
        };
        let counted = run_both(&scene, |attempt| match attempt {
            1 => Work {
                takes: None,
                outcome: Retry,
            },
            _ => takes_a_while(Done),
        });
        assert_eq!(counted, 1);
    });
}

/// The sender hears of a success that the store did not take, so that none counts when it never does.
#[test]
fn a_completion_that_fails_is_tried_again_until_the_lease_ends() {
    check(|| {
        let mut scene = Scene::new(any_limit());
        scene.remote.to_settle = Ways {
            slow: 10,
            failing: 60,
            silent: 10,
        };
        let counted = run_both(&scene, |_| takes_a_while(Done));
        assert!(counted <= 1);
    });
}

/// The first dead letter's hook panics, so that its claim is dropped.
#[test]
fn a_claim_that_is_dropped_is_released_once() {
    check(|| {
        let mut scene = Scene::new(any_limit());
        scene.remote.to_claim.slow = 20;
        let counted = run_both(&scene, |_| takes_a_while(Permanent));
        assert_eq!(counted, 1);
    });
}

#[test]
fn whatever_the_store_does_at_most_one_run_counts() {
    check(|| {
        let mut scene = Scene::new(any_limit());
        let ways = Ways {
            slow: 20,
            failing: 20,
            silent: 10,
        };
        scene.remote.to_claim = ways;
        scene.remote.to_renew = ways;
        scene.remote.to_settle = ways;
        let counted = run_both(&scene, |_| {
            takes_a_while([Done, Retry, Permanent][thread_rng().gen_range(0..3)])
        });
        assert!(counted <= 1);
    });
}
