//! Deliveries of several events: each runs by itself, under its own claim, and none is lost or doubled.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod answers;
mod claims;
mod faults;
mod harness;
mod opening;
mod properties;
mod senders;
mod stacks;
