//! Section K: Tower and async behaviour.
