//! SQLite's statements.
//!
//! Each runs inside `BEGIN IMMEDIATE`, so nobody else writes meanwhile. Times are microseconds since 1970 by the clock of the
//! process that writes, handed in as `?1` where a statement needs it: it is read once for each transaction, after the lock was got.

/// The steps from nothing to the newest version. `WITHOUT ROWID` keeps a record in the key's own tree, in one place.
///
/// `purge_at` is where the index has a record: a 64th of its retention behind its end, so that a completion which comes soon after its claim,
/// and ends the record a little later, need not move it. The triggers move it otherwise, and count the fences of claims that
/// draw their own, but no fence that somebody wrote by hand and that is no number; so each verb can be one statement.
pub(super) const STORE_STEPS: &[&str] = &["
CREATE TABLE {table} (
    event_key   BLOB    NOT NULL PRIMARY KEY CHECK (length(event_key) = 32),
    fingerprint BLOB    NOT NULL CHECK (length(fingerprint) = 16),
    fence       INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    purge_at    INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('C', 'D', 'R'))
) WITHOUT ROWID;
CREATE INDEX {expiry} ON {table} (purge_at);
CREATE TRIGGER {drawn} AFTER INSERT ON {table} WHEN typeof(NEW.fence) = 'integer' AND NEW.fence > (SELECT fence FROM {schema})
BEGIN UPDATE {schema} SET fence = NEW.fence; END;
CREATE TRIGGER {redrawn} AFTER UPDATE OF fence ON {table} WHEN typeof(NEW.fence) = 'integer' AND NEW.fence > (SELECT fence FROM {schema})
BEGIN UPDATE {schema} SET fence = NEW.fence; END;
CREATE TRIGGER {moved} AFTER UPDATE OF expires_at ON {table}
WHEN NEW.expires_at NOT BETWEEN OLD.expires_at AND NEW.purge_at
BEGIN UPDATE {table} SET purge_at = NEW.expires_at WHERE event_key = NEW.event_key; END;
"];

/// Draws as many fences as `?1` says, and answers the last of them. One counter serves the whole store, so a key that was
/// forgotten doesn't start again at a fence it has had.
pub(super) const DRAW: &str = "UPDATE {schema} SET fence = fence + ?1 RETURNING fence";

/// Claims what is free. Keys must be distinct.
pub(super) const TAKE: &str = "
WITH wish (event_key, fingerprint, fence, lease, keep) AS (VALUES {rows})
INSERT INTO {table} AS known (event_key, fingerprint, fence, lease_until, expires_at, purge_at, attempts, state)
SELECT event_key, fingerprint, fence, ?1 + lease, ?1 + keep, ?1 + keep + keep / 64, 1, 'C' FROM wish WHERE true
ON CONFLICT (event_key) DO UPDATE SET
    fingerprint = excluded.fingerprint,
    fence = excluded.fence,
    lease_until = excluded.lease_until,
    expires_at = excluded.expires_at,
    purge_at = excluded.purge_at,
    attempts = CASE WHEN known.expires_at <= ?1 THEN 1 ELSE min(CAST(known.attempts AS INTEGER), 2147483646) + 1 END,
    state = 'C'
WHERE known.expires_at <= ?1
   OR (known.fingerprint = excluded.fingerprint
       AND (known.state = 'R' OR (known.state = 'C' AND known.lease_until <= ?1)))
RETURNING event_key, fence, attempts
";
pub(super) const TAKE_ROW: &str = "(?, ?, ?, ?, ?)";

/// What there is under these keys.
pub(super) const LOOK: &str = "
SELECT event_key, fingerprint, state, fence, attempts, lease_until - ?1 AS lease_left, expires_at - ?1 AS kept_left
FROM {table} WHERE event_key IN ({rows})
";
pub(super) const LOOK_ROW: &str = "?";

/// Renews ('C'), completes ('D') and releases ('R') what is claimed under these fences; to settle twice in the same way is to
/// settle. Keys must be distinct.
pub(super) const STEP: &str = "
WITH step (event_key, fence, state, span) AS (VALUES {rows})
UPDATE {table} AS known SET
    state = step.state,
    lease_until = CASE step.state WHEN 'C' THEN ?1 + step.span ELSE known.lease_until END,
    expires_at = CASE step.state WHEN 'C' THEN max(known.expires_at, ?1 + step.span)
                                 WHEN 'D' THEN ?1 + step.span
                                 ELSE known.expires_at END
