//! What the tests of the adapters share: real servers, real faults, real processes.
//!
//! - [`server`]: private servers on free ports in temporary directories.

pub mod server;
