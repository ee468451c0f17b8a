//! Handing events on: answer the sender once the event is stored, work on it later.
//!
//! A [`HandOff`] stands where a handler would stand. It wraps the event in an [`Envelope`], gives it to a [`Queue`] and answers
//! 200 only when the queue has taken it; until then, and when the queue fails, the sender is told to try again.
//!
//! ```
//! use tokio::sync::mpsc;
//! use tower::ServiceBuilder;
//! use tower_webhook::handoff::{Envelope, HandOff};
//! use tower_webhook::store::MemoryStore;
//! use tower_webhook::{DedupLayer, Secret, VerifyLayer, github};
//!
//! let (queue, mut events) = mpsc::channel::<Envelope>(1_000);
//! let service = ServiceBuilder::new()
//!     .layer(VerifyLayer::new(github(Secret::new("a long random webhook secret")?))?)
//!     .layer(DedupLayer::new(MemoryStore::default()))
//!     .service(HandOff::new(queue));
//!
//! let worker = async move {
//!     while let Some(event) = events.recv().await {
//!         println!("{} {}", event.id(), event.kind());
//!     }
//! };
//! # drop((service, worker));
//! # Ok::<(), tower_webhook::ConfigError>(())
//! ```
//!
//! # Caveats
//!
//! - A channel lives in this process: what it holds is gone when the process dies, though its sender heard 200. The log says
//!   so at start-up. For events that must not be lost, implement [`Queue`] for a broker or a table that confirms its writes.
//! - Between the queue's confirmation and the claim's settlement the process can die: the event is then queued once more, with
//!   the same [`key`](Envelope::key). Let the worker use it as its idempotency key.

mod envelope;
mod queue;
mod service;

pub use envelope::Envelope;
pub use queue::Queue;
pub use service::HandOff;
