//! Any sequence of verbs on a memory store, each answer compared with a model's, and its memory with what a few records may take.
#![no_main]

use std::time::Duration;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use tokio::runtime::{Builder, Runtime};

use tower_webhook::store::{Lease, ManualTime, MemoryStore, Retention, Store};
use tower_webhook::{Fingerprint, Key};
use tower_webhook_fuzz::{KEYS, Model, Wish, held, peak_of};

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

/// Asks a store, and holds it to the memory that its records may take.
struct Asking {
    runtime: Runtime,
    /// What the store's verbs took and did not give back.
    kept: usize,
    /// How many events it was told are done, each of them as often as it was told.
    completions: usize,
}

impl Asking {
    fn ask<T>(&mut self, verb: impl Future<Output = T>) -> T {
        let before = held();
        let (answer, peak) = peak_of(|| self.runtime.block_on(verb));
        let most = self.kept + peak;
        let allowed = RECORDS + self.completions * COMPLETION;
        assert!(
            most <= allowed,
            "{KEYS} events took {most} bytes of memory, more than {allowed}"
        );
        // An answer holds no memory of its own, so that the rest is the store's.
        self.kept = self.kept + held() - before;
        answer
    }
}

/// How many records a small store has room for.
const SMALL: usize = 3;

/// The memory that claims may take: [`KEYS`] records of about 250 bytes, twice while a table grows, and the part they stand in.
/// Neither a claim nor what follows it adds to that.
const RECORDS: usize = 4 * 1024;

/// What a completion may add: it stays in the log until its retention is over, although the event is completed again or
/// forgotten. One with a retention of its own costs most: a lane and a chunk with room for four, in lists that double.
const COMPLETION: usize = 512;

fuzz_target!(|input: Input| run(input));

fn run(input: Input) {
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    let mut asking = Asking {
        runtime,
        kept: 0,
        completions: 0,
    };
    let (time, capacity) = (ManualTime::default(), if input.small { SMALL } else { 64 });
    let store = MemoryStore::builder()
        .clock(time.clone())
        .capacity(capacity)
        .build()
        .expect("some room");
    let mut model = Model::new(capacity);
    for verb in input.verbs {
        let evicted = store.evicted_early();
        step(&store, &mut asking, &time, &mut model, verb);
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

fn step(store: &MemoryStore, asking: &mut Asking, time: &ManualTime, model: &mut Model, verb: Verb) {
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
            match asking.ask(store.claim(&name(wish.key), &fingerprint, lease, keep)) {
                Ok(claim) => model.claimed(wish, &claim),
                Err(error) => model.refused(wish, error.kind()),
            }
        }
        Verb::Renew { ticket, lease } => {
            let Some((key, ticket)) = model.ticket(ticket) else {
                return;
            };
            let renewed = asking.ask(store.renew(&ticket, Lease::new(lease.length())));
            let held = renewed.expect("memory answers");
            model.renewed(key, &ticket, lease.length(), held);
        }
        Verb::Complete { ticket, keep } => {
            let Some((key, ticket)) = model.ticket(ticket) else {
                return;
            };
            asking.completions += 1;
            let completed = asking.ask(store.complete(&ticket, Retention::new(keep.length())));
            let held = completed.expect("memory answers");
            model.completed(key, &ticket, keep.length(), held);
        }
        Verb::Release { ticket } => {
            let Some((key, ticket)) = model.ticket(ticket) else {
                return;
            };
            let held = asking.ask(store.release(&ticket)).expect("memory answers");
            model.released(key, &ticket, held);
        }
        Verb::Forget { key } => {
            let known = asking
                .ask(store.forget(&name(number(key))))
                .expect("memory answers");
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
