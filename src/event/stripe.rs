//! Typed events of stripe.
