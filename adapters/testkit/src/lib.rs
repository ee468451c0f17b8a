//! What the tests of the adapters share: real servers, real faults, real processes.
//!
//! - [`server`]: private servers on free ports in temporary directories.
//! - [`proxy`]: a TCP proxy that delays, cuts and swallows.
//! - [`process`]: the test program run again as a worker.
//! - [`race`]: sixteen processes claim one key.

pub mod process;
pub mod proxy;
pub mod race;
pub mod server;
