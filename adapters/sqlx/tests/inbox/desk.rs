//! What a handler with a database does, and what a test must be able to ask of it.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;
use tower_webhook::Verified;
use tower_webhook::dedup::Unclaimed;

/// A handler that claims in its own transaction, in some engine.
pub(crate) trait Desk: Clone + Send + Sync + 'static {
    /// Claims, notes an effect, waits while it is held up, commits.
    fn handle(&self, proof: &Verified, hold: &Hold) -> impl Future<Output = Result<(), Unclaimed>> + Send;

    /// How many effects this event has had.
    fn effects(&self, id: &str) -> impl Future<Output = i64> + Send;

    /// Sets the retention of all events to its end.
    fn let_retention_end(&self) -> impl Future<Output = ()> + Send;

    /// Purges, and says how many events it deleted.
    fn purge(&self) -> impl Future<Output = u64> + Send;
}

pub(crate) fn id(proof: &Verified) -> String {
    proof.id().map(|id| (*id.value()).to_owned()).unwrap_or_default()
}

/// Where handlers can be held up between their writes and their commit.
pub(crate) struct Hold {
    is_open: watch::Sender<bool>,
    waiting: watch::Sender<bool>,
    fails: AtomicBool,
}

impl Default for Hold {
    fn default() -> Self {
        Self {
            is_open: watch::Sender::new(true),
            waiting: watch::Sender::new(false),
            fails: AtomicBool::new(false),
        }
    }
}

impl Hold {
    pub(crate) fn close(&self) {
        self.is_open.send_replace(false);
    }

    pub(crate) fn open(&self) {
        self.is_open.send_replace(true);
    }

    pub(crate) fn fail_once(&self) {
        self.fails.store(true, Ordering::SeqCst);
    }

    pub(crate) async fn somebody_waits(&self) {
        self.waiting.subscribe().wait_for(|waits| *waits).await.unwrap();
    }

    pub(crate) async fn pass(&self) -> Result<(), Unclaimed> {
        if self.fails.swap(false, Ordering::SeqCst) {
            return Err(std::io::Error::other("the handler fails").into());
        }
        if !*self.is_open.borrow() {
            self.waiting.send_replace(true);
            self.is_open.subscribe().wait_for(|open| *open).await.unwrap();
        }
        Ok(())
    }
}
