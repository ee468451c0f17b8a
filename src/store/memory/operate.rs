//! The operator's verbs on the memory store.

use crate::store::{Operate, RecordCounts, RecordSummary, StoreError};
use crate::verified::Key;

use super::MemoryStore;
use super::ledger::Ledger;

impl Operate for MemoryStore {
    async fn inspect(&self, key: &Key) -> Result<Option<RecordSummary>, StoreError> {
        let now = self.0.time.now();
        let inspect = |ledger: &mut Ledger, digest| ledger.inspect(digest, now);
        Ok(self.0.shelf.step(key, inspect))
    }

    async fn purge_expired(&self) -> Result<u64, StoreError> {
        Ok(self.0.shelf.purge(self.0.time.now()))
    }

    async fn counts(&self) -> Result<RecordCounts, StoreError> {
        let mut counts = RecordCounts::default();
        self.0.shelf.visit(self.0.time.now(), |record| match record {
            Some(record) => counts.add(record.state()),
            None => counts.expired += 1,
        });
        Ok(counts)
    }
}
