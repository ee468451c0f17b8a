//! Handshakes over a request at a time: answered where they should be, refused where they are forged, and never a handler's.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "handshakes/after.rs"]
mod after;
#[path = "handshakes/before.rs"]
mod before;
#[path = "handshakes/endpoint.rs"]
mod endpoint;
#[path = "handshakes/secret.rs"]
mod secret;
#[path = "support/shared.rs"]
mod shared;
#[path = "handshakes/vectors.rs"]
mod vectors;
