//! The store against what Redis can do to it; the tests carry the numbers of the threats.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::time::Duration;

use support::{KEEP, LEASE, claim, connection, key, say, store, win};
use tower_webhook::ConfigErrorKind;
use tower_webhook::store::{Claim, Held, Operate, Store, StoreErrorKind, contract};
use tower_webhook_redis::{RedisStore, redis};
use tower_webhook_testkit::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn t178_a_record_that_nobody_can_read_is_no_claim() {
    let Some(server) = Server::redis(&[]) else { return };
    let store = store(&server).await;
    let ticket = win(&store, &key(0)).await;
    let name = store.key_name(&key(0));
    let unknown_state = format!("X{}", "0".repeat(36));
    let too_long = format!("C{}", "0".repeat(40));
    for spoilt in [
        vec!["LPUSH", &name, "1"],
        vec!["SET", &name, "C"],
        vec!["SET", &name, ""],
        vec!["SET", &name, &unknown_state],
        vec!["SET", &name, &too_long],
    ] {
        say::<()>(&server, &["DEL", &name]).await;
        say::<()>(&server, &spoilt).await;
        let before: Vec<u8> = say(&server, &["DUMP", &name]).await;
        let kinds = [
            claim(&store, &key(0)).await.unwrap_err().kind(),
            store.renew(&ticket, LEASE).await.unwrap_err().kind(),
            store.complete(&ticket, KEEP).await.unwrap_err().kind(),
            store.release(&ticket).await.unwrap_err().kind(),
            store.inspect(&key(0)).await.unwrap_err().kind(),
            store.counts().await.unwrap_err().kind(),
        ];
        assert_eq!(kinds, [StoreErrorKind::Corrupt; 6], "{spoilt:?}");
        let after: Vec<u8> = say(&server, &["DUMP", &name]).await;
        assert_eq!(
            before, after,
            "{spoilt:?}: what can't be read is left for a person"
        );
        assert!(store.forget(&key(0)).await.unwrap(), "{spoilt:?}");
        let freed = win(&store, &key(0)).await;
        store.complete(&freed, KEEP).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t184_a_server_that_evicts_is_refused() {
    let Some(server) = Server::redis(&["--maxmemory", "100mb"]) else {
        return;
    };
    let evicting = [
        "allkeys-lru",
        "allkeys-lfu",
        "allkeys-random",
        "volatile-lru",
        "volatile-lfu",
        "volatile-random",
        "volatile-ttl",
    ];
    for policy in evicting {
        say::<()>(&server, &["CONFIG", "SET", "maxmemory-policy", policy]).await;
        let error = RedisStore::new(connection(server.url()).await).await.unwrap_err();
        assert_eq!(error.kind(), ConfigErrorKind::Store);
        assert!(error.to_string().contains(policy), "{error}");
        assert!(error.to_string().contains("noeviction"), "{error}");
        RedisStore::unchecked(connection(server.url()).await);
    }
    say::<()>(&server, &["CONFIG", "SET", "maxmemory-policy", "noeviction"]).await;
    store(&server).await;
    say::<()>(&server, &["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]).await;
    say::<()>(&server, &["CONFIG", "SET", "maxmemory", "0"]).await;
    store(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t184_a_server_that_is_full_says_so_and_forgets_nothing() {
    let Some(server) = Server::redis(&[]) else { return };
    let store = store(&server).await;
    let done = win(&store, &key(0)).await;
    store.complete(&done, KEEP).await.unwrap();
    say::<()>(&server, &["CONFIG", "SET", "maxmemory", "1mb"]).await;
    let error = claim(&store, &key(1)).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Full);
    assert_eq!(claim(&store, &key(0)).await.unwrap(), Claim::Done);
}

/// What Redis without persistence costs, as docs/stores.md says.
#[tokio::test(flavor = "multi_thread")]
async fn t185_a_lost_claim_runs_again_under_a_higher_fence() {
    let Some(mut server) = Server::redis(&[]) else {
        return;
    };
    let store = store(&server).await;
    let before = win(&store, &key(0)).await;
    server.restart();
    let after = win(&store, &key(0)).await;
    assert_eq!(after.attempt(), 1, "the server knows nothing of the first");
    assert!(
        after.fence() > before.fence(),
        "the slower holder can be told from the newer"
    );
    assert_eq!(store.complete(&before, KEEP).await.unwrap(), Held::Lost);
    assert_eq!(store.complete(&after, KEEP).await.unwrap(), Held::Yes);
}

/// In protocol 3 a server answers some commands by booleans and maps.
#[tokio::test(flavor = "multi_thread")]
async fn t186_answers_have_types_in_both_protocols() {
    let Some(server) = Server::redis(&[]) else { return };
    for protocol in ["resp2", "resp3"] {
        let url = format!("{}/?protocol={protocol}", server.url());
        let connect = || async { RedisStore::new(connection(url.clone()).await).await.unwrap() };
        contract::Contract::new().sequences(50).run(connect).await;
        contract::check_operate(connect).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fence_rises_although_the_clock_went_back_and_the_record_was_forgotten() {
    let Some(server) = Server::redis(&[]) else { return };
    let store = store(&server).await;
    let first = win(&store, &key(0)).await;
    // As if the server's clock had been a year ahead when the key was claimed.
    let ahead = first.fence() + 365 * 86_400_000_000;
    let name = store.key_name(&key(0));
    let set = "return redis.call('SETRANGE', KEYS[1], 17, struct.pack('>I8', ARGV[1]))";
    say::<()>(&server, &["EVAL", set, "1", &name, &ahead.to_string()]).await;
    assert!(store.forget(&key(0)).await.unwrap());
    assert!(!store.forget(&key(0)).await.unwrap(), "it is forgotten already");
    assert_eq!(store.inspect(&key(0)).await.unwrap(), None);
    assert_eq!(store.counts().await.unwrap().total(), 0);
    let next = win(&store, &key(0)).await;
    assert_eq!((next.fence(), next.attempt()), (ahead + 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verb_is_one_command_and_survives_a_server_that_forgets_scripts() {
    let Some(server) = Server::redis(&[]) else { return };
    let store = store(&server).await;
    let commands = async || -> [u64; 2] {
        let stats: String = say(&server, &["INFO", "commandstats"]).await;
        ["cmdstat_evalsha:calls=", "cmdstat_eval:calls="].map(|name| {
            let count = stats.split_once(name).map(|(_, rest)| rest.split(',').next());
            count.flatten().map_or(0, |count| count.parse().unwrap())
        })
    };
    let ticket = win(&store, &key(0)).await;
    assert_eq!(
        commands().await,
        [1, 1],
        "the server learns a script by its first call"
    );
    win(&store, &key(1)).await;
    assert_eq!(commands().await, [2, 1], "and knows it from then on");
    say::<()>(&server, &["SCRIPT", "FLUSH"]).await;
    store.renew(&ticket, LEASE).await.unwrap();
    say::<()>(&server, &["SCRIPT", "FLUSH"]).await;
    win(&store, &key(2)).await;
    assert_eq!(commands().await, [4, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_closed_in_a_quiet_hour_costs_nothing() {
    let Some(server) = Server::redis(&[]) else { return };
    let store = store(&server).await;
    let ticket = win(&store, &key(0)).await;
    let killed: u64 = say(&server, &["CLIENT", "KILL", "TYPE", "normal"]).await;
    assert_eq!(killed, 1);
    assert_eq!(store.complete(&ticket, KEEP).await.unwrap(), Held::Yes);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_leaves_the_server() {
    let Some(server) = Server::redis(&[]) else { return };
    let store = store(&server).await;
    let keep = tower_webhook::store::Retention::new(Duration::from_secs(100));
    let ttl = async || -> u64 { say(&server, &["TTL", &store.key_name(&key(0))]).await };
    let ticket = win(&store, &key(0)).await;
    assert!((3500..=3600).contains(&ttl().await), "{}", ttl().await);
    store.release(&ticket).await.unwrap();
    assert!(
        (3500..=3600).contains(&ttl().await),
        "a release changes no retention"
    );
    let ticket = win(&store, &key(0)).await;
    store.complete(&ticket, keep).await.unwrap();
    assert!((90..=100).contains(&ttl().await));
    store.forget(&key(0)).await.unwrap();
    assert!(
        (90..=100).contains(&ttl().await),
        "nor does a forget: the fence goes with the rest"
    );
    assert_eq!(store.purge_expired().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn prefixes_keep_stores_apart() {
    let Some(server) = Server::redis(&[]) else { return };
    let one = store(&server).await;
    let other = one.clone().prefix("billing:hooks").unwrap();
    win(&one, &key(0xab)).await;
    win(&other, &key(0xab)).await;
    assert_eq!(one.counts().await.unwrap().total(), 1);
    assert_eq!(other.counts().await.unwrap().total(), 1);
    let name = other.key_name(&key(0xab));
    assert_eq!(name, format!("billing:hooks:{{{}}}", "ab".repeat(32)));
    for prefix in ["", "a{b", "a}b", "a*b", "a?b", "a[b", "a b", "a\\b", "\u{e4}"] {
        let error = one.clone().prefix(prefix).unwrap_err();
        assert_eq!(error.kind(), ConfigErrorKind::Store, "{prefix:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_prints_no_password() {
    let Some(server) = Server::redis(&["--requirepass", "hunter2hunter2"]) else {
        return;
    };
    let url = server.url().replace("redis://", "redis://:hunter2hunter2@");
    let store = RedisStore::new(connection(url).await).await.unwrap();
    assert!(!format!("{store:?}").contains("hunter2"));
    let client = redis::Client::open(server.url()).unwrap();
    let refused = client.get_multiplexed_async_connection().await.unwrap();
    let error = RedisStore::new(refused).await.unwrap_err();
    assert_eq!(error.kind(), ConfigErrorKind::Store);
    assert!(!format!("{error:?}").contains("hunter2"));
}
