//! A connection that comes back to its pool only when it is known to be sound.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::{Database, Pool};

/// A connection for a few statements. Dropped half-way, it is closed: an answer may still be on its way, or will never come
/// because the other end is gone without a word; a pool would wait for it.
pub(crate) struct Lent<DB: Database> {
    connection: PoolConnection<DB>,
    is_sound: bool,
}

impl<DB: Database> Lent<DB> {
    pub(crate) async fn from(pool: &Pool<DB>) -> sqlx::Result<Self> {
        Ok(Self {
            connection: pool.acquire().await?,
            is_sound: false,
        })
    }

    /// Gives it back after the last statement, whether that succeeded or was refused.
    pub(crate) fn give_back(mut self) {
        self.is_sound = true;
    }
}

impl<DB: Database> Deref for Lent<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &Self::Target {
        &self.connection
    }
}

impl<DB: Database> DerefMut for Lent<DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.connection
    }
}

impl<DB: Database> Drop for Lent<DB> {
    fn drop(&mut self) {
        if !self.is_sound {
            self.connection.close_on_drop();
        }
    }
}
