//! The stores among many processes: races (179, 180), clocks (192), kills (194).
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[cfg(feature = "mysql")]
mod mysql {
    use tower_webhook_sqlx::{MySqlStore, sqlx::MySqlPool};
    use tower_webhook_testkit::server::Server;
    use tower_webhook_testkit::{kill, race, skew};

    async fn connect(url: String) -> MySqlStore {
        let store = MySqlStore::new(MySqlPool::connect(&url).await.unwrap());
        store.migrate().await.unwrap();
        store
    }

    fn start() -> Option<(Server, String)> {
        let server = Server::mariadb(&["--innodb-flush-log-at-trx-commit=0"])?;
        let url = server.url();
        Some((server, url))
    }

    #[test]
    fn t179_t180_of_sixteen_processes_one_wins() {
        race::over_processes("mysql::t179_t180_of_sixteen_processes_one_wins", start, connect);
    }

    #[test]
    fn t194_a_killed_receiver_loses_nothing() {
        kill::leases("mysql::t194_a_killed_receiver_loses_nothing", start, connect);
    }

    #[test]
    fn t192_a_clock_that_is_off_by_an_hour_changes_nothing() {
        let name = "mysql::t192_a_clock_that_is_off_by_an_hour_changes_nothing";
        skew::of_an_hour(name, start, connect);
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use tower_webhook_sqlx::{PostgresStore, sqlx::PgPool};
    use tower_webhook_testkit::server::Server;
    use tower_webhook_testkit::{kill, race, skew};

    async fn connect(url: String) -> PostgresStore {
        let store = PostgresStore::new(PgPool::connect(&url).await.unwrap());
        store.migrate().await.unwrap();
        store
    }

    fn start() -> Option<(Server, String)> {
        let server = Server::postgres(&["-c", "fsync=off"])?;
        let url = server.url();
        Some((server, url))
    }

    #[test]
    fn t179_t180_of_sixteen_processes_one_wins() {
        race::over_processes(
            "postgres::t179_t180_of_sixteen_processes_one_wins",
            start,
            connect,
        );
    }

    #[test]
    fn t194_a_killed_receiver_loses_nothing() {
        kill::leases("postgres::t194_a_killed_receiver_loses_nothing", start, connect);
    }

    #[test]
    fn t192_a_clock_that_is_off_by_an_hour_changes_nothing() {
        let name = "postgres::t192_a_clock_that_is_off_by_an_hour_changes_nothing";
        skew::of_an_hour(name, start, connect);
    }
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use tempfile::TempDir;
    use tower_webhook_sqlx::SqliteStore;
    use tower_webhook_testkit::{kill, race};

    async fn connect(path: String) -> SqliteStore {
        let store = SqliteStore::open(path).await.unwrap();
        store.migrate().await.unwrap();
        store
    }

    #[allow(
        clippy::unnecessary_wraps,
        reason = "SQLite is always there, where a server may be missing"
    )]
    fn start() -> Option<(TempDir, String)> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("webhooks.db").display().to_string();
        Some((directory, path))
    }

    #[test]
    fn t179_t180_of_sixteen_processes_one_wins() {
        race::over_processes("sqlite::t179_t180_of_sixteen_processes_one_wins", start, connect);
    }

    #[test]
    fn t194_a_killed_receiver_loses_nothing() {
        kill::leases("sqlite::t194_a_killed_receiver_loses_nothing", start, connect);
    }
}
