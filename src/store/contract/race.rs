//! Checks with sixteen callers at once.

use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::JoinHandle;

use super::scene::{PRINT, RACERS, Scene, Span, answer};
use crate::store::{Claim, Store, Ticket};
use crate::verified::Key;

/// How often each race is run.
const ROUNDS: u32 = 20;

pub(super) async fn check<S: Store>(scene: &Scene<'_, S>) {
    for _ in 0..ROUNDS {
        let key = scene.key();
        let fresh = race(scene, &key, "that nobody has used").await;
        scene.release(&fresh).await;

        let released = race(scene, &key, "that was released").await;
        rises(&fresh, &released);
        scene.renew(&released, Span::Short).await;
        scene.pass().await;

        let expired = race(scene, &key, "whose lease is over").await;
        rises(&released, &expired);
    }
}

/// Has all handles claim one key at the same moment and gives the only winner's ticket.
async fn race<S: Store>(scene: &Scene<'_, S>, key: &Key, when: &str) -> Ticket {
    let mut winner = None;
    for racer in start(scene, *key) {
        let claim = racer
            .await
            .unwrap_or_else(|error| panic!("a claim panicked: {error}"));
        match claim {
            Claim::Won(ticket) => {
                assert!(
                    winner.is_none(),
                    "rule 1: of {RACERS} callers that claim a key {when}, two have won"
                );
                winner = Some(ticket);
            }
            Claim::InFlight { .. } => {}
            other => panic!("rule 1: the losers of a race find a claim in flight; one was told {other:?}"),
        }
    }
    winner.unwrap_or_else(|| panic!("rule 1: of {RACERS} callers that claim a key {when}, none has won"))
}

fn start<S: Store>(scene: &Scene<'_, S>, key: Key) -> Vec<JoinHandle<Claim>> {
    let barrier = Arc::new(Barrier::new(RACERS));
    let (lease, keep) = (scene.lease(Span::Long), scene.keep(Span::Long));
    let racers = scene.handles().iter().cloned().map(|handle| {
        let barrier = Arc::clone(&barrier);
        tokio::spawn(async move {
            barrier.wait().await;
            answer("claim", handle.claim(&key, &PRINT, lease, keep).await)
        })
    });
    racers.collect()
}

fn rises(before: &Ticket, after: &Ticket) {
    assert!(
        after.fence() > before.fence(),
        "rule 2: the winner of a race carries a higher fence than the last one"
    );
    assert_eq!(
        after.attempt(),
        before.attempt() + 1,
        "rule 3: a race won is one more attempt"
    );
}
