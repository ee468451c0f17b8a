//! The store in a Cluster of two servers, each with half of the slots.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::net::TcpListener;
use std::time::Duration;

use support::{claim, key, say, win};
use tower_webhook::store::{Claim, Operate, StoreErrorKind, contract};
use tower_webhook_redis::redis::cluster::ClusterClient;
use tower_webhook_redis::redis::cluster_async::ClusterConnection;
use tower_webhook_redis::{RedisStore, redis};
use tower_webhook_testkit::server::Server;

/// A server for a Cluster, and the port on which the others talk to it. Its usual place, 10,000 above the server's, may be none.
fn node() -> Option<(Server, String)> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let bus = listener.local_addr().unwrap().port().to_string();
    drop(listener);
    let server = Server::redis(&["--cluster-enabled", "yes", "--cluster-port", &bus])?;
    Some((server, bus))
}

async fn cluster() -> Option<[Server; 2]> {
    let (first, _) = node()?;
    let (second, bus) = node()?;
    say::<()>(&first, &["CLUSTER", "ADDSLOTSRANGE", "0", "8191"]).await;
    say::<()>(&second, &["CLUSTER", "ADDSLOTSRANGE", "8192", "16383"]).await;
    let port = second.addr().port().to_string();
    say::<()>(&first, &["CLUSTER", "MEET", "127.0.0.1", &port, &bus]).await;
    for server in [&first, &second] {
        while !say::<String>(server, &["CLUSTER", "INFO"])
            .await
            .contains("cluster_state:ok")
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    Some([first, second])
}

async fn connect(servers: &[Server; 2]) -> RedisStore<ClusterConnection> {
    let client = ClusterClient::new(servers.iter().map(Server::url)).unwrap();
    RedisStore::new(client.get_async_connection().await.unwrap())
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_keeps_the_contract_in_a_cluster() {
    if let Some(servers) = cluster().await {
        contract::Contract::new()
            .sequences(100)
            .run(|| connect(&servers))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_counted_server_by_server() {
    let Some(servers) = cluster().await else { return };
    let store = connect(&servers).await;
    for number in 0..20 {
        win(&store, &key(number)).await;
        let again = claim(&store, &key(number)).await.unwrap();
        assert!(matches!(again, Claim::InFlight { .. }));
    }
    let error = store.counts().await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error:?}");
    let mut counted = [0; 2];
    for (server, counted) in servers.iter().zip(&mut counted) {
        let client = redis::Client::open(server.url()).unwrap();
        let connection = client.get_multiplexed_async_connection().await.unwrap();
        let one = RedisStore::new(connection).await.unwrap();
        *counted = one.counts().await.unwrap().claimed;
    }
    assert_eq!(counted.iter().sum::<u64>(), 20);
    assert!(
        counted.iter().all(|some| *some > 0),
        "both servers have their share: {counted:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn t184_each_server_of_a_cluster_is_asked() {
    let Some(servers) = cluster().await else { return };
    say::<()>(&servers[1], &["CONFIG", "SET", "maxmemory", "100mb"]).await;
    say::<()>(&servers[1], &["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]).await;
    let client = ClusterClient::new(servers.iter().map(Server::url)).unwrap();
    let connection = client.get_async_connection().await.unwrap();
    let error = RedisStore::new(connection).await.unwrap_err();
    assert!(error.to_string().contains("allkeys-lru"), "{error}");
}
