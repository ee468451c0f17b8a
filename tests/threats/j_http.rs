//! Section J: the HTTP surface.
