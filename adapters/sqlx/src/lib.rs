#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod batch;
mod claims;
mod failure;
mod inbox;
mod lent;
mod name;
mod patience;
#[cfg(feature = "postgres")]
mod postgres;
mod setup;
mod verb;

#[cfg(feature = "postgres")]
pub use postgres::{PostgresInbox, PostgresStore};
pub use setup::{SetupError, SetupErrorKind};
pub use sqlx;
