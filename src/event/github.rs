//! Typed events of github.
