//! Section C: comparison and oracles.
