//! MariaDB keeps the contract: at each isolation level, with a small pool.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::HashSet;
use std::error::Error;
use std::time::Duration;

use sqlx::Executor;
use sqlx::mysql::{MySqlPool, MySqlPoolOptions};
use tower_webhook::store::contract::{self, Contract};
use tower_webhook::store::{Claim, Held, Lease, Operate, Retention, Store, StoreError, Ticket};
use tower_webhook::{Fingerprint, Key};
use tower_webhook_sqlx::{MySqlStore, SetupErrorKind, sqlx};
use tower_webhook_testkit::server::Server;

fn pool(server: &Server, connections: u32) -> MySqlPool {
    let pool = MySqlPoolOptions::new().max_connections(connections);
    pool.connect_lazy(&server.url()).unwrap()
}

/// Proves the contract over handles of their own, each with a pool and a queue that it shares with nobody.
async fn keeps_the_contract(server: &Server, sequences: u32) {
    let store = || MySqlStore::new(pool(server, 2));
    store().migrate().await.unwrap();
    let connect = || async { store() };
    Contract::new().sequences(sequences).run(connect).await;
    contract::check_operate(connect).await;
}

async fn claim(store: &MySqlStore, number: u64) -> Result<Claim, StoreError> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    let (lease, keep) = (Duration::from_secs(60), Duration::from_secs(3600));
    let print = Fingerprint::from_bytes([1; 16]);
    store
        .claim(
            &Key::from_bytes(bytes),
            &print,
            Lease::new(lease),
            Retention::new(keep),
        )
        .await
}

async fn win(store: &MySqlStore, number: u64) -> Ticket {
    match claim(store, number).await.unwrap() {
        Claim::Won(ticket) => ticket,
        other => panic!("the key is free, but the store answered {other:?}"),
    }
}

/// Two processes draw shares of fences, and the one with the older share claims later: rule 2 all the same.
#[tokio::test(flavor = "multi_thread")]
async fn t180_an_older_share_of_fences_gives_no_lower_fence() {
    let Some(server) = Server::mariadb(&["--innodb-flush-log-at-trx-commit=0"]) else {
        return;
    };
    let (old, new) = (
        MySqlStore::new(pool(&server, 2)),
        MySqlStore::new(pool(&server, 2)),
    );
    old.migrate().await.unwrap();
    win(&old, 0).await;
    let released = win(&new, 1).await;
    assert_eq!(new.release(&released).await.unwrap(), Held::Yes);
    assert!(win(&old, 1).await.fence() > released.fence(), "after a release");

    let old = MySqlStore::new(pool(&server, 2));
    win(&old, 2).await;
    let new = MySqlStore::new(pool(&server, 2));
    let forgotten = win(&new, 3).await;
    assert!(new.forget(forgotten.key()).await.unwrap());
    let again = win(&old, 3).await;
    assert!(
        again.fence() > forgotten.fence(),
        "after it was forgotten: {again:?} came after {forgotten:?}"
    );
    assert_eq!(
        old.complete(&again, Retention::new(Duration::from_secs(60)))
            .await
            .unwrap(),
        Held::Yes
    );
    assert_eq!(claim(&new, 3).await.unwrap(), Claim::Done);
}

/// A record whose claim is on its way to be written can't be deleted in between, or the fence that it took would come back.
#[tokio::test(flavor = "multi_thread")]
async fn t180_who_forgets_waits_for_the_claims_that_are_being_written() {
    // The level at which InnoDB locks least of what a statement reads.
    let arguments = [
        "--innodb-flush-log-at-trx-commit=0",
        "--transaction-isolation=READ-COMMITTED",
    ];
    let Some(server) = Server::mariadb(&arguments) else {
        return;
    };
    let pool = pool(&server, 8);
    let store = MySqlStore::new(pool.clone());
    store.migrate().await.unwrap();
    let (held_up, other) = (win(&store, 1).await, win(&store, 2).await);
    let mut holder = pool.acquire().await.unwrap();
    holder.execute("BEGIN").await.unwrap();
    let lock = sqlx::query("SELECT 1 FROM webhook_event WHERE event_key = ? FOR UPDATE");
    let lock = lock.bind(held_up.key().as_bytes().to_vec());
    lock.execute(&mut *holder).await.unwrap();
    let claiming = tokio::spawn({
        let store = store.clone();
        async move { claim(&store, 1).await.unwrap() }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let forgetting = tokio::spawn(async move { store.forget(other.key()).await.unwrap() });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!claiming.is_finished(), "it waits for its row");
    assert!(!forgetting.is_finished(), "it waits for the claim");
    holder.execute("ROLLBACK").await.unwrap();
    assert!(matches!(claiming.await.unwrap(), Claim::InFlight { .. }));
    assert!(forgetting.await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn start_up_says_what_to_do() {
    let Some(server) = Server::mariadb(&["--innodb-flush-log-at-trx-commit=0"]) else {
        return;
    };
    let pool = pool(&server, 4);
    let store = MySqlStore::new(pool.clone()).table("claims").unwrap();
    let error = store.check().await.unwrap_err();
    assert_eq!(error.kind(), SetupErrorKind::Missing);
    assert!(error.to_string().contains("migrate()"), "{error}");
    let early = claim(&store, 1).await.unwrap_err();
    assert!(
        early.source().unwrap().to_string().contains("migrate()"),
        "{early:?}"
    );

    let migrations: Vec<_> = (0..4)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.migrate().await })
        })
        .collect();
    for migration in migrations {
        migration.await.unwrap().unwrap();
    }
    store.check().await.unwrap();
    for (version, kind) in [(0, SetupErrorKind::Outdated), (99, SetupErrorKind::TooNew)] {
        let set = sqlx::query("UPDATE claims_schema SET version = ?").bind(version);
        set.execute(&pool).await.unwrap();
        assert_eq!(store.check().await.unwrap_err().kind(), kind);
    }
    assert_eq!(store.migrate().await.unwrap_err().kind(), SetupErrorKind::TooNew);
}

