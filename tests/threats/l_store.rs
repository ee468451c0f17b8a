//! Section L: the store and its faults.
