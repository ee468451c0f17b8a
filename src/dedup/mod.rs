//! [`DedupLayer`]: runs each event once, however often it is delivered.
//!
//! ```
//! use axum::{Router, routing::post};
//! use tower_webhook::store::MemoryStore;
//! use tower_webhook::{DedupLayer, Secret, VerifyLayer, github};
//!
//! # fn app() -> Result<Router, tower_webhook::ConfigError> {
//! let verify = VerifyLayer::new(github(Secret::new("a long random webhook secret")?))?;
//! let dedup = DedupLayer::new(MemoryStore::default());
//! let app = Router::new().route("/github", post(|| async { "hello" })).layer((verify, dedup));
//! # Ok(app)
//! # }
//! # app().unwrap();
//! ```
//!
//! It stands inside a [`VerifyLayer`](crate::VerifyLayer); without one it answers 500 and says so in the log. The steps,
//! in order, are those of `dedup/pipeline.rs`:
//!
//! 1. the event's **key** is made: a hash of scope, sender, tenant and id;
//! 2. the key is **claimed** in the [`Store`](crate::store::Store): whoever wins runs the handler, a duplicate of a completed
//!    event gets 200, one of an event in flight 503 with `Retry-After`, and a known id with other content 422;
//! 3. the handler **runs**, its lease renewed each third; when the client hangs up, it runs on by itself;
//! 4. the claim is **settled**: completed *before* a 2xx leaves, released after anything else, a panic included.
//!
//! # What you can choose
//!
//! - [`scope`](DedupLayer::scope): endpoints that share a store and must not share events.
//! - [`identity`](DedupLayer::identity), [`key_from`](DedupLayer::key_from): what makes two deliveries the same event.
//! - [`in_flight`](DedupLayer::in_flight): whether a duplicate of a running event waits for it.
//! - [`lease`](DedupLayer::lease), [`claim_timeout`](DedupLayer::claim_timeout), [`max_attempts`](DedupLayer::max_attempts).
//! - [`on_conflict`](DedupLayer::on_conflict), [`on_dead_letter`](DedupLayer::on_dead_letter): the alarms.
//!
//! # What a handler can say
//!
//! Its status decides: 2xx completes the event, anything else has it tried again. [`Outcome::Permanent`] says that trying
//! again is useless. [`Attempt`], in the request's extensions, tells which attempt it is and whether it still holds the claim.
//!
//! # Caveats
//!
//! - A handler can run more than once: after a crash between its effects and its settlement, and when it outlives a lease
//!   that could not be renewed. Let it guard its writes with [`Attempt::fence`].
//! - The lease is renewed by the task that runs the handler, so a handler must not block its thread for longer than the lease.
//! - A timeout layer belongs inside this one: outside it, the client is answered but the handler runs on.

mod attempt;
mod future;
mod handler;
mod held;
mod layer;
mod outcome;
mod pipeline;
mod running;
mod service;
mod unclaimed;

pub use attempt::Attempt;
pub use future::ResponseFuture;
pub use layer::{DedupLayer, InFlight};
pub use outcome::{DeadLetter, Outcome};
pub use service::DedupService;
pub use unclaimed::Unclaimed;
