//! The contract passes the memory store, with its own clock as with a test's.
#![cfg(feature = "test-util")]

use std::future::ready;

use tower_webhook::store::{ManualTime, MemoryStore, contract};

#[tokio::test(flavor = "multi_thread")]
async fn memory_store_keeps_the_contract() {
    let store = MemoryStore::default();
    contract::check(|| ready(store.clone())).await;
    assert_eq!(store.evicted_early(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_store_keeps_the_contract_on_a_test_clock() {
    let time = ManualTime::default();
    let store = MemoryStore::builder().clock(time.clone()).build().unwrap();
    contract::check_with_clock(|| ready(store.clone()), |span| time.advance(span)).await;
    assert_eq!(store.evicted_early(), 0);
}

#[tokio::test]
#[should_panic(expected = "multi_thread")]
async fn a_runtime_with_one_thread_proves_nothing() {
    contract::check(|| ready(MemoryStore::default())).await;
}
