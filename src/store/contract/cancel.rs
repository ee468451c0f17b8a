//! Checks with calls that are dropped half-way, at each point where they wait.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use super::scene::{PRINT, Scene, Span};
use crate::store::{Claim, Held, Store, Ticket};
use crate::verified::Key;

/// After how many waits a call counts as proven; a call over a network may wait a few times more or less each time.
const DEEPEST: usize = 64;

/// How many short leases a dropped claim may block its key for.
const PATIENCE: usize = 20;

pub(super) async fn check<S: Store>(scene: &Scene<'_, S>) {
    for polls in 0..DEEPEST {
        let done = [
            dropped_claim(scene, polls).await,
            dropped_renewal(scene, polls).await,
            dropped_completion(scene, polls).await,
            dropped_release(scene, polls).await,
            dropped_forget(scene, polls).await,
        ];
        if done.iter().all(|done| *done) {
            return;
        }
    }
}

/// Polls a call this often at most, then drops it; answers whether it came to its end.
async fn cut<F: Future>(call: F, polls: usize) -> bool {
    let mut call = pin!(call);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        match call.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if left == 0 => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

async fn dropped_claim<S: Store>(scene: &Scene<'_, S>, polls: usize) -> bool {
    let key = scene.key();
    let lease = scene.lease(Span::Short);
    let done = cut(
        scene.store().claim(&key, &PRINT, lease, scene.keep(Span::Long)),
        polls,
    )
    .await;
    let ticket = claim_in_the_end(scene, &key, polls).await;
    assert!(
        ticket.attempt() <= 2,
        "rule 3: a dropped claim counts once at most; the next was attempt {}",
        ticket.attempt(),
    );
    settle(scene, &ticket, "claim").await;
    done
}

async fn claim_in_the_end<S: Store>(scene: &Scene<'_, S>, key: &Key, polls: usize) -> Ticket {
    for _ in 0..PATIENCE {
        scene.pass().await;
        match scene.claim(key, Span::Long).await {
            Claim::Won(ticket) => return ticket,
            Claim::InFlight { .. } => {}
            other => panic!("rule 6: a claim dropped after {polls} polls left the key {other:?}"),
        }
    }
    panic!("rule 6: a claim dropped after {polls} polls blocks its key although its lease is over");
}

async fn dropped_renewal<S: Store>(scene: &Scene<'_, S>, polls: usize) -> bool {
    let ticket = scene.win(&scene.key(), Span::Long, "that nobody has used").await;
    let done = cut(scene.store().renew(&ticket, scene.lease(Span::Long)), polls).await;
    settle(scene, &ticket, "renewal").await;
    done
}

async fn dropped_completion<S: Store>(scene: &Scene<'_, S>, polls: usize) -> bool {
    let ticket = scene.win(&scene.key(), Span::Long, "that nobody has used").await;
    let done = cut(scene.store().complete(&ticket, scene.keep(Span::Long)), polls).await;
    settle(scene, &ticket, "completion").await;
    done
}

/// The ticket's holder calls again, and its work counts.
async fn settle<S: Store>(scene: &Scene<'_, S>, ticket: &Ticket, dropped: &str) {
    let held = scene.complete(ticket, Span::Long).await;
    assert_eq!(
        held,
        Held::Yes,
        "rule 6: after a dropped {dropped} the newest ticket still completes"
    );
    let claim = scene.claim(ticket.key(), Span::Long).await;
    assert_eq!(
        claim,
        Claim::Done,
        "rule 6: an event completed after a dropped {dropped} is done"
    );
}

async fn dropped_release<S: Store>(scene: &Scene<'_, S>, polls: usize) -> bool {
    let ticket = scene.win(&scene.key(), Span::Long, "that nobody has used").await;
    let done = cut(scene.store().release(&ticket), polls).await;
    let held = scene.release(&ticket).await;
    assert_eq!(
        held,
        Held::Yes,
        "rule 6: after a dropped release the same ticket still releases"
    );
    let next = scene.win(ticket.key(), Span::Long, "that was released").await;
    assert_eq!(
        next.attempt(),
        2,
        "rule 3: a dropped release leaves the attempts as they were"
    );
    done
}

async fn dropped_forget<S: Store>(scene: &Scene<'_, S>, polls: usize) -> bool {
    let ticket = scene.win(&scene.key(), Span::Long, "that nobody has used").await;
    let done = cut(scene.store().forget(ticket.key()), polls).await;
    scene.forget(ticket.key()).await;
    let next = scene.win(ticket.key(), Span::Long, "that was forgotten").await;
    assert_eq!(
        next.attempt(),
        1,
        "rule 6: a forget that was dropped and repeated forgets the attempts"
    );
    done
}
