//! What the tests of the adapters share: real servers, real faults, real processes.
//!
//! - [`server`]: private servers on free ports in temporary directories.
//! - [`proxy`]: a TCP proxy that delays, cuts and swallows.
//! - [`process`]: the test program run again as a worker.
//! - [`race`]: sixteen processes claim one key.
//! - [`skew`]: two processes with clocks two hours apart.
//! - [`receiver`]: both layers over a handler, with a server in front.
//! - [`kill`]: a receiver is killed again and again while its senders go on.
//! - [`faults`]: each fault on each verb, seen through the layer.

pub mod faults;
pub mod kill;
pub mod process;
pub mod proxy;
pub mod race;
pub mod receiver;
pub mod server;
pub mod skew;
mod worker;
