//! Section F: body transport.
