//! Checks of the operator's verbs.

use super::scene::{PRINT, Scene, Span, answer};
use crate::store::{Operate, RecordCounts, RecordState, RecordSummary};
use crate::verified::Key;

pub(super) async fn check<S: Operate>(scene: &Scene<'_, S>) {
    a_record_is_seen_in_each_state(scene).await;
    what_is_over_is_not_seen(scene).await;
    records_are_counted(scene).await;
    purging_leaves_what_is_alive(scene).await;
}

async fn inspect<S: Operate>(scene: &Scene<'_, S>, key: &Key) -> Option<RecordSummary> {
    answer("inspect", scene.store().inspect(key).await)
}

async fn counts<S: Operate>(scene: &Scene<'_, S>) -> RecordCounts {
    answer("count", scene.store().counts().await)
}

async fn a_record_is_seen_in_each_state<S: Operate>(scene: &Scene<'_, S>) {
    let key = scene.key();
    assert_eq!(
        inspect(scene, &key).await,
        None,
        "nothing is known of a key that nobody has used"
    );

    let first = scene.win(&key, Span::Long, "that nobody has used").await;
    let seen = expect(scene, &key, "claimed").await;
    let RecordState::Claimed { lease_left } = seen.state() else {
        panic!("a claim in flight is seen as one, not as {:?}", seen.state());
    };
    assert!(
        !lease_left.is_zero() && lease_left <= scene.lease(Span::Long).duration(),
        "what a lease has left is at most the lease: {lease_left:?}"
    );
    assert_eq!((seen.fence(), seen.attempts()), (first.fence(), 1));
    let keep = scene.keep(Span::Long).duration();
    assert!(
        !seen.retention_left().is_zero() && seen.retention_left() <= keep,
        "what a retention has left is at most the retention: {:?}",
        seen.retention_left()
    );

    scene.release(&first).await;
    let seen = expect(scene, &key, "released").await;
    assert_eq!((seen.state(), seen.attempts()), (RecordState::Released, 1));

    let second = scene.win(&key, Span::Short, "that was released").await;
    scene.pass().await;
    let seen = expect(scene, &key, "whose lease is over").await;
    assert_eq!((seen.state(), seen.attempts()), (RecordState::Lapsed, 2));

    scene.complete(&second, Span::Long).await;
    let seen = expect(scene, &key, "completed").await;
    assert_eq!(
        (seen.state(), seen.fence()),
        (RecordState::Completed, second.fence())
    );
}

async fn expect<S: Operate>(scene: &Scene<'_, S>, key: &Key, what: &str) -> RecordSummary {
    let seen = inspect(scene, key).await;
    seen.unwrap_or_else(|| panic!("a record {what} is there to be seen"))
}

async fn what_is_over_is_not_seen<S: Operate>(scene: &Scene<'_, S>) {
    let key = scene.key();
    scene.claim_as(&key, &PRINT, Span::Short, Span::Short).await;
    scene.pass().await;
    assert_eq!(
        inspect(scene, &key).await,
        None,
        "a record is not seen when its retention is over"
    );
    let forgotten = scene.key();
    scene.win(&forgotten, Span::Long, "that nobody has used").await;
    scene.forget(&forgotten).await;
    assert_eq!(
        inspect(scene, &forgotten).await,
        None,
        "a forgotten record is not seen"
    );
}

async fn records_are_counted<S: Operate>(scene: &Scene<'_, S>) {
    let before = counts(scene).await;
    scene.win(&scene.key(), Span::Long, "that nobody has used").await;
    let released = scene.win(&scene.key(), Span::Long, "that nobody has used").await;
    scene.release(&released).await;
    let completed = scene.win(&scene.key(), Span::Long, "that nobody has used").await;
    scene.complete(&completed, Span::Long).await;
    scene.win(&scene.key(), Span::Short, "that nobody has used").await;
    scene.pass().await;
    let after = counts(scene).await;
    let risen = [
        after.claimed - before.claimed,
        after.released - before.released,
        after.completed - before.completed,
        after.lapsed - before.lapsed,
    ];
    assert_eq!(
        risen, [1; 4],
        "one more record in each state: {before:?} became {after:?}"
    );
}

async fn purging_leaves_what_is_alive<S: Operate>(scene: &Scene<'_, S>) {
    let alive = scene.key();
    scene.win(&alive, Span::Long, "that nobody has used").await;
    scene
        .claim_as(&scene.key(), &PRINT, Span::Short, Span::Short)
        .await;
    scene.pass().await;
    let before = counts(scene).await;
    let purged = answer("purge", scene.store().purge_expired().await);
    let after = counts(scene).await;
    assert_eq!(
        after.expired, 0,
        "purging deletes each record whose retention is over"
    );
    assert_eq!(
        after.total() + before.expired,
        before.total(),
        "purging deletes nothing else"
    );
    assert_eq!(purged, before.expired, "purging says how many records it deleted");
    expect(scene, &alive, "claimed").await;
}
