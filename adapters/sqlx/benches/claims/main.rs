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
use load::Load;

const CONCURRENCY: [usize; 3] = [1, 64, 512];
const ROUNDS: usize = 9;

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
    // Ten million ids take 1.4 GB, and the default is room for 2 MB of them.
    let memory = if growth::most().is_some() {
        "-2000000"
    } else {
        "-2000"
    };
    let options = SqliteStore::options()
        .filename(&path)
        .pragma("cache_size", memory);
    let store = SqliteStore::open_with(options).await;
    let store = store.expect("SQLite opens a file");
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
    // Ten million ids take 2.3 GB, and the default is room for an eighteenth of them.
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
    let memory: &[&str] = match growth::most() {
        Some(_) => &["--innodb-buffer-pool-size=4G", "--innodb-log-file-size=2G"],
        None => &["--innodb-buffer-pool-size=1G"],
    };
    let Some(server) = Server::mariadb(memory) else {
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

/// Runs store and floor in turns, so that what else the machine does hits both. Each column is a median; the last is that of the
/// rounds' own ratios, with its quartiles.
async fn compare<S: Store + Clone>(name: &str, store: &S, mut floor: Floor) {
    for callers in CONCURRENCY {
        let (mut loads, mut floors, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let bare = floor.rows_per_second(callers).await;
            let load = load::pairs(store, callers).await;
            ratios.push(bare / (2.0 * load.per_second));
            floors.push(bare);
            loads.push(load);
        }
        let of_loads = |value: fn(&Load) -> f64| quartiles(loads.iter().map(value).collect())[1];
        let [low, ratio, high] = quartiles(ratios);
        println!(
            "{name:<10} {callers:>7} {:>9.0} {:>8.2} {:>8.2} {:>14.0} {ratio:>8.2} ({low:.2}–{high:.2})",
            of_loads(|load| load.per_second),
            of_loads(|load| load.median_ms),
            of_loads(|load| load.p99_ms),
            quartiles(floors)[1],
        );
    }
}

/// The lower quartile, the median and the upper one.
fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}
