//! The fences that this process may propose.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use sqlx::{MySql, SqlStr};

use super::sql;
use crate::lent::Lent;
use crate::name::TableName;
use crate::patience::Patience;

/// A share of the store's one count of fences, drawn a thousand at a time: a draw waits for the disk.
///
/// Another process may draw later and use its fences sooner. So an old share is no proof of order: a claim wins only under a
/// fence that is higher than the record's, or than any that was deleted, and who proposes too low a one draws anew.
pub(super) struct Fences {
    share: Mutex<Range<i64>>,
    draw: SqlStr,
}

impl Fences {
    pub(super) fn new(name: &TableName) -> Self {
        Self {
            share: Mutex::new(0..0),
            draw: name.fill(sql::DRAW),
        }
    }

    /// So many fences that nobody else has, the lowest first.
    pub(super) async fn take(&self, connection: &mut Lent<MySql>, count: usize) -> sqlx::Result<Range<i64>> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        if let Some(taken) = self.take_from_share(count) {
            return Ok(taken);
        }
        let size = count.saturating_add(SHARE);
        let last = self.draw(connection, size).await?;
        let first = last - size + 1;
        self.replace(first + count..last + 1);
        Ok(first..first + count)
    }

    /// Gives up what is left of the share: others have drawn later and been quicker.
    pub(super) fn discard(&self) {
        self.replace(0..0);
    }

    fn take_from_share(&self, count: i64) -> Option<Range<i64>> {
        let mut share = self.share.lock().unwrap_or_else(PoisonError::into_inner);
        if share.end - share.start < count {
            return None;
        }
        let taken = share.start..share.start + count;
        share.start = taken.end;
        Some(taken)
    }

    fn replace(&self, share: Range<i64>) {
        *self.share.lock().unwrap_or_else(PoisonError::into_inner) = share;
    }

    async fn draw(&self, connection: &mut Lent<MySql>, size: i64) -> sqlx::Result<i64> {
        let mut patience = Patience::default();
        loop {
            let draw = sqlx::query(self.draw.clone()).bind(size);
            match draw.execute(&mut **connection).await {
                Err(error) if patience.allows(&error).await => {}
                result => return Ok(i64::try_from(result?.last_insert_id()).unwrap_or(i64::MAX)),
            }
        }
    }
}

const SHARE: i64 = 1000;
