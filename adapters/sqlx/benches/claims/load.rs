//! Callers that claim and complete, each as soon as its last event is done.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tower_webhook::store::{Claim, Held, Lease, Retention, Store};
use tower_webhook::{Fingerprint, Key};

pub(super) struct Load {
    pub(super) per_second: f64,
    pub(super) median_ms: f64,
    pub(super) p99_ms: f64,
}

const SPAN: Duration = Duration::from_secs(1);
const LEASE: Lease = Lease::new(Duration::from_secs(60));
const KEEP: Retention = Retention::new(Duration::from_secs(8 * 24 * 3600));

/// Where the next new id comes from.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A key that nobody has had, spread as a hash's bytes are.
pub(super) fn new_key() -> [u8; 32] {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut bytes = [0; 32];
    for (part, salt) in bytes.chunks_exact_mut(8).zip(1..) {
        part.copy_from_slice(
            &(number + salt)
                .wrapping_mul(0x9E37_79B9_7F4A_7C15)
                .rotate_left(29)
                .to_be_bytes(),
        );
    }
    bytes
}

/// So many callers for some seconds.
pub(super) async fn pairs<S: Store + Clone>(store: &S, callers: usize) -> Load {
    let began = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut took = Vec::new();
                while began.elapsed() < SPAN {
                    let start = Instant::now();
                    pair(&store).await;
                    took.push(start.elapsed());
                }
                took
            })
        })
        .collect();
    let mut took = Vec::new();
    for task in tasks {
        took.extend(task.await.expect("a caller ends"));
    }
    let elapsed = began.elapsed();
    took.sort();
    let at = |share: f64| {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a rank"
        )]
        let rank = (took.len() as f64 * share) as usize;
        took[rank.min(took.len() - 1)].as_secs_f64() * 1000.0
    };
    #[allow(clippy::cast_precision_loss, reason = "a count of seconds' work")]
    let per_second = took.len() as f64 / elapsed.as_secs_f64();
    Load {
        per_second,
        median_ms: at(0.5),
        p99_ms: at(0.99),
    }
}

async fn pair<S: Store>(store: &S) {
    let (key, print) = (Key::from_bytes(new_key()), Fingerprint::from_bytes([1; 16]));
    let claim = store
        .claim(&key, &print, LEASE, KEEP)
        .await
        .expect("a claim is answered");
    let Claim::Won(ticket) = claim else {
        panic!("a new key is won, not {claim:?}")
    };
    let held = store
        .complete(&ticket, KEEP)
        .await
        .expect("a completion is answered");
    assert_eq!(held, Held::Yes);
}
