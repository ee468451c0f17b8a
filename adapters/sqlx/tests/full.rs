//! A server whose disk is full answers what it knows and says that it has no room for more (191).
#![cfg(any(feature = "mysql", feature = "postgres"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::error::Error;
use std::time::Duration;

use tower_webhook::store::{Claim, Held, Lease, Retention, Store, StoreError, StoreErrorKind, Ticket};
use tower_webhook::{Fingerprint, Key};
use tower_webhook_sqlx::sqlx;
use tower_webhook_testkit::server::Server;

const LEASE: Lease = Lease::new(Duration::from_secs(60));
const KEEP: Retention = Retention::new(Duration::from_secs(3600));

async fn claim(store: &impl Store, number: u64) -> Result<Claim, StoreError> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    let print = Fingerprint::from_bytes([1; 16]);
    store.claim(&Key::from_bytes(bytes), &print, LEASE, KEEP).await
}

async fn win(store: &impl Store, number: u64) -> Ticket {
    match claim(store, number).await.unwrap() {
        Claim::Won(ticket) => ticket,
        other => panic!("the key is free, but the store answered {other:?}"),
    }
}

/// Claims until the store refuses, and proves that it says why and forgets nothing.
async fn says_so(store: &impl Store, done: u64) {
    let mut won = Vec::new();
    let refused = loop {
        let number = 1_000_000 + won.len() as u64;
        match claim(store, number).await {
            Ok(Claim::Won(_)) => won.push(number),
            Ok(other) => panic!("a new key was answered {other:?}"),
            Err(error) => break error,
        }
        assert!(won.len() < 20_000, "the disk is full by now");
    };
    assert_eq!(
        refused.kind(),
        StoreErrorKind::Unavailable,
        "the sender hears 503"
    );
    let said = refused.source().unwrap().to_string();
    assert!(said.contains("no room"), "{said}: {refused:?}");
    assert_eq!(claim(store, done).await.unwrap(), Claim::Done);
    if let Some(number) = won.pop() {
        let busy = claim(store, number).await.unwrap();
        assert!(matches!(busy, Claim::InFlight { .. }), "{busy:?}");
    }
}

/// A limit on the size of each file stands for the disk: it needs no rights to mount one. It is no multiple of a page, so that the server
/// sees what it would see of a disk, a write that got only so far.
#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn t191_postgres_with_a_full_disk_answers_what_it_knows() {
    use sqlx::postgres::{PgPool, PgPoolOptions};
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::process::CommandExt;
    use std::process::Command;
    use tower_webhook_sqlx::PostgresStore;

    let Some(mut server) = Server::postgres(&["-c", "autovacuum=off"]) else {
        return;
    };
    let lazy = |server: &Server| -> PgPool {
        let pool = PgPoolOptions::new().max_connections(2);
        pool.connect_lazy(&server.url()).unwrap()
    };
    let pool = lazy(&server);
    let store = PostgresStore::new(pool.clone());
    store.migrate().await.unwrap();
    let done = win(&store, 1).await;
    store.complete(&done, KEEP).await.unwrap();
    pool.close().await;

    // As large as a piece of the server's log, which must go on being written.
    let limit = format!("--fsize={}", 16 * 1024 * 1024 + 100);
    let process = std::fs::read_to_string(server.home().join("data/postmaster.pid")).unwrap();
    let process = process.lines().next().unwrap();
    // Only the server's own user may set it.
    let owner = std::fs::metadata(server.home().join("data")).unwrap();
    let mut set = Command::new("prlimit");
    set.args(["--pid", process, &limit])
        .uid(owner.uid())
        .gid(owner.gid());
    assert!(set.status().unwrap().success());
    let pool = lazy(&server);
    let fill = "INSERT INTO webhook_event (event_key, fingerprint, fence, lease_until, expires_at, purge_at, attempts, state)
        SELECT sha256(n::text::bytea), '\\x00000000000000000000000000000000', n, now(), now() + interval '1 hour', now() + interval '1 hour', 1, 'D'
        FROM generate_series(1, 300000) AS n";
    let full = sqlx::query(fill).execute(&pool).await.unwrap_err();
    let code = full.as_database_error().and_then(|error| error.code());
    assert_eq!(code.as_deref(), Some("53100"), "{full}");
    says_so(&PostgresStore::new(pool), 1).await;

    // Started anew, it has no limit.
    server.restart();
    let store = PostgresStore::new(lazy(&server));
    assert_eq!(claim(&store, 1).await.unwrap(), Claim::Done);
    let ticket = win(&store, 2).await;
    assert_eq!(store.complete(&ticket, KEEP).await.unwrap(), Held::Yes);
}

/// Tables in files that may not grow stand for the disk.
#[cfg(feature = "mysql")]
#[tokio::test(flavor = "multi_thread")]
async fn t191_mariadb_with_full_files_answers_what_it_knows() {
    use sqlx::mysql::MySqlPoolOptions;
    use tower_webhook_sqlx::MySqlStore;

    let files = "--innodb-data-file-path=ibdata1:12M;ibdata2:4M";
    let Some(server) = Server::mariadb(&[files, "--innodb-file-per-table=0"]) else {
        return;
    };
    let pool = MySqlPoolOptions::new().max_connections(2);
    let pool = pool.connect_lazy(&server.url()).unwrap();
    let store = MySqlStore::new(pool.clone());
    store.migrate().await.unwrap();
    let done = win(&store, 1).await;
    store.complete(&done, KEEP).await.unwrap();
    let fill = "INSERT INTO webhook_event (event_key, fingerprint, fence, lease_until, expires_at, purge_at, attempts, state)
        SELECT UNHEX(SHA2(UUID(), 256)), '0123456789abcdef', 0, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 1 HOUR,
               UTC_TIMESTAMP(6) + INTERVAL 1 HOUR, 1, 'D'
        FROM seq_1_to_500";
    while sqlx::query(fill).execute(&pool).await.is_ok() {}
    says_so(&store, 1).await;
}
