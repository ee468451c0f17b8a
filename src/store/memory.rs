//! The embedded default: claims in this process's memory, bounded and expiring.

/// Claims in memory.
#[derive(Debug)]
pub struct MemoryStore;
/// Builder.
#[derive(Debug)]
pub struct MemoryStoreBuilder;
