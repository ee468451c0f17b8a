//! PostgreSQL's statements.
//!
//! They count on no more than READ COMMITTED and are right above it too, where the database undoes a statement that met
//! another and it is sent again. Each stands alone: none needs a transaction around it, and a batch is one statement. Time is `clock_timestamp()`, which
//! goes on while a statement waits for a lock; `now()` stands still.

/// The steps from nothing to the newest version; a database of version `n` needs those behind the first `n`.
///
/// A table that is there already is left as it is, so that it can be partitioned before it is migrated.
///
/// `purge_at` is where the index has a record: a 64th of its retention behind its end, so that a completion which comes soon after its claim,
/// and ends the record a little later, changes no indexed column: then PostgreSQL enters it in no index anew (`HOT`).
pub(super) const STORE_STEPS: &[&str] = &["
CREATE SEQUENCE {fence};
CREATE TABLE IF NOT EXISTS {table} (
    event_key   bytea       NOT NULL CHECK (octet_length(event_key) = 32),
    fingerprint bytea       NOT NULL CHECK (octet_length(fingerprint) = 16),
    fence       bigint      NOT NULL,
    lease_until timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    purge_at    timestamptz NOT NULL,
    attempts    integer     NOT NULL,
    state       \"char\"      NOT NULL CHECK (state IN ('C', 'D', 'R')),
    PRIMARY KEY (event_key)
);
CREATE INDEX {expiry} ON {table} (purge_at);
"];

/// Claims what is free, and takes the steps of those who hold a claim. No key may be there twice, and keys must be in order.
///
/// `taken`: the fence is drawn anew where a row is there: that happens under the row's lock, so after whoever had it before.
/// The one in the proposed row was drawn before this statement waited for the lock, and may be lower than his.
///
/// `stepped` renews ('C'), completes ('D') and releases ('R') what is claimed under these fences; to settle twice in the same
/// way is to settle. `$9` is the number of steps.
pub(super) const WORK: &str = "
WITH taken AS (
    INSERT INTO {table} AS known (event_key, fingerprint, state, fence, attempts, lease_until, expires_at, purge_at)
    SELECT event_key, fingerprint, 'C', nextval('{fence}'), 1,
           clock_timestamp() + lease * interval '1 microsecond',
           clock_timestamp() + keep * interval '1 microsecond',
           clock_timestamp() + (keep + keep / 64) * interval '1 microsecond'
    FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bigint[]) AS wish (event_key, fingerprint, lease, keep)
    ON CONFLICT (event_key) DO UPDATE SET
        fingerprint = excluded.fingerprint,
        state = 'C',
        fence = nextval('{fence}'),
        attempts = CASE WHEN known.expires_at <= clock_timestamp() THEN 1 ELSE least(known.attempts, 2147483646) + 1 END,
        lease_until = excluded.lease_until,
        expires_at = excluded.expires_at,
        purge_at = excluded.purge_at
    WHERE known.expires_at <= clock_timestamp()
       OR (known.fingerprint = excluded.fingerprint
           AND (known.state = 'R' OR (known.state = 'C' AND known.lease_until <= clock_timestamp())))
    RETURNING event_key, fence, attempts
), stepped AS (
    UPDATE {table} AS known SET
        state = step.state::\"char\",
        lease_until = CASE step.state
            WHEN 'C' THEN clock_timestamp() + step.span * interval '1 microsecond'
            ELSE known.lease_until END,
        expires_at = CASE step.state
            WHEN 'C' THEN greatest(known.expires_at, clock_timestamp() + step.span * interval '1 microsecond')
            WHEN 'D' THEN clock_timestamp() + step.span * interval '1 microsecond'
            ELSE known.expires_at END,
        purge_at = CASE step.state
            WHEN 'C' THEN greatest(known.purge_at, clock_timestamp() + step.span * interval '1 microsecond')
            WHEN 'D' THEN CASE
                WHEN clock_timestamp() + step.span * interval '1 microsecond'
                     BETWEEN known.expires_at AND known.purge_at
                THEN known.purge_at
                ELSE clock_timestamp() + step.span * interval '1 microsecond' END
            ELSE known.purge_at END
    FROM (SELECT * FROM unnest($5::bytea[], $6::bigint[], $7::text[], $8::bigint[])
              AS step (event_key, fence, state, span) LIMIT $9) AS step
    WHERE known.event_key = step.event_key AND known.fence = step.fence AND known.expires_at > clock_timestamp()
      AND (known.state = 'C' OR known.state = step.state::\"char\")
    RETURNING known.event_key
)
SELECT event_key, fence, attempts::bigint AS attempts FROM taken
UNION ALL
SELECT event_key, NULL, NULL FROM stepped
";

/// What there is under these keys.
///
/// Here and for the steps, the `LIMIT` is for the planner: of a parameter it expects one row, and so looks each key up in the index.
/// A plan is kept for as long as the connection lives, and one that was made while the table was small would read
/// the whole of it for ever. `$2` is the number of keys.
///
/// A time that somebody set to `infinity` can't be counted from, and would fail the statement for all: it counts as a far one.
pub(super) const LOOK: &str = "
SELECT event_key, fingerprint, state::text AS state, fence, attempts::bigint AS attempts,
       (extract(epoch FROM least(greatest(lease_until, 'epoch'), '9999-12-31') - clock_timestamp()) * 1000000)::bigint AS lease_left,
       (extract(epoch FROM least(greatest(expires_at, 'epoch'), '9999-12-31') - clock_timestamp()) * 1000000)::bigint AS kept_left
FROM (SELECT * FROM unnest($1::bytea[]) AS wanted (event_key) LIMIT $2) AS wanted JOIN {table} USING (event_key)
";

/// Ends a record's retention and leaves the row: a claim that waits for its lock then finds the row, and draws its fence
/// after it. The next purge deletes it.
pub(super) const FORGET: &str = "
UPDATE {table} SET expires_at = clock_timestamp(), purge_at = clock_timestamp() WHERE event_key = $1 AND expires_at > clock_timestamp()
";

/// Deletes some rows whose retention is over, without waiting for those that somebody is about to claim.
///
/// The time is the statement's own: an index can be asked with that, and not with a clock that goes on.
pub(super) const PURGE: &str = "
DELETE FROM {table} WHERE expires_at <= statement_timestamp() AND event_key = ANY(ARRAY(
    SELECT event_key FROM {table} WHERE purge_at <= statement_timestamp() AND expires_at <= statement_timestamp()
    LIMIT $1 FOR UPDATE SKIP LOCKED))
";

/// Records by state: each state that a claim would see, and those that are over.
pub(super) const COUNT: &str = "
SELECT CASE WHEN expires_at <= clock_timestamp() THEN 'expired'
            WHEN state = 'C' AND lease_until <= clock_timestamp() THEN 'lapsed'
            ELSE state::text END AS state, count(*) AS records
FROM {table} GROUP BY 1
";

/// The steps of an inbox.
pub(super) const INBOX_STEPS: &[&str] = &["
CREATE TABLE IF NOT EXISTS {table} (
    event_key   bytea       NOT NULL CHECK (octet_length(event_key) = 32),
    fingerprint bytea       NOT NULL CHECK (octet_length(fingerprint) = 16),
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (event_key)
);
CREATE INDEX {expiry} ON {table} (expires_at);
"];

/// Takes an event into the inbox; a row comes back when it is new there, or its retention was over. Waits while another
/// transaction has taken it and is open.
pub(super) const ADMIT: &str = "
INSERT INTO {table} AS known (event_key, fingerprint, expires_at)
VALUES ($1, $2, clock_timestamp() + $3 * interval '1 microsecond')
ON CONFLICT (event_key) DO UPDATE SET fingerprint = excluded.fingerprint, expires_at = excluded.expires_at
WHERE known.expires_at <= clock_timestamp()
RETURNING 1
";

/// Deletes some events whose retention is over, as [`PURGE`] does.
pub(super) const INBOX_PURGE: &str = "
DELETE FROM {table} WHERE expires_at <= statement_timestamp() AND event_key = ANY(ARRAY(
    SELECT event_key FROM {table} WHERE expires_at <= statement_timestamp() LIMIT $1 FOR UPDATE SKIP LOCKED))
";

/// The fingerprint of an event in the inbox.
pub(super) const KNOWN: &str = "SELECT fingerprint FROM {table} WHERE event_key = $1";

/// Sets how long the transaction's statements wait for a lock, and answers how long they did.
pub(super) const WAIT: &str =
    "SELECT current_setting('lock_timeout') AS before, set_config('lock_timeout', $1, true)";

/// Whether the connection is in no transaction: then the statement begins one, and both have the same time.
pub(super) const IS_ALONE: &str = "SELECT now() = statement_timestamp()";
pub(super) const LEAVE: &str = "ROLLBACK";

/// One migration at a time in a database; the number is this crate's own.
pub(super) const LOCK: &str = "SELECT pg_advisory_xact_lock(8031706132)";
pub(super) const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS {schema} (version bigint NOT NULL)";
pub(super) const VERSION: &str = "SELECT version FROM {schema}";
pub(super) const FORGET_VERSION: &str = "DELETE FROM {schema}";
pub(super) const SET_VERSION: &str = "INSERT INTO {schema} (version) VALUES ($1)";
/// Reads nothing, but fails unless the table and its columns are there.
pub(super) const STORE_SHAPE: &str = "SELECT event_key, fingerprint, fence, lease_until, expires_at, purge_at, attempts, state FROM {table} LIMIT 0";
pub(super) const INBOX_SHAPE: &str = "SELECT event_key, fingerprint, expires_at FROM {table} LIMIT 0";
