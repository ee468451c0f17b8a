#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(any(feature = "mysql", feature = "postgres", feature = "sqlite")),
    allow(dead_code, reason = "without an engine nobody needs what they share")
)]

mod batch;
mod claims;
mod failure;
mod inbox;
mod lent;
#[cfg(feature = "mysql")]
mod mysql;
mod name;
#[cfg(any(feature = "mysql", feature = "postgres"))]
mod patience;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "mysql", feature = "sqlite"))]
mod rows;
mod setup;
#[cfg(feature = "sqlite")]
mod sqlite;
mod verb;

pub use inbox::Claimable;
#[cfg(feature = "mysql")]
pub use mysql::{MySqlInbox, MySqlStore};
#[cfg(feature = "postgres")]
pub use postgres::{PostgresInbox, PostgresStore};
pub use setup::{SetupError, SetupErrorKind};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteInbox, SqliteStore};
pub use sqlx;
