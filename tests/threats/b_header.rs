//! Section B: the signature header.
