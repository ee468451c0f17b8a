//! Records that somebody spoilt by hand (178): each is the trouble of its own verbs, and of no other that shares its statement.
//!
//! In one thread, so that all have asked before anybody is served, and go together.
#![cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::time::Duration;

use tokio::task::JoinSet;
use tower_webhook::store::{
    Claim, Held, Lease, Operate, Retention, Store, StoreError, StoreErrorKind, Ticket,
};
use tower_webhook::{Fingerprint, Key};
#[cfg(any(feature = "mysql", feature = "postgres"))]
use tower_webhook_testkit::server::Server;

const KEEP: Retention = Retention::new(Duration::from_secs(3600));
/// The last byte of the key that is spoilt.
const SPOILT: u8 = 7;

fn key(group: u8, number: u8) -> Key {
    let mut bytes = [group; 32];
    bytes[31] = number;
    Key::from_bytes(bytes)
}

async fn claim(store: &impl Store, key: &Key) -> Result<Claim, StoreError> {
    let lease = Lease::new(Duration::from_secs(60));
    let print = Fingerprint::from_bytes([1; 16]);
    store.claim(key, &print, lease, KEEP).await
}

async fn win(store: &impl Store, key: &Key) -> Ticket {
    match claim(store, key).await.unwrap() {
        Claim::Won(ticket) => ticket,
        other => panic!("the key is free, but the store answered {other:?}"),
    }
}

/// Claims the spoilt key of this group together with others. All of those win; its own answer is returned.
async fn claim_among_others<S: Store + Clone>(store: &S, group: u8) -> Result<Claim, StoreError> {
    let mut claims = JoinSet::new();
    for number in 0..20 {
        let store = store.clone();
        claims.spawn(async move { (number, claim(&store, &key(group, number)).await) });
    }
    let mut own = None;
    for (number, answer) in claims.join_all().await {
        match answer {
            answer if number == SPOILT => own = Some(answer),
            Ok(Claim::Won(_)) => {}
            other => panic!("group {group}: a new key beside the spoilt one was answered {other:?}"),
        }
    }
    own.unwrap()
}

