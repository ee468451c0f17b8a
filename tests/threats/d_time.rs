//! Section D: time.
