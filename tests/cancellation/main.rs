//! Calls through the layers that are dropped at each point where they wait: nothing is cut off half-way, no event is lost or
//! completed twice, and the next try gets its right answer.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod batch;
mod call;
mod completion;
mod cut;
mod exception;
mod handler;
mod handshake;
mod in_flight;
mod key;
mod log;
mod refusal;
mod renewal;
mod runtime;
mod scene;
mod secret;
mod silence;
mod store;
