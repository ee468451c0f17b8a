//! The library's own sources in whatever order shuttle makes up, and what its tests ask of them.

pub mod endpoint;
pub mod ledger;
pub mod memory;
pub mod remote;
pub mod tended;
