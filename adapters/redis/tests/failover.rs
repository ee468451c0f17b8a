//! What a replica that is promoted knows of the claims that its primary had answered (185).
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::time::Duration;

use support::{KEEP, claim, key, say, store, win};
use tokio::time::sleep;
use tower_webhook::store::{Claim, Held, Operate, Store, StoreErrorKind};
use tower_webhook_testkit::proxy::{Fault, Proxy};
use tower_webhook_testkit::server::Server;

/// A primary, and a replica that hears it through a proxy.
struct Pair {
    primary: Server,
    replica: Server,
    between: Proxy,
}

impl Pair {
    async fn start() -> Option<Self> {
        let (primary, replica) = (Server::redis(&[])?, Server::redis(&[])?);
        let between = Proxy::to(primary.addr()).await;
        let port = between.addr().port().to_string();
        say::<()>(&replica, &["REPLICAOF", "127.0.0.1", &port]).await;
        let pair = Self {
            primary,
            replica,
            between,
        };
        pair.catch_up().await;
        Some(pair)
    }

    /// Waits until the replica has all that was written.
    async fn catch_up(&self) {
        for _ in 0..PATIENCE {
            // A write, since without one since the link came up `WAIT` has nothing to wait for.
            say::<()>(&self.primary, &["SET", "beat", "1"]).await;
            if say::<u64>(&self.primary, &["WAIT", "1", "100"]).await == 1
                && say::<Option<String>>(&self.replica, &["GET", "beat"])
                    .await
                    .is_some()
            {
                return;
            }
            sleep(PAUSE).await;
        }
        panic!("the replica did not catch up");
    }

    /// The primary dies, and the replica takes its place.
    async fn fail_over(mut self) -> Server {
        self.primary.kill();
        say::<()>(&self.replica, &["REPLICAOF", "NO", "ONE"]).await;
        self.replica
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t185_a_failover_keeps_what_was_replicated_and_may_forget_the_rest() {
    let Some(pair) = Pair::start().await else { return };
    let before = store(&pair.primary).await;
    let done = win(&before, &key(0)).await;
    before.complete(&done, KEEP).await.unwrap();
    let running = win(&before, &key(1)).await;
    pair.catch_up().await;

    pair.between.set(Fault::HalfOpen);
    let unheard = win(&before, &key(2)).await;
    let marked = win(&before, &key(3)).await;
    assert_eq!(before.complete(&marked, KEEP).await.unwrap(), Held::Yes);
    let promoted = pair.fail_over().await;

    let after = store(&promoted).await;
    assert_eq!(claim(&after, &key(0)).await.unwrap(), Claim::Done);
    let busy = claim(&after, &key(1)).await.unwrap();
    assert!(matches!(busy, Claim::InFlight { .. }), "{busy:?}");
    assert_eq!(after.complete(&running, KEEP).await.unwrap(), Held::Yes);
    // These were answered, and are forgotten: their events run once more, under a fence that tells the newer holder.
    for old in [unheard, marked] {
        assert_eq!(after.inspect(old.key()).await.unwrap(), None);
        let new = win(&after, old.key()).await;
        assert!(new.fence() > old.fence());
        assert_eq!(after.complete(&old, KEEP).await.unwrap(), Held::Lost);
        assert_eq!(after.complete(&new, KEEP).await.unwrap(), Held::Yes);
    }
}

/// What narrows the gap: a primary that no replica hears takes no claims, so what it forgets is a second's worth.
#[tokio::test(flavor = "multi_thread")]
async fn t185_a_primary_that_nobody_hears_can_be_told_to_refuse() {
    let Some(pair) = Pair::start().await else { return };
    let settings = ["min-replicas-to-write", "1", "min-replicas-max-lag", "1"];
    let words = ["CONFIG", "SET"].into_iter().chain(settings);
    say::<()>(&pair.primary, &words.collect::<Vec<_>>()).await;
    pair.catch_up().await;
    let store = store(&pair.primary).await;
    win(&store, &key(0)).await;

    pair.between.set(Fault::HalfOpen);
    let mut refused = None;
    for number in 1..=PATIENCE {
        match claim(&store, &key(number)).await {
            Ok(_) => sleep(PAUSE).await,
            Err(error) => {
                refused = Some(error);
                break;
            }
        }
    }
    let refused = refused.expect("a replica was missed for more than the lag that was allowed");
    assert_eq!(
        refused.kind(),
        StoreErrorKind::Unavailable,
        "the sender hears 503 and comes again"
    );
}

/// So many pauses are ten seconds.
const PATIENCE: u8 = 200;
const PAUSE: Duration = Duration::from_millis(50);
