//! What a claim with its completion costs in each engine, beside the least that the engine can do in the same run.
//!
//! ```sh
//! cargo bench -p tower-webhook-sqlx --all-features             # all engines
//! cargo bench -p tower-webhook-sqlx --all-features -- sqlite   # one of them
//! GROW=10000000 cargo bench …                                  # instead: bytes an id, and cost at 1 M and at 10 M ids
//! ```
//!
//! The floor is one `INSERT … ON CONFLICT` of as many rows as there are callers, 256 at most, over and over on one connection:
//! nobody can put keys into a table with less. A claim and a completion are two such writes. Criterion measures one call at
//! a time; here hundreds wait at once, so the numbers are taken by hand.

mod floor;
mod growth;
mod load;

use std::process::ExitCode;

use sqlx::mysql::MySqlPoolOptions;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqlitePool;
use tower_webhook::store::Store;
use tower_webhook_sqlx::{MySqlStore, PostgresStore, SqliteStore, sqlx};
use tower_webhook_testkit::server::Server;

use floor::Floor;

const CONCURRENCY: [usize; 3] = [1, 64, 512];

#[tokio::main]
async fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    println!("engine     callers   pairs/s   p50 ms   p99 ms   floor rows/s   verb : floor");
    if is_wanted("sqlite") {
        sqlite().await;
    }
    if is_wanted("postgres") {
        postgres().await;
    }
    if is_wanted("mysql") {
        mysql().await;
    }
    ExitCode::SUCCESS
}

async fn sqlite() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("webhooks.db");
    let store = SqliteStore::open(&path).await.expect("SQLite opens a file");
    store.migrate().await.expect("SQLite makes tables");
    let bare = directory.path().join("bare.db");
    let floor = Floor::sqlite(SqliteStore::options().filename(bare)).await;
    if let Some(most) = growth::most() {
        let pool = SqlitePool::connect_with(SqliteStore::options().filename(&path)).await;
        return growth::sqlite(&store, &pool.expect("SQLite opens a file"), most).await;
    }
    compare("sqlite", &store, floor).await;
}

async fn postgres() {
    // Ten million ids take 2 GB, and the default is room for a sixteenth of them.
    let buffers: &[&str] = match growth::most() {
        Some(_) => &["-c", "shared_buffers=3GB"],
        None => &[],
    };
    let Some(server) = Server::postgres(buffers) else {
        return;
    };
    let pool = PgPoolOptions::new()
        .max_connections(16)
        .connect(&server.url())
        .await;
    let pool = pool.expect("PostgreSQL takes connections");
    let store = PostgresStore::new(pool.clone());
    store.migrate().await.expect("PostgreSQL makes tables");
    if let Some(most) = growth::most() {
        return growth::postgres(&store, &pool, most).await;
    }
    compare("postgres", &store, Floor::postgres(pool.clone()).await).await;
}

async fn mysql() {
    let Some(server) = Server::mariadb(&["--innodb-buffer-pool-size=1G"]) else {
        return;
    };
    let pool = MySqlPoolOptions::new()
        .max_connections(16)
        .connect(&server.url())
        .await;
    let pool = pool.expect("MariaDB takes connections");
    let store = MySqlStore::new(pool.clone());
    store.migrate().await.expect("MariaDB makes tables");
    if let Some(most) = growth::most() {
        return growth::mysql(&store, &pool, most).await;
    }
    compare("mariadb", &store, Floor::mysql(pool.clone()).await).await;
}

/// Runs store and floor in turns, so that what else the machine does hits both.
async fn compare<S: Store + Clone>(name: &str, store: &S, mut floor: Floor) {
    for callers in CONCURRENCY {
        let mut runs = Vec::new();
        for _ in 0..3 {
            let bare = floor.rows_per_second(callers).await;
            runs.push((load::pairs(store, callers).await, bare));
        }
        runs.sort_by(|one, other| one.0.per_second.total_cmp(&other.0.per_second));
        let (load, _) = &runs[1];
        let mut floors: Vec<f64> = runs.iter().map(|(_, bare)| *bare).collect();
        floors.sort_by(f64::total_cmp);
        let bare = floors[1];
        println!(
            "{name:<10} {callers:>7} {:>9.0} {:>8.2} {:>8.2} {bare:>14.0} {:>14.2}",
            load.per_second,
            load.median_ms,
            load.p99_ms,
            bare / (2.0 * load.per_second),
        );
    }
}
