//! The contract passes a store that keeps the rules; it names the rule that any other breaks.
#![cfg(feature = "test-util")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod store_faulty;

use std::future::ready;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tower_webhook::store::contract::{self, Contract};
use tower_webhook::store::{ManualTime, MemoryStore};

use store_faulty::{Fault, Faulty};

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

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_what_the_memory_store_holds() {
    let store = MemoryStore::default();
    contract::check_operate(|| ready(store.clone())).await;
}

#[tokio::test]
#[should_panic(expected = "multi_thread")]
async fn a_runtime_with_one_thread_proves_nothing() {
    contract::check(|| ready(MemoryStore::default())).await;
}

/// What the contract says about a store with this fault; `None` when it finds nothing.
fn verdict(fault: Fault) -> Option<String> {
    let store = Faulty::new(fault);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let contract = Contract::new()
        .sequences(300)
        .run_with_clock(|| ready(store.clone()), |span| store.advance(span));
    let failed = catch_unwind(AssertUnwindSafe(|| runtime.block_on(contract))).err()?;
    let said = failed.downcast_ref::<String>().cloned();
    Some(
        said.or_else(|| failed.downcast_ref::<&str>().map(ToString::to_string))
            .unwrap(),
    )
}

#[test]
fn a_store_without_a_fault_passes() {
    assert_eq!(verdict(Fault::None), None);
}

#[test]
fn each_fault_is_named_by_its_rule() {
    let faults = [
        (Fault::TwoWinners, "rule 1"),
        (Fault::StaleTicketAccepted, "rule 2"),
        (Fault::FenceRepeats, "rule 2"),
        (Fault::FenceRestartsAfterRetention, "rule 2"),
        (Fault::AttemptsOutliveRetention, "rule 3"),
        (Fault::AttemptsForgottenOnRelease, "rule 3"),
        (Fault::ConflictIgnored, "rule 4"),
        (Fault::ConflictOverwrites, "rule 4"),
        (Fault::CompletedForgotten, "rule 3"),
        (
            Fault::LeaseNeverEnds,
            "rule 1: a claim of a key whose lease is over must win",
        ),
        (Fault::RenewalChangesNothing, "rule 5"),
        (Fault::DroppedClaimBlocks, "rule 6"),
        (Fault::RepeatedCompletionRefused, "rule 6"),
        (Fault::ReleasedAfterCompletion, "rule 2"),
        (Fault::ThirdClaimKeepsOldRetention, "seed"),
    ];
    for (fault, rule) in faults {
        let said = verdict(fault).unwrap_or_else(|| panic!("{fault:?} passed"));
        assert!(said.contains(rule), "{fault:?} was told {said}");
    }
}
