//! `webhook store`, run as an operator runs it, on a real server.
#![cfg(feature = "redis")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::Command;
use std::time::Duration;

use tower_webhook::store::{Claim, Lease, Retention, Store};
use tower_webhook::{Fingerprint, Key};
use tower_webhook_redis::{RedisStore, redis};
use tower_webhook_testkit::server::Server;

/// The command's exit code and what it printed, on both ways.
fn webhook(url: &str, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_webhook"))
        .arg("store")
        .args(arguments)
        .env("WEBHOOK_STORE_URL", url)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn t198_an_operator_inspects_and_forgets_an_event() {
    let Some(server) = Server::redis(&[]) else { return };
    let client = redis::Client::open(server.url()).unwrap();
    let connection = client.get_multiplexed_async_connection().await.unwrap();
    let store = RedisStore::new(connection).await.unwrap();
    let key = Key::from_bytes([0xab; 32]);
    let claim = async || {
        let (lease, keep) = (Duration::from_secs(90), Duration::from_secs(86_400 + 7300));
        let print = Fingerprint::from_bytes([1; 16]);
        store
            .claim(&key, &print, Lease::new(lease), Retention::new(keep))
            .await
            .unwrap()
    };
    let url = server.url();
    let name = "ab".repeat(32);
    assert_eq!(
        webhook(&url, &["inspect", &name]),
        (1, "no record of this event\n".into())
    );

    let Claim::Won(ticket) = claim().await else {
        panic!("the key is free")
    };
    let (code, said) = webhook(&url, &["inspect", &name]);
    assert!(code == 0 && said.contains("in flight, for 1 min"), "{said}");
    assert!(said.contains("attempts   1\n"), "{said}");
    assert!(
        said.contains(&format!("fence      {}\n", ticket.fence())),
        "{said}"
    );
    assert!(said.contains("kept for   1 d 2 h"), "{said}");
    let (_, said) = webhook(&url, &["counts"]);
    assert!(
        said.contains("in flight            1\n") && said.contains("in all               1\n"),
        "{said}"
    );

    store
        .complete(&ticket, Retention::new(Duration::from_secs(60)))
        .await
        .unwrap();
    assert!(webhook(&url, &["inspect", &name]).1.contains("completed"));
    assert_eq!(claim().await, Claim::Done);
    assert_eq!(webhook(&url, &["purge"]), (0, "0 records deleted\n".into()));

    let (code, said) = webhook(&url, &["forget", &name]);
    assert!(code == 0 && said.starts_with("forgotten"), "{said}");
    assert_eq!(webhook(&url, &["forget", &name]).0, 1);
    assert!(matches!(claim().await, Claim::Won(_)), "its next delivery runs");
}

#[test]
fn what_can_not_be_done_is_said() {
    let (code, said) = webhook("mongodb://127.0.0.1/", &["counts"]);
    assert!(
        code == 2 && said.contains("`mongodb:`") && said.contains("redis"),
        "{said}"
    );
    let (code, said) = webhook("redis://127.0.0.1:1/", &["counts"]);
    assert!(code == 2 && said.contains("refused"), "{said}");
    let (code, said) = webhook("redis://127.0.0.1:1/", &["counts", "--table", "claims"]);
    assert!(code == 2 && said.contains("--prefix"), "{said}");
    let (code, said) = webhook("redis://127.0.0.1:1/", &["inspect", "abc"]);
    assert!(code == 2 && said.contains("64 hexadecimal digits"), "{said}");
    let (code, said) = webhook("redis://:hunter2@127.0.0.1:1/", &["counts", "--help"]);
    assert!(code == 0 && !said.contains("hunter2"), "{said}");
}
