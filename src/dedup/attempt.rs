//! What a handler can know of the claim that it runs under.

use tokio::sync::watch;

use crate::store::Ticket;
use crate::verified::Key;

/// The attempt at an event that a handler is: in the request's extensions, and an axum extractor.
#[derive(Debug, Clone)]
pub struct Attempt {
    key: Key,
    fence: u64,
    number: u32,
    lost: watch::Receiver<bool>,
}

impl Attempt {
    pub(super) fn new(ticket: &Ticket, lost: watch::Receiver<bool>) -> Self {
        Self {
            key: *ticket.key(),
            fence: ticket.fence(),
            number: ticket.attempt(),
            lost,
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
        *self.lost.borrow()
    }

    /// Waits until the claim is lost; for ever, if it never is. Use it to stop early:
    /// `select! { done = work() => …, () = attempt.lost() => … }`.
    pub async fn lost(&self) {
        let mut lost = self.lost.clone();
        if lost.wait_for(|lost| *lost).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
