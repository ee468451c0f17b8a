//! [`SplitLayer`]: opens a delivery of several events and runs each by itself.
//!
//! Some senders put several events into one delivery. Taken as one event, a delivery of which one event fails is delivered
//! again as a whole, and everything in it runs again. Between a [`VerifyLayer`](crate::VerifyLayer) and a
//! [`DedupLayer`](crate::DedupLayer) this layer makes a request of each event, so that each has a claim of its own:
//!
//! ```
//! use axum::{Router, routing::post};
//! use tower_webhook::provider::senders::LINE;
//! use tower_webhook::store::MemoryStore;
//! use tower_webhook::{DedupLayer, Secret, SplitLayer, Verified, VerifyLayer};
//!
//! async fn on_event(event: Verified) {
//!     println!("{:?} at {:?}", event.id(), event.place());
//! }
//!
//! # fn app() -> Result<Router, tower_webhook::ConfigError> {
//! let layers = (
//!     VerifyLayer::new(LINE.with(Secret::new("the channel secret")?))?,
//!     SplitLayer::new(),
//!     DedupLayer::new(MemoryStore::default()),
//! );
//! let app = Router::new().route("/line", post(on_event).layer(layers));
//! # Ok(app)
//! # }
//! # app().unwrap();
//! ```
//!
//! 1. The delivery is **opened** by its sender's description ([`Scheme::events`](crate::provider::Scheme::events)). One that the
//!    description doesn't open goes on as the one event that it is.
//! 2. Each event **runs** after the other, in the order of the delivery: a request with the delivery's head, the event's own
//!    bytes, and a [`Verified`](crate::Verified) of its own. Its id is the event's; one without is known by its content and its
//!    [`context`](crate::Verified::context). The way back is [`Verified::whole`](crate::Verified::whole).
//! 3. The **answer** is 200 when every event's was a success, and the worst of them otherwise, with the longest
//!    `Retry-After`: so the sender delivers the whole again, and the events that are done are duplicates. What fails hides
//!    nothing behind it.
//!
//! An empty list of events is answered with 200. An event that can't be read is refused with 400 after the others have run.
//!
//! # Caveats
//!
//! - When the client hangs up, the event under way is run to its end by the `DedupLayer`; those behind it have not begun, and
//!   run when the sender tries again.
//! - The events of a delivery share the time that its sender waits for an answer. Where that is too short for them, let a
//!   [`HandOff`](crate::handoff::HandOff) take them.
//! - The head is the delivery's: a signature in it fits the whole body, not the event's.
//! - Outside a `DedupLayer` this layer is of use; inside one the delivery is one claim, as without it.

mod answer;
mod facts;
mod layer;
mod open;
mod pipeline;
mod service;

pub use layer::SplitLayer;
pub use service::SplitService;
