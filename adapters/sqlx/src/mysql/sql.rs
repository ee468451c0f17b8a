//! MySQL's and MariaDB's statements.
//!
//! They count on no more than READ COMMITTED. What forgets does so in a transaction; the rest stands alone. InnoDB undoes what met
//! another in a deadlock; it is sent again. Time is UTC, as it was when the statement began.

/// The steps from nothing to the newest version. A table that is there already is left as it is.
///
/// `purge_at` is where the index has a record: a 64th of its retention behind its end, so that a completion which comes soon after its claim,
/// and ends the record a little later, need not move it.
pub(super) const STORE_STEPS: &[&str] = &["
CREATE TABLE IF NOT EXISTS {table} (
    event_key   BINARY(32)  NOT NULL PRIMARY KEY,
    fingerprint BINARY(16)  NOT NULL,
    fence       BIGINT      NOT NULL,
    lease_until DATETIME(6) NOT NULL,
    expires_at  DATETIME(6) NOT NULL,
    purge_at    DATETIME(6) NOT NULL,
    attempts    INT         NOT NULL,
    state       CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    INDEX {expiry} (purge_at)
) ENGINE = InnoDB
"];

/// Claims what is free, under fences that nobody else proposes. Keys must be distinct, and in order; the same row again changes
/// nothing.
///
/// MySQL answers with no rows. When no key was there before, all have won, and the statement's insert id says up to which fence
/// records have been deleted. It is 1 otherwise, and who has won is seen afterwards: whose fence the record carries. The
/// assignments are made from left to right: behind the fence's, the fence tells whether the claim was free. A proposed
/// fence that is not higher than the record's wins nothing; it was drawn too early, and the caller draws another.
pub(super) const TAKE: &str = "
INSERT INTO {table} (event_key, fingerprint, fence, lease_until, expires_at, purge_at, attempts, state) VALUES {rows}
ON DUPLICATE KEY UPDATE
    attempts = IF(fence = VALUES(fence), attempts, 0 * LAST_INSERT_ID(1)
        + IF({free}, IF(expires_at <= UTC_TIMESTAMP(6), 1, LEAST(attempts, 2147483646) + 1), attempts)),
    fence = IF({free}, VALUES(fence), fence),
    fingerprint = IF(fence = VALUES(fence), VALUES(fingerprint), fingerprint),
    lease_until = IF(fence = VALUES(fence), VALUES(lease_until), lease_until),
    expires_at = IF(fence = VALUES(fence), VALUES(expires_at), expires_at),
    purge_at = IF(fence = VALUES(fence), VALUES(purge_at), purge_at),
    state = IF(fence = VALUES(fence), 'C', state)
";
/// Whether the record under a proposed one may be claimed: what stands for `{free}`.
pub(super) const FREE: &str = "fence < VALUES(fence) AND (expires_at <= UTC_TIMESTAMP(6)
        OR (fingerprint = VALUES(fingerprint)
            AND (state = 'R' OR (state = 'C' AND lease_until <= UTC_TIMESTAMP(6)))))";
pub(super) const TAKE_ROW: &str =
    "(?, ?, ?, UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND, UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND,
    UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND, 1, 'C')";
/// The first row, which reads before any is written up to which fence records have been deleted. The lock makes who would delete
/// more wait until the claims stand; a record that went in between could have had a higher fence than the claim of its key.
pub(super) const TAKE_FIRST_ROW: &str =
    "(?, ?, ?, UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND, UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND,
    UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND,
    1 + 0 * LAST_INSERT_ID(2 + (SELECT purged_to FROM {schema} LOCK IN SHARE MODE)), 'C')";

/// Up to which fence records had been deleted, by the insert id; `None` when a key was there before.
pub(super) fn purged_to(insert_id: u64) -> Option<i64> {
    let purged_to = insert_id.checked_sub(2)?;
    Some(i64::try_from(purged_to).unwrap_or(i64::MAX))
}

/// What there is under these keys, and up to which fence records have been deleted.
pub(super) const LOOK: &str = "
SELECT event_key, fingerprint, state, fence, CAST(attempts AS SIGNED) AS attempts,
       TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), lease_until) AS lease_left,
       TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), expires_at) AS kept_left,
       (SELECT purged_to FROM {schema}) AS purged_to
FROM {table} WHERE event_key IN ({rows})
";

/// Renews what is claimed under these fences. It counts the records it finds, changed or not, as do those below: to settle
/// twice in the same way is to settle.
///
/// A fence is given once in the whole store, so that a key among these with a fence among these is one of the pairs that were meant.
pub(super) const RENEW: &str = "
UPDATE {table} SET
    lease_until = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND,
    expires_at = GREATEST(expires_at, UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND),
    purge_at = GREATEST(purge_at, UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND)
WHERE event_key IN ({rows}) AND fence IN ({rows}) AND expires_at > UTC_TIMESTAMP(6) AND state = 'C'
";
/// Completes it, and leaves its place in the index alone if it may.
pub(super) const COMPLETE: &str = "
UPDATE {table} SET
    purge_at = IF(UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND BETWEEN expires_at AND purge_at,
                  purge_at, UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND),
    expires_at = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND,
    state = 'D'