#[tokio::test(flavor = "multi_thread")]
async fn t179_t180_t181_t183_t196_mariadb_keeps_the_contract() {
    let Some(server) = Server::mariadb(&["--innodb-flush-log-at-trx-commit=0"]) else {
        return;
    };
    keeps_the_contract(&server, 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t187_the_contract_holds_at_each_isolation_level() {
    for level in ["READ-COMMITTED", "SERIALIZABLE"] {
        let isolation = format!("--transaction-isolation={level}");
        let arguments = ["--innodb-flush-log-at-trx-commit=0", isolation.as_str()];
        let Some(server) = Server::mariadb(&arguments) else {
            return;
        };
        keeps_the_contract(&server, 60).await;
    }
}

/// The README's text for whoever wants the table in partitions.
const PARTITIONED: &str = include_str!("../sql/mysql-partitioned.sql");

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_on_a_partitioned_table() {
    let Some(server) = Server::mariadb(&["--innodb-flush-log-at-trx-commit=0"]) else {
        return;
    };
    let pool = pool(&server, 1);
    pool.execute(sqlx::raw_sql(PARTITIONED)).await.unwrap();
    keeps_the_contract(&server, 60).await;
    let partitions = "SELECT COUNT(*) FROM information_schema.partitions WHERE table_name = 'webhook_event'";
    let partitions: i64 = sqlx::query_scalar(partitions).fetch_one(&pool).await.unwrap();
    assert_eq!(partitions, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_somebody_left_open_takes_no_claim_with_it() {
    let Some(server) = Server::mariadb(&["--innodb-flush-log-at-trx-commit=0"]) else {
        return;
    };
    let shared = pool(&server, 1);
    let store = MySqlStore::new(shared.clone());
    store.migrate().await.unwrap();
    // As a handler leaves it that is dropped while it begins.
    shared.acquire().await.unwrap().execute("BEGIN").await.unwrap();
    win(&store, 1).await;
    let other = MySqlStore::new(pool(&server, 1));
    assert!(
        matches!(claim(&other, 1).await.unwrap(), Claim::InFlight { .. }),
        "it is committed"
    );
}

/// So many that they go together, in pieces of several sizes, and not all of them hold what they think they hold.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_batch_each_is_told_its_own() {
    let Some(server) = Server::mariadb(&["--innodb-flush-log-at-trx-commit=0"]) else {
        return;
    };
    let store = MySqlStore::new(pool(&server, 2));
    store.migrate().await.unwrap();
    let mut fences = HashSet::new();
    let mut completions = Vec::new();
    let claims: Vec<_> = (0..300)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { win(&store, number).await })
        })
        .collect();
    for (number, ticket) in claims.into_iter().enumerate() {
        let ticket = ticket.await.unwrap();
        assert!(fences.insert(ticket.fence()), "each fence is given once");
        let is_stale = number % 7 == 0;
        let fence = if is_stale {
            ticket.fence() + 1_000_000
        } else {
            ticket.fence()
        };
        let (store, ticket) = (store.clone(), Ticket::new(*ticket.key(), fence, 1));
        completions.push((
            is_stale,
            tokio::spawn(async move {
                store
                    .complete(&ticket, Retention::new(Duration::from_secs(60)))
                    .await
                    .unwrap()
            }),
        ));
    }
    for (is_stale, completion) in completions {
        let expected = if is_stale { Held::Lost } else { Held::Yes };
        assert_eq!(completion.await.unwrap(), expected);
    }
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.completed, counts.claimed), (257, 43));
    of_new_and_known_events_each_is_told_its_own(store.table("mixed").unwrap()).await;
}

/// A statement says for all of its rows whether they are new; where some are not, each is looked up.
async fn of_new_and_known_events_each_is_told_its_own(store: MySqlStore) {
    store.migrate().await.unwrap();
    for number in (0..200).step_by(10) {
        let known = win(&store, number).await;
        if number % 20 == 0 {
            assert_eq!(store.release(&known).await.unwrap(), Held::Yes);
        }
    }
    let claims: Vec<_> = (0..200)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { (number, claim(&store, number).await.unwrap()) })
        })
        .collect();
    for answer in claims {
        match answer.await.unwrap() {
            (number, Claim::Won(ticket)) if number % 20 == 0 => assert_eq!(ticket.attempt(), 2),
            (number, Claim::Won(ticket)) if number % 10 != 0 => assert_eq!(ticket.attempt(), 1),
            (number, Claim::InFlight { .. }) if number % 20 == 10 => {}
            (number, other) => panic!("event {number}: {other:?}"),
        }
    }
}
