//! Typed events of slack.