WHERE event_key IN ({rows}) AND fence IN ({rows}) AND expires_at > UTC_TIMESTAMP(6) AND state IN ('C', 'D')
";
/// Releases it.
pub(super) const RELEASE: &str = "
UPDATE {table} SET state = 'R'
WHERE event_key IN ({rows}) AND fence IN ({rows}) AND expires_at > UTC_TIMESTAMP(6) AND state IN ('C', 'R')
";

/// Sets fences aside for this process, so that not each claim asks for one: the last of them is the statement's insert id.
pub(super) const DRAW: &str = "UPDATE {schema} SET fence = LAST_INSERT_ID(fence + ?)";

/// Gives a claim that has just been won a fence of a later draw.
pub(super) const RAISE: &str = "UPDATE {table} SET fence = ? WHERE event_key = ? AND fence = ?";

/// Says, before a record is deleted, that fences up to here have been given: a claim of the same key that was offered an
/// older one sees it, and raises its own. The statement's insert id says how far.
pub(super) const CLOSE: &str = "UPDATE {schema} SET purged_to = LAST_INSERT_ID(fence)";

pub(super) const IS_ALIVE: &str =
    "SELECT expires_at > UTC_TIMESTAMP(6) AS alive FROM {table} WHERE event_key = ? FOR UPDATE";
pub(super) const FORGET: &str = "DELETE FROM {table} WHERE event_key = ?";

pub(super) const ANY_EXPIRED: &str = "SELECT 1 FROM {table} WHERE purge_at <= UTC_TIMESTAMP(6) LIMIT 1";
/// Deletes some records whose retention is over and whose fence is closed.
pub(super) const PURGE: &str = "
DELETE FROM {table} WHERE purge_at <= UTC_TIMESTAMP(6) AND fence <= ? ORDER BY purge_at LIMIT ?
";

/// Records by state: each state that a claim would see, and those that are over.
pub(super) const COUNT: &str = "
SELECT CASE WHEN expires_at <= UTC_TIMESTAMP(6) THEN 'expired'
            WHEN state = 'C' AND lease_until <= UTC_TIMESTAMP(6) THEN 'lapsed'
            ELSE state END AS state, COUNT(*) AS records
FROM {table} GROUP BY 1
";

/// The steps of an inbox.
pub(super) const INBOX_STEPS: &[&str] = &["
CREATE TABLE IF NOT EXISTS {table} (
    event_key   BINARY(32)  NOT NULL PRIMARY KEY,
    fingerprint BINARY(16)  NOT NULL,
    expires_at  DATETIME(6) NOT NULL,
    INDEX {expiry} (expires_at)
) ENGINE = InnoDB
"];

/// Takes an event into the inbox; a duplicate key says that it is there. Waits while another transaction has taken it and is
/// open.
pub(super) const ADMIT: &str = "
INSERT INTO {table} (event_key, fingerprint, expires_at) VALUES (?, ?, UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND)
";
/// What the inbox has, as it is committed and not as this transaction began to see it.
pub(super) const KNOWN: &str = "SELECT fingerprint, expires_at <= UTC_TIMESTAMP(6) AS is_over FROM {table} WHERE event_key = ? LOCK IN SHARE MODE";
/// Takes an event anew whose retention is over.
pub(super) const ADMIT_AGAIN: &str = "
UPDATE {table} SET fingerprint = ?, expires_at = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND
WHERE event_key = ? AND expires_at <= UTC_TIMESTAMP(6)
";
pub(super) const INBOX_PURGE: &str =
    "DELETE FROM {table} WHERE expires_at <= UTC_TIMESTAMP(6) ORDER BY expires_at LIMIT ?";
/// How long the session's statements wait for a lock, in seconds.
pub(super) const WAIT: &str = "SELECT CAST(@@SESSION.innodb_lock_wait_timeout AS SIGNED)";

/// Leaves a transaction if there is one, and does nothing otherwise.
pub(super) const LEAVE: &str = "ROLLBACK";

/// One migration at a time on a server.
pub(super) const LOCK: &str = "SELECT GET_LOCK('tower-webhook migration', 60)";
pub(super) const UNLOCK: &str = "SELECT RELEASE_LOCK('tower-webhook migration')";
pub(super) const VERSIONS: &str = "
CREATE TABLE IF NOT EXISTS {schema} (
    id        TINYINT NOT NULL PRIMARY KEY,
    version   BIGINT  NOT NULL,
    fence     BIGINT  NOT NULL,
    purged_to BIGINT  NOT NULL
) ENGINE = InnoDB
";
pub(super) const FIRST_VERSION: &str =
    "INSERT IGNORE INTO {schema} (id, version, fence, purged_to) VALUES (1, 0, 0, 0)";
pub(super) const VERSION: &str = "SELECT version FROM {schema}";
pub(super) const SET_VERSION: &str = "UPDATE {schema} SET version = ?";
/// Reads nothing, but fails unless the table and its columns are there.
pub(super) const STORE_SHAPE: &str = "SELECT event_key, fingerprint, fence, lease_until, expires_at, purge_at, attempts, state FROM {table} LIMIT 0";
pub(super) const INBOX_SHAPE: &str = "SELECT event_key, fingerprint, expires_at FROM {table} LIMIT 0";
