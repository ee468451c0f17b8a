//! Any sequence of verbs on a memory store, each answer compared with a model's.
#![no_main]

use std::time::Duration;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use tokio::runtime::Builder;

use tower_webhook::store::{Lease, ManualTime, MemoryStore, Retention, Store};
use tower_webhook::{Fingerprint, Key};
use tower_webhook_fuzz::{KEYS, Model, Wish};

#[derive(Debug, Arbitrary)]
struct Input {
    /// Few records, so that the store must choose what to drop; else more than there are keys.
    small: bool,
    verbs: Vec<Verb>,
}

#[derive(Debug, Arbitrary)]
enum Verb {
    Claim {
        key: u8,
        print: bool,
        lease: Span,
        keep: Span,
    },
    Renew {
        ticket: u8,
        lease: Span,
    },
    Complete {
        ticket: u8,
        keep: Span,
    },
    Release {
        ticket: u8,
    },
    Forget {
        key: u8,
    },
    Pass(Span),
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Span {
    Short(u8),
    Seconds(u16),
    Any(u64),
    Endless,
}

impl Span {
    fn length(self) -> Duration {
        match self {
            Self::Short(nanoseconds) => Duration::from_nanos(nanoseconds.into()),
            Self::Seconds(seconds) => Duration::from_secs(seconds.into()),
            Self::Any(nanoseconds) => Duration::from_nanos(nanoseconds),
            Self::Endless => Duration::MAX,
        }
    }
}

const SMALL: usize = 3;

fuzz_target!(|input: Input| {
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(run(input));
});

async fn run(input: Input) {
    let (time, capacity) = (ManualTime::default(), if input.small { SMALL } else { 64 });
    let store = MemoryStore::builder()
        .clock(time.clone())
        .capacity(capacity)
        .build()
        .expect("some room");
    let mut model = Model::new(capacity);
    for verb in input.verbs {
        let evicted = store.evicted_early();
        step(&store, &time, &mut model, verb).await;
        assert!(
            store.len() <= capacity,
            "{} records in a store for {capacity}",
            store.len()
        );
        assert!(input.small || store.evicted_early() == 0, "there was room");
        assert!(
            store.evicted_early() - evicted <= 1,
            "one claim needs room for one record"
        );
    }
}

async fn step(store: &MemoryStore, time: &ManualTime, model: &mut Model, verb: Verb) {
    match verb {
        Verb::Claim {
            key,
            print,
            lease,
            keep,
        } => {
            let wish = Wish {
                key: number(key),
                print,
                lease: lease.length(),
                keep: keep.length(),
            };
            let fingerprint = Fingerprint::from_bytes([u8::from(print); 16]);
            let (lease, keep) = (Lease::new(wish.lease), Retention::new(wish.keep));
            match store.claim(&name(wish.key), &fingerprint, lease, keep).await {
                Ok(claim) => model.claimed(wish, &claim),
                Err(error) => model.refused(wish, error.kind()),
            }
        }
        Verb::Renew { ticket, lease } => {
            let Some((key, ticket)) = model.ticket(ticket) else {
                return;
            };
            let held = store
                .renew(&ticket, Lease::new(lease.length()))
                .await
                .expect("memory answers");
            model.renewed(key, &ticket, lease.length(), held);
        }
        Verb::Complete { ticket, keep } => {
            let Some((key, ticket)) = model.ticket(ticket) else {
                return;
            };
            let held = store
                .complete(&ticket, Retention::new(keep.length()))
                .await
                .expect("memory answers");
            model.completed(key, &ticket, keep.length(), held);
        }
        Verb::Release { ticket } => {
            let Some((key, ticket)) = model.ticket(ticket) else {
                return;
            };
            let held = store.release(&ticket).await.expect("memory answers");
            model.released(key, &ticket, held);
        }
        Verb::Forget { key } => {
            let known = store.forget(&name(number(key))).await.expect("memory answers");
            model.forgotten(number(key), known);
        }
        Verb::Pass(span) => {
            time.advance(span.length());
            model.pass(span.length());
        }
    }
}

fn number(key: u8) -> usize {
    usize::from(key) % KEYS
}

fn name(key: usize) -> Key {
    let mut bytes = [7; 32];
    bytes[0] = u8::try_from(key).expect("few keys");
    Key::from_bytes(bytes)
}
