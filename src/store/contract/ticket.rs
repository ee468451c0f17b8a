//! Checks of what a ticket may still do.

use super::scene::{Scene, Span};
use crate::store::{Claim, Held, Store, Ticket};

/// How often the fence check claims one key.
const RECLAIMS: u32 = 100;

pub(super) async fn check<S: Store>(scene: &Scene<'_, S>) {
    stale_ticket_is_refused(scene).await;
    settled_ticket_is_refused(scene).await;
    fence_rises(scene).await;
    repeated_verb_is_safe(scene).await;
}

async fn stale_ticket_is_refused<S: Store>(scene: &Scene<'_, S>) {
    let key = scene.key();
    let stale = scene.win(&key, Span::Short, "that nobody has used").await;
    scene.pass().await;
    let newest = scene.win(&key, Span::Long, "whose lease is over").await;
    refuse_all(scene, &stale, "while somebody else's claim is in flight").await;
    let claim = scene.claim(&key, Span::Long).await;
    assert!(
        matches!(claim, Claim::InFlight { .. }),
        "rule 2: a stale ticket changes nothing, so the newest claim is still in flight; got {claim:?}",
    );
    assert_eq!(
        scene.release(&newest).await,
        Held::Yes,
        "the newest ticket releases its claim"
    );
    refuse_all(scene, &stale, "after the newest claim was released").await;
    let newest = scene.win(&key, Span::Long, "that was released").await;
    assert_eq!(
        scene.complete(&newest, Span::Long).await,
        Held::Yes,
        "the newest ticket completes its claim"
    );
    refuse_all(scene, &stale, "after the event was completed").await;
}

async fn refuse_all<S: Store>(scene: &Scene<'_, S>, stale: &Ticket, when: &str) {
    let completed = scene.complete(stale, Span::Long).await;
    assert_eq!(
        completed,
        Held::Lost,
        "rule 2: a stale ticket completes nothing {when}"
    );
    let released = scene.release(stale).await;
    assert_eq!(
        released,
        Held::Lost,
        "rule 2: a stale ticket releases nothing {when}"
    );
    let renewed = scene.renew(stale, Span::Long).await;
    assert_eq!(
        renewed,
        Held::Lost,
        "rule 2: a stale ticket renews nothing {when}"
    );
}

async fn settled_ticket_is_refused<S: Store>(scene: &Scene<'_, S>) {
    let completed = scene.win(&scene.key(), Span::Long, "that nobody has used").await;
    scene.complete(&completed, Span::Long).await;
    let released = scene.release(&completed).await;
    assert_eq!(
        released,
        Held::Lost,
        "rule 2: a completed claim can't be released"
    );
    let renewed = scene.renew(&completed, Span::Long).await;
    assert_eq!(renewed, Held::Lost, "rule 2: a completed claim can't be renewed");

    let released = scene.win(&scene.key(), Span::Long, "that nobody has used").await;
    scene.release(&released).await;
    let completed = scene.complete(&released, Span::Long).await;
    assert_eq!(
        completed,
        Held::Lost,
        "rule 2: a released claim can't be completed"
    );
    let renewed = scene.renew(&released, Span::Long).await;
    assert_eq!(renewed, Held::Lost, "rule 2: a released claim can't be renewed");
}

async fn fence_rises<S: Store>(scene: &Scene<'_, S>) {
    let key = scene.key();
    let mut before = 0;
    for attempt in 1..=RECLAIMS {
        // Most rounds release, since a lease that has to end costs time.
        let lapses = attempt % 10 == 0;
        let lease = if lapses { Span::Short } else { Span::Long };
        let ticket = scene.win(&key, lease, "that is free").await;
        let fence = ticket.fence();
        assert!(
            attempt == 1 || fence > before,
            "rule 2: each win of a key carries a higher fence; {fence} came after {before}",
        );
        assert_eq!(
            ticket.attempt(),
            attempt,
            "rule 3: attempts go on counting while the record is kept"
        );
        assert_eq!(ticket.key(), &key, "a ticket names the key that was claimed");
        before = fence;
        if lapses {
            scene.pass().await;
        } else {
            scene.release(&ticket).await;
        }
    }
}

/// The caller whose answer was lost can't tell whether its verb was carried out, so it calls again.
async fn repeated_verb_is_safe<S: Store>(scene: &Scene<'_, S>) {
    let key = scene.key();
    scene.win(&key, Span::Long, "that nobody has used").await;
    let claim = scene.claim(&key, Span::Long).await;
    assert!(
        matches!(claim, Claim::InFlight { .. }),
        "rule 6: a claim that is repeated finds the first in flight and does not win again; got {claim:?}",
    );

    let ticket = scene.win(&scene.key(), Span::Long, "that nobody has used").await;
    for _ in 0..2 {
        let held = scene.release(&ticket).await;
        assert_eq!(
            held,
            Held::Yes,
            "rule 6: a release that is repeated before anybody claims answers yes"
        );
    }
    let ticket = scene.win(ticket.key(), Span::Long, "that was released").await;
    for _ in 0..2 {
        let held = scene.renew(&ticket, Span::Long).await;
        assert_eq!(held, Held::Yes, "rule 6: a renewal that is repeated answers yes");
    }
    for _ in 0..2 {
        let held = scene.complete(&ticket, Span::Long).await;
        assert_eq!(
            held,
            Held::Yes,
            "rule 6: a completion that is repeated answers yes"
        );
    }
    let claim = scene.claim(ticket.key(), Span::Long).await;
    assert_eq!(
        claim,
        Claim::Done,
        "rule 6: an event that was completed twice is done"
    );
}
