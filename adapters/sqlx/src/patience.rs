//! How often a statement is sent again when others were in its way.

use std::time::Duration;

use tokio::time::sleep;

use crate::failure::may_pass;

/// Counts the tries of one statement.
///
/// Only a statement that the database undid as a whole is sent again, so that none takes effect twice.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    tries: u32,
}

impl Patience {
    /// Whether to send the statement again; waits a little longer before each try, so that the others get through.
    pub(crate) async fn allows(&mut self, error: &sqlx::Error) -> bool {
        self.tries += 1;
        if self.tries >= MOST_TRIES || !may_pass(error) {
            return false;
        }
        sleep(Duration::from_millis(1 << self.tries.min(LONGEST_PAUSE))).await;
        true
    }
}

/// Sixteen racers undo each other a few times; who fails this often meets a lock that somebody holds on to.
const MOST_TRIES: u32 = 12;
/// As a power of two, in milliseconds.
const LONGEST_PAUSE: u32 = 6;
