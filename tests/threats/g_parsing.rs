//! Section G: parsing after verification.
