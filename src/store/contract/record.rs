//! Checks of what a record remembers, of whom, and for how long.

use super::scene::{OTHER_PRINT, PRINT, Scene, Span, answer};
use crate::store::{Claim, Held, Store};
use crate::verified::Key;

pub(super) async fn check<S: Store>(scene: &Scene<'_, S>) {
    handles_share_records(scene).await;
    completed_stays_done(scene).await;
    lease_is_kept(scene).await;
    conflict_is_seen_in_each_state(scene).await;
    retention_resets_attempts(scene).await;
    forgotten_is_free(scene).await;
}

async fn handles_share_records<S: Store>(scene: &Scene<'_, S>) {
    let key = scene.key();
    scene.win(&key, Span::Long, "that nobody has used").await;
    for handle in scene.handles() {
        let claim = handle.claim(&key, &PRINT, scene.lease(Span::Long), scene.keep(Span::Long));
        let claim = answer("claim", claim.await);
        assert!(
            matches!(claim, Claim::InFlight { .. }),
            "rule 1: a claimed key is in flight for every handle; one answered {claim:?}. \
             Each call of `connect` must give a handle on the same records",
        );
    }
}

async fn completed_stays_done<S: Store>(scene: &Scene<'_, S>) {
    let key = scene.key();
    let ticket = scene.win(&key, Span::Short, "that nobody has used").await;
    let held = scene.complete(&ticket, Span::Long).await;
    assert_eq!(
        held,
        Held::Yes,
        "the newest ticket of a claim in flight completes it"
    );
    scene.pass().await;
    let claim = scene.claim(&key, Span::Long).await;
    assert_eq!(
        claim,
        Claim::Done,
        "rule 3: a completed event stays done until its retention is over"
    );
}

/// A lease counts from the store's own clock, keeps others out while it runs and lets them in when it is over.
async fn lease_is_kept<S: Store>(scene: &Scene<'_, S>) {
    let key = scene.key();
    let ticket = scene.win(&key, Span::Short, "that nobody has used").await;
    scene.pass().await;
    let held = scene.renew(&ticket, Span::Long).await;
    assert_eq!(
        held,
        Held::Yes,
        "a lease that ended can be renewed while nobody else has claimed the key"
    );
    scene.pass().await;
    match scene.claim(&key, Span::Long).await {
        Claim::InFlight { retry_after } => assert!(
            retry_after <= scene.lease(Span::Long).duration(),
            "rule 5: retry_after is what the lease still has, never more than the lease itself: {retry_after:?}",
        ),
        other => panic!("rule 5: a renewed lease runs anew from the renewal; a claim answered {other:?}"),
    }
    scene.renew(&ticket, Span::Short).await;
    scene.pass().await;
    let next = scene.win(&key, Span::Long, "whose lease is over").await;
    assert_eq!(
        next.attempt(),
        2,
        "rule 3: a record outlives its lease, so this is the second attempt"
    );
}

async fn conflict_is_seen_in_each_state<S: Store>(scene: &Scene<'_, S>) {
    let key = scene.key();
    let first = scene.win(&key, Span::Long, "that nobody has used").await;
    contradict(scene, &key, "in flight").await;
    scene.release(&first).await;
    contradict(scene, &key, "released").await;
    let second = scene.win(&key, Span::Short, "that was released").await;
    scene.pass().await;
    contradict(scene, &key, "whose lease is over").await;
    let held = scene.complete(&second, Span::Long).await;
    assert_eq!(
        held,
        Held::Yes,
        "rule 4: a conflict changes nothing, so the newest ticket still completes"
    );
    contradict(scene, &key, "completed").await;
    let claim = scene.claim(&key, Span::Long).await;
    assert_eq!(
        claim,
        Claim::Done,
        "rule 4: a conflict changes nothing, so the event is still done"
    );
}

async fn contradict<S: Store>(scene: &Scene<'_, S>, key: &Key, state: &str) {
    let claim = scene.claim_as(key, &OTHER_PRINT, Span::Long, Span::Long).await;
    assert_eq!(
        claim,
        Claim::Conflict,
        "rule 4: a claim of a key {state} with another fingerprint is a conflict",
    );
}

async fn retention_resets_attempts<S: Store>(scene: &Scene<'_, S>) {
    let (claimed, released, completed) = (scene.key(), scene.key(), scene.key());
    let mut fences = Vec::new();
    for key in [&claimed, &released, &completed] {
        let lost = scene.win(key, Span::Long, "that nobody has used").await;
        scene.release(&lost).await;
        let keep = if *key == completed {
            Span::Long
        } else {
            Span::Short
        };
        let Claim::Won(ticket) = scene.claim_as(key, &PRINT, Span::Short, keep).await else {
            panic!("a claim of a key that was released must win");
        };
        assert_eq!(
            ticket.attempt(),
            2,
            "rule 3: a record outlives release, so this is the second attempt"
        );
        if *key == released {
            scene.release(&ticket).await;
        }
        if *key == completed {
            scene.complete(&ticket, Span::Short).await;
        }
        fences.push(ticket);
    }
    scene.pass().await;
    for before in fences {
        let held = scene.complete(&before, Span::Long).await;
        assert_eq!(
            held,
            Held::Lost,
            "rule 3: retention ends a record, so its ticket is lost"
        );
        let Claim::Won(ticket) = scene
            .claim_as(before.key(), &OTHER_PRINT, Span::Long, Span::Long)
            .await
        else {
            panic!("rule 3: a key whose retention is over is free, whatever its fingerprint was");
        };
        assert_eq!(
            ticket.attempt(),
            1,
            "rule 3: retention ends a record, so attempts count from 1 again"
        );
        assert!(
            ticket.fence() > before.fence(),
            "rule 2: each win of a key carries a higher fence, also after its retention: {} came after {}. \
             Count fences for the whole store",
            ticket.fence(),
            before.fence(),
        );
    }
}

async fn forgotten_is_free<S: Store>(scene: &Scene<'_, S>) {
    let key = scene.key();
    assert!(
        !scene.forget(&key).await,
        "forget answers false for a key without a record"
    );
    let before = scene.win(&key, Span::Long, "that nobody has used").await;
    scene.complete(&before, Span::Long).await;
    assert!(
        scene.forget(&key).await,
        "forget answers true for a key with a record"
    );
    let ticket = scene.win(&key, Span::Long, "that was forgotten").await;
    assert_eq!(ticket.attempt(), 1, "a forgotten record takes its attempts along");
    assert!(
        ticket.fence() > before.fence(),
        "rule 2: fences rise also for a key that was forgotten"
    );
    let held = scene.release(&before).await;
    assert_eq!(
        held,
        Held::Lost,
        "rule 2: a ticket from before the key was forgotten is lost"
    );
}