/// Proves that nobody can read this group's spoilt record, and that nobody but an operator loses anything by it.
async fn is_its_own_verbs_trouble<S: Operate + Clone>(store: &S, group: u8, ticket: &Ticket) {
    let spoilt = key(group, SPOILT);
    let kinds = [
        claim_among_others(store, group).await.unwrap_err().kind(),
        claim(store, &spoilt).await.unwrap_err().kind(),
        store.inspect(&spoilt).await.unwrap_err().kind(),
    ];
    assert_eq!(kinds, [StoreErrorKind::Corrupt; 3], "group {group}");
    assert_eq!(store.release(ticket).await.unwrap(), Held::Lost);
    assert!(store.forget(&spoilt).await.unwrap());
    assert!(win(store, &spoilt).await.fence() > ticket.fence());
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn t178_a_record_in_sqlite_that_nobody_can_read_is_its_own_verbs_trouble() {
    use tower_webhook_sqlx::SqliteStore;
    use tower_webhook_sqlx::sqlx::{self, Connection, SqliteConnection};

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("webhooks.db");
    let store = SqliteStore::open(&path).await.unwrap();
    store.migrate().await.unwrap();
    let options = SqliteStore::options().filename(path);
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    let mut spoil = async |group: u8, change: &str| {
        let sql = format!("UPDATE webhook_event SET {change} WHERE event_key = ?1");
        let update = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(key(group, SPOILT).as_bytes().to_vec());
        update.execute(&mut other).await
    };
    // SQLite's types are a wish; what the table refuses is what its constraints name.
    let unreadable = [
        "fence = 'x', state = 'D'",
        "fence = 0.5, state = 'D'",
        "attempts = x'00', state = 'D'",
        "fingerprint = 'ääääääääääääääää', state = 'D'",
        "expires_at = 9e99, state = 'D'",
    ];
    for (group, change) in (1..).zip(unreadable) {
        let ticket = win(&store, &key(group, SPOILT)).await;
        assert_eq!(spoil(group, change).await.unwrap().rows_affected(), 1);
        is_its_own_verbs_trouble(&store, group, &ticket).await;
    }
    for (group, change) in (100..).zip([
        "attempts = 'x'",
        "attempts = 0.5",
        "attempts = 9223372036854775807",
    ]) {
        let ticket = win(&store, &key(group, SPOILT)).await;
        store.release(&ticket).await.unwrap();
        spoil(group, change).await.unwrap();
        let own = claim_among_others(&store, group).await.unwrap();
        assert!(
            matches!(own, Claim::Won(_)),
            "a claim writes what it needs: {own:?}"
        );
    }
    win(&store, &key(200, SPOILT)).await;
    for change in [
        "state = 'X'",
        "state = NULL",
        "fingerprint = x'00'",
        "event_key = x'00'",
    ] {
        assert!(spoil(200, change).await.is_err(), "{change}");
    }
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn t178_a_record_in_postgres_that_nobody_can_read_is_its_own_verbs_trouble() {
    use tower_webhook_sqlx::PostgresStore;
    use tower_webhook_sqlx::sqlx::{self, Executor, postgres::PgPoolOptions};

    let Some(server) = Server::postgres(&["-c", "fsync=off"]) else {
        return;
    };
    let pool = PgPoolOptions::new().max_connections(2);
    let pool = pool.connect_lazy(&server.url()).unwrap();
    let store = PostgresStore::new(pool.clone());
    store.migrate().await.unwrap();
    let spoil = async |group: u8, change: &str| {
        let sql = format!("UPDATE webhook_event SET {change} WHERE event_key = $1");
        let update = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(*key(group, SPOILT).as_bytes());
        update.execute(&pool).await
    };
    for (group, change) in (1..).zip(["expires_at = 'infinity'", "lease_until = 'infinity', state = 'D'"]) {
        let ticket = win(&store, &key(group, SPOILT)).await;
        assert_eq!(spoil(group, change).await.unwrap().rows_affected(), 1);
        let own = claim_among_others(&store, group).await.unwrap();
        assert!(!matches!(own, Claim::Won(_)), "it is kept for ever: {own:?}");
        let seen = store.inspect(&key(group, SPOILT)).await.unwrap().unwrap();
        assert_eq!(seen.fence(), ticket.fence());
    }
    win(&store, &key(50, SPOILT)).await;
    let refused = [
        "state = 'X'",
        "state = NULL",
        "fingerprint = ''",
        "event_key = ''",
        "attempts = 3000000000",
    ];
    for change in refused {
        assert!(spoil(50, change).await.is_err(), "{change}");
    }
    // A table that was there before may lack the constraints.
    let bare = "ALTER TABLE webhook_event DROP CONSTRAINT webhook_event_state_check, \
                DROP CONSTRAINT webhook_event_fingerprint_check";
    pool.execute(bare).await.unwrap();
    for (group, change) in (100..).zip(["state = 'X'", "fingerprint = '', state = 'D'"]) {
        let ticket = win(&store, &key(group, SPOILT)).await;
        assert_eq!(spoil(group, change).await.unwrap().rows_affected(), 1);
        is_its_own_verbs_trouble(&store, group, &ticket).await;
    }
}

#[cfg(feature = "mysql")]
#[tokio::test]
async fn t178_a_record_in_mariadb_that_nobody_can_read_is_its_own_verbs_trouble() {
    use tower_webhook_sqlx::MySqlStore;
    use tower_webhook_sqlx::sqlx::{self, mysql::MySqlPoolOptions};

    let Some(server) = Server::mariadb(&["--innodb-flush-log-at-trx-commit=0"]) else {
        return;
    };
    let pool = MySqlPoolOptions::new().max_connections(2);
    let pool = pool.connect_lazy(&server.url()).unwrap();
    let store = MySqlStore::new(pool.clone());
    store.migrate().await.unwrap();
    let spoil = async |mode: &str, group: u8, change: &str| {
        let sql = format!(
            "SET STATEMENT sql_mode = '{mode}' FOR UPDATE webhook_event SET {change} WHERE event_key = ?"
        );
        let update = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(key(group, SPOILT).as_bytes().to_vec());
        update.execute(&pool).await
    };
    let unreadable = [
        "state = 'X'",
        "state = ''",
        "lease_until = '0000-00-00', state = 'D'",
    ];
    for (group, change) in (1..).zip(unreadable) {
        let ticket = win(&store, &key(group, SPOILT)).await;
        assert_eq!(spoil("", group, change).await.unwrap().rows_affected(), 1);
        is_its_own_verbs_trouble(&store, group, &ticket).await;
    }
    win(&store, &key(50, SPOILT)).await;
    let refused = [
        "state = 'XX'",
        "state = NULL",
        "fingerprint = REPEAT('x', 17)",
        "lease_until = '0000-00-00'",
    ];
    for change in refused {
        assert!(
            spoil("STRICT_ALL_TABLES,NO_ZERO_DATE", 50, change).await.is_err(),
            "{change}"
        );
    }
}
