//! MariaDB keeps the contract: at each isolation level, with a small pool.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use sqlx::mysql::{MySqlPool, MySqlPoolOptions};
use tower_webhook::store::contract::{self, Contract};
use tower_webhook_sqlx::{MySqlStore, sqlx};
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
