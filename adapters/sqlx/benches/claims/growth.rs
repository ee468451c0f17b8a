//! Whether a verb costs the same however many ids there are, and what an id takes.

use std::time::Instant;

use sqlx::AssertSqlSafe;
use sqlx::mysql::MySqlPool;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use tower_webhook::store::Store;
use tower_webhook_sqlx::{MySqlStore, PostgresStore, SqliteStore, sqlx};

use super::{load, quartiles};

/// Up to how many ids to grow, if the environment says so.
pub(super) fn most() -> Option<u64> {
    std::env::var("GROW").ok()?.parse().ok()
}

pub(super) async fn sqlite(store: &SqliteStore, pool: &SqlitePool, most: u64) {
    let size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    let fill = async |_: u64, rows: u64| {
        let sql = format!(
            "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
             INSERT INTO webhook_event (event_key, fingerprint, fence, lease_until, expires_at, purge_at, attempts, state)
             SELECT randomblob(32), randomblob(16), 0, 0, unixepoch() * 1000000 + 691200000000 + i, unixepoch() * 1000000 + 702000000000 + i, 1, 'D' FROM n"
        );
        sqlx::query(AssertSqlSafe(sql)).execute(pool).await.map(drop)
    };
    let size = async || sqlx::query_scalar::<_, i64>(size).fetch_one(pool).await;
    grow("sqlite", store, most, fill, size).await;
}

pub(super) async fn postgres(store: &PostgresStore, pool: &PgPool, most: u64) {
    let fill = async |from: u64, rows: u64| {
        let sql = format!(
            "INSERT INTO webhook_event (event_key, fingerprint, fence, lease_until, expires_at, purge_at, attempts, state)
             SELECT sha256(n::text::bytea), decode(md5(n::text), 'hex'), 0, clock_timestamp(),
                    clock_timestamp() + interval '8 days', clock_timestamp() + interval '8 days 3 hours', 1, 'D' FROM generate_series({from}, {}) AS n",
            from + rows - 1
        );
        sqlx::query(AssertSqlSafe(sql)).execute(pool).await?;
        if (from + rows - 1).is_multiple_of(FIRST) {
            // What is measured next is not to pay for what was filled in.
            sqlx::query("CHECKPOINT").execute(pool).await?;
        }
        Ok(())
    };
    let size = "SELECT pg_total_relation_size('webhook_event')";
    let size = async || sqlx::query_scalar::<_, i64>(size).fetch_one(pool).await;
    grow("postgres", store, most, fill, size).await;
}

pub(super) async fn mysql(store: &MySqlStore, pool: &MySqlPool, most: u64) {
    let fill = async |from: u64, rows: u64| {
        let sql = format!(
            "INSERT INTO webhook_event (event_key, fingerprint, fence, lease_until, expires_at, purge_at, attempts, state)
             SELECT UNHEX(SHA2(seq, 256)), UNHEX(MD5(seq)), 0, UTC_TIMESTAMP(6),
                    UTC_TIMESTAMP(6) + INTERVAL 8 DAY + INTERVAL seq MICROSECOND,
                    UTC_TIMESTAMP(6) + INTERVAL 195 HOUR + INTERVAL seq MICROSECOND, 1, 'D' FROM seq_{from}_to_{}",
            from + rows - 1
        );
        sqlx::query(AssertSqlSafe(sql)).execute(pool).await.map(drop)
    };
    let size = "SELECT CAST(file_size AS SIGNED) FROM information_schema.innodb_sys_tablespaces WHERE name LIKE '%/webhook_event'";
    let size = async || sqlx::query_scalar::<_, i64>(size).fetch_one(pool).await;
    grow("mariadb", store, most, fill, size).await;
}

/// Fills the table with completed records, and measures on the way.
async fn grow<S: Store + Clone>(
    name: &str,
    store: &S,
    most: u64,
    fill: impl AsyncFn(u64, u64) -> sqlx::Result<()>,
    size: impl AsyncFn() -> sqlx::Result<i64>,
) {
    let (mut rows, mut next, began) = (0, FIRST, Instant::now());
    loop {
        let bytes = size().await.expect("the engine knows its sizes").unsigned_abs();
        let mut loads = Vec::new();
        for _ in 0..SECONDS {
            loads.push(load::pairs(store, 64).await);
        }
        println!(
            "{name:<10} {rows:>9} ids, {:>4} bytes an id, {:>6.0} pairs/s, p99 {:.2} ms ({:.0?} so far)",
            bytes.checked_div(rows).unwrap_or(0),
            quartiles(loads.iter().map(|load| load.per_second).collect())[1],
            quartiles(loads.iter().map(|load| load.p99_ms).collect())[1],
            began.elapsed()
        );
        if rows >= most {
            return;
        }
        while rows < next.min(most) {
            fill(rows + 1, STEP).await.expect("the table takes rows");
            rows += STEP;
        }
        next *= 10;
    }
}

/// After a checkpoint PostgreSQL writes each page whole once, which is soon over at a million ids and goes on at ten.
const SECONDS: usize = 40;
const FIRST: u64 = 1_000_000;
const STEP: u64 = 100_000;
