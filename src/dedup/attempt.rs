//! What a handler can know of the claim that it runs under.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use crate::store::Ticket;
use crate::verified::Key;

/// The attempt at an event that a handler is: in the request's extensions, and an axum extractor.
#[derive(Debug, Clone)]
pub struct Attempt {
    key: Key,
    fence: u64,
    number: u32,
    loss: Arc<Loss>,
}

/// Whether the claim is lost, and a bell for those who wait to hear it.
#[derive(Debug, Default)]
pub(super) struct Loss {
    happened: AtomicBool,
    bell: Notify,
}

impl Loss {
    pub(super) fn tell(&self) {
        self.happened.store(true, Ordering::Release);
        self.bell.notify_waiters();
    }

    fn has_happened(&self) -> bool {
        self.happened.load(Ordering::Acquire)
    }
}

impl Attempt {
    pub(super) fn new(ticket: &Ticket, loss: Arc<Loss>) -> Self {
        Self {
            key: *ticket.key(),
            fence: ticket.fence(),
            number: ticket.attempt(),
            loss,
        }
    }

    /// The event's key in the store; an operator can have it forgotten.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Which attempt it is, from 1.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// A number that rises with each attempt. Write it beside your own data and refuse a write with a lower one: so a slow
    /// handler that has lost its claim can't undo what its successor did.
    #[must_use]
    pub fn fence(&self) -> u64 {
        self.fence
    }

    /// Whether the claim is lost: the lease could not be renewed, and another attempt may be running.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.loss.has_happened()
    }

    /// Waits until the claim is lost; for ever, if it never is. Use it to stop early:
    /// `select! { done = work() => …, () = attempt.lost() => … }`.
    pub async fn lost(&self) {
        // Listens before it looks, so that no bell rings in between.
        let bell = self.loss.bell.notified();
        if !self.is_lost() {
            bell.await;
        }
    }
}
