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

const NAME: &str = "abababababababababababababababababababababababababababababababab";

/// Claims the event of that name.
async fn claim(store: &SqliteStore) -> Claim {
    let (key, print) = (Key::from_bytes([0xab; 32]), Fingerprint::from_bytes([1; 16]));
    let (lease, keep) = (Duration::from_secs(90), Duration::from_secs(7_300));
    let claim = store.claim(&key, &print, Lease::new(lease), Retention::new(keep));
    claim.await.unwrap()
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
    assert!(matches!(claim(&store).await, Claim::Won(_)));
    let (code, said) = webhook(&url, &["inspect", NAME]);
    assert!(code == 0 && said.contains("in flight, for 1 min"), "{said}");
    assert!(webhook(&url, &["forget", NAME]).1.starts_with("forgotten"));
    assert_eq!(webhook(&url, &["inspect", NAME]).0, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_in_another_table_is_looked_into_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hooks.db");
    let url = format!("sqlite:{}", file.display());
    let store = SqliteStore::open(&file).await.unwrap();
    store.migrate().await.unwrap();
    let store = store.table("claims").unwrap();
    store.migrate().await.unwrap();
    assert!(matches!(claim(&store).await, Claim::Won(_)));

    assert_eq!(
        webhook(&url, &["inspect", NAME]).0,
        1,
        "it is not in the usual one"
    );
    let in_claims = |verb: &[&str]| webhook(&url, &[verb, &["--table", "claims"]].concat());
    let (code, said) = in_claims(&["inspect", NAME]);
    assert!(code == 0 && said.contains("in flight"), "{said}");
    let (_, said) = in_claims(&["counts"]);
    assert!(said.contains("in all               1\n"), "{said}");
    assert_eq!(in_claims(&["purge"]), (0, "0 records deleted\n".into()));
    assert!(in_claims(&["forget", NAME]).1.starts_with("forgotten"));
    assert!(matches!(claim(&store).await, Claim::Won(_)));

    let (code, said) = webhook(&url, &["counts", "--table", "claims; DROP TABLE claims"]);
    assert!(code == 2 && said.contains("can't name a table"), "{said}");
    let (code, said) = webhook(&url, &["counts", "--prefix", "hooks"]);
    assert!(code == 2 && said.contains("--table"), "{said}");
}