FROM step
WHERE known.event_key = step.event_key AND known.fence = step.fence AND known.expires_at > ?1
  AND known.state IN ('C', step.state)
RETURNING event_key
";
pub(super) const STEP_ROW: &str = "(?, ?, ?, ?)";

/// A single claim, which draws its own fence, and a single step. A statement that stands alone takes the lock before it reads, and
/// is one message to SQLite's thread. A duplicate writes nothing.
pub(super) const TAKE_ALONE_ROW: &str = "(?1, ?2, (SELECT fence + 1 FROM {schema}), ?3, ?4)";
pub(super) const STEP_ALONE_ROW: &str = "(?1, ?2, ?3, ?4)";
/// What stands for the time in there: SQLite's own view of the machine's clock, which it reads when it has got the lock. Its
/// days are exact to the millisecond.
pub(super) const NOW: &str = "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER) * 1000";

/// Forgets a record, and answers whether a claim would have seen it.
pub(super) const FORGET: &str = "DELETE FROM {table} WHERE event_key = ?2 RETURNING expires_at > ?1";

/// Deletes some rows whose retention is over.
pub(super) const PURGE: &str = "
DELETE FROM {table} WHERE event_key IN (SELECT event_key FROM {table} WHERE purge_at <= ?1 LIMIT ?2)
";

/// Records by state: each state that a claim would see, and those that are over.
pub(super) const COUNT: &str = "
SELECT CASE WHEN expires_at <= ?1 THEN 'expired'
            WHEN state = 'C' AND lease_until <= ?1 THEN 'lapsed'
            ELSE state END AS state, count(*) AS records
FROM {table} GROUP BY 1
";

/// The steps of an inbox.
pub(super) const INBOX_STEPS: &[&str] = &["
CREATE TABLE {table} (
    event_key   BLOB    NOT NULL PRIMARY KEY CHECK (length(event_key) = 32),
    fingerprint BLOB    NOT NULL CHECK (length(fingerprint) = 16),
    expires_at  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX {expiry} ON {table} (expires_at);
"];

/// Takes an event into the inbox; a row comes back when it is new there, or its retention was over.
pub(super) const ADMIT: &str = "
INSERT INTO {table} AS known (event_key, fingerprint, expires_at) VALUES (?2, ?3, ?1 + ?4)
ON CONFLICT (event_key) DO UPDATE SET fingerprint = excluded.fingerprint, expires_at = excluded.expires_at
WHERE known.expires_at <= ?1
RETURNING 1
";

/// Deletes some events whose retention is over.
pub(super) const INBOX_PURGE: &str = "
DELETE FROM {table} WHERE event_key IN (SELECT event_key FROM {table} WHERE expires_at <= ?1 LIMIT ?2)
";

/// The fingerprint of an event in the inbox.
pub(super) const KNOWN: &str = "SELECT fingerprint FROM {table} WHERE event_key = ?1";

pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";
pub(super) const LEAVE: &str = "ROLLBACK";
pub(super) const JOURNAL: &str = "PRAGMA journal_mode";
pub(super) const LOCKING: &str = "PRAGMA locking_mode";
pub(super) const VERSIONS: &str =
    "CREATE TABLE IF NOT EXISTS {schema} (version INTEGER NOT NULL, fence INTEGER NOT NULL)";
pub(super) const VERSION: &str = "SELECT version FROM {schema}";
pub(super) const FIRST_VERSION: &str = "INSERT INTO {schema} (version, fence) VALUES (0, 0)";
pub(super) const SET_VERSION: &str = "UPDATE {schema} SET version = ?1";
/// Reads nothing, but fails unless the table and its columns are there.
pub(super) const STORE_SHAPE: &str = "SELECT event_key, fingerprint, fence, lease_until, expires_at, purge_at, attempts, state FROM {table} LIMIT 0";
pub(super) const INBOX_SHAPE: &str = "SELECT event_key, fingerprint, expires_at FROM {table} LIMIT 0";
