//! The library's own sources in whatever order shuttle makes up, and what its tests ask of them.

pub mod memory;
