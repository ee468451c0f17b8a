//! Section E: replay, identity, de-duplication.
