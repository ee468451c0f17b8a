//! The stores in trouble, by the numbers of the threats: 175 to 177 and 193.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[cfg(feature = "mysql")]
mod mysql {
    use std::net::SocketAddr;

    use tower_webhook_sqlx::{MySqlStore, sqlx::mysql::MySqlPoolOptions};
    use tower_webhook_testkit::faults;
    use tower_webhook_testkit::server::Server;

    async fn connect(addr: SocketAddr) -> MySqlStore {
        let pool = MySqlPoolOptions::new().max_connections(4);
        MySqlStore::new(
            pool.connect_lazy(&format!("mysql://webhook@{addr}/webhook"))
                .unwrap(),
        )
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn t175_t176_t177_t193_faults_of_the_wire_lose_nothing() {
        if let Some(server) = Server::mariadb(&[]) {
            connect(server.addr()).await.migrate().await.unwrap();
            faults::of_the_wire(&server, connect).await;
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn t175_t176_t177_t193_restarts_lose_nothing() {
        if let Some(server) = Server::mariadb(&[]) {
            connect(server.addr()).await.migrate().await.unwrap();
            faults::of_the_server(server, connect).await;
        }
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use std::net::SocketAddr;

    use tower_webhook_sqlx::{PostgresStore, sqlx::postgres::PgPoolOptions};
    use tower_webhook_testkit::faults;
    use tower_webhook_testkit::server::Server;

    async fn connect(addr: SocketAddr) -> PostgresStore {
        let pool = PgPoolOptions::new().max_connections(4);
        PostgresStore::new(
            pool.connect_lazy(&format!("postgres://postgres@{addr}/postgres"))
                .unwrap(),
        )
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn t175_t176_t177_t193_faults_of_the_wire_lose_nothing() {
        if let Some(server) = Server::postgres(&[]) {
            connect(server.addr()).await.migrate().await.unwrap();
            faults::of_the_wire(&server, connect).await;
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn t175_t176_t177_t193_restarts_lose_nothing() {
        if let Some(server) = Server::postgres(&[]) {
            connect(server.addr()).await.migrate().await.unwrap();
            faults::of_the_server(server, connect).await;
        }
    }
}
