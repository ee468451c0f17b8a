//! `webhook store` on a file of SQLite's.
#![cfg(feature = "sqlx")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::Command;
use std::time::Duration;

use tower_webhook::store::{Claim, Lease, Retention, Store};
use tower_webhook::{Fingerprint, Key};
use tower_webhook_sqlx::SqliteStore;

fn webhook(url: &str, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_webhook"))
        .args(["store", "--url", url])
        .args(arguments)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_in_a_file_is_inspected_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hooks.db");
    let url = format!("sqlite:{}", file.display());
    let (code, said) = webhook(&url, &["counts"]);
    assert!(
        code == 2 && !file.exists(),
        "a misspelt name makes no file: {said}"
    );

    let store = SqliteStore::open(&file).await.unwrap();
    store.migrate().await.unwrap();
    let (key, print) = (Key::from_bytes([0xab; 32]), Fingerprint::from_bytes([1; 16]));
    let (lease, keep) = (Duration::from_secs(90), Duration::from_secs(7_300));
    let claim = store
        .claim(&key, &print, Lease::new(lease), Retention::new(keep))
        .await;
    assert!(matches!(claim.unwrap(), Claim::Won(_)));
    let name = "ab".repeat(32);
    let (code, said) = webhook(&url, &["inspect", &name]);
    assert!(code == 0 && said.contains("in flight, for 1 min"), "{said}");
    assert!(webhook(&url, &["forget", &name]).1.starts_with("forgotten"));
    assert_eq!(webhook(&url, &["inspect", &name]).0, 1);
}
