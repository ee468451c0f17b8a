//! The log: what was completed, in the order in which it will be over.

use std::collections::{BTreeMap, VecDeque};

use crate::store::Retention;

use super::archive::Done;

/// How many records a chunk holds. Chunks are made and freed whole, so that a log of any length grows without being copied.
const CHUNK: usize = 1024;

/// Completed records in chunks. Those that are kept for the same time stand in one lane, where the first to come is the first
/// to be over; there are as many lanes as retentions, which are few.
#[derive(Debug, Default)]
pub(super) struct Log {
    chunks: Vec<Vec<Done>>,
    unused: Vec<usize>,
    lanes: BTreeMap<Retention, Lane>,
}

/// The chunks of one retention, oldest first.
#[derive(Debug, Default)]
struct Lane {
    chunks: VecDeque<usize>,
    /// How many records of the first chunk are gone.
    gone: usize,
}

impl Log {
    /// Adds a record that is kept for this time; answers where it stands.
    pub(super) fn push(&mut self, keep: Retention, done: Done) -> u32 {
        let lane = self.lanes.entry(keep).or_default();
        let last = lane.chunks.back().copied();
        let chunk = match last.filter(|&chunk| self.chunks[chunk].len() < CHUNK) {
            Some(chunk) => chunk,
            None => {
                // The first grows as it is needed, for lanes that never hold many.
                let size = if last.is_some() { CHUNK } else { 0 };
                let chunk = open(&mut self.chunks, &mut self.unused, size);
                lane.chunks.push_back(chunk);
                chunk
            }
        };
        let records = &mut self.chunks[chunk];
        records.push(done);
        let place = chunk * CHUNK + records.len() - 1;
        u32::try_from(place).expect("four billion records take more memory than there is")
    }

    /// The record that stands there, or stood there last.
    pub(super) fn get(&self, place: u32) -> Option<&Done> {
        let place = usize::try_from(place).ok()?;
        self.chunks.get(place / CHUNK)?.get(place % CHUNK)
    }

    /// When the first record is over.
    pub(super) fn first_end(&self) -> Option<u64> {
        self.first_lane().map(|(end, _)| end)
    }

    /// Takes the record that is over first, if that is not after this moment; answers where it stood.
    pub(super) fn pop(&mut self, limit: u64) -> Option<(u32, Done)> {
        let (_, keep) = self.first_lane().filter(|(end, _)| *end <= limit)?;
        let lane = self.lanes.get_mut(&keep)?;
        let &chunk = lane.chunks.front()?;
        let records = &mut self.chunks[chunk];
        let (place, done) = (chunk * CHUNK + lane.gone, records[lane.gone]);
        lane.gone += 1;
        if lane.gone == records.len() {
            *records = Vec::new();
            self.unused.push(chunk);
            lane.chunks.pop_front();
            lane.gone = 0;
            if lane.chunks.is_empty() {
                self.lanes.remove(&keep);
            }
        }
        Some((u32::try_from(place).ok()?, done))
    }

    fn first_lane(&self) -> Option<(u64, Retention)> {
        let ends = self.lanes.iter().filter_map(|(keep, lane)| {
            let first = self.chunks[*lane.chunks.front()?].get(lane.gone)?;
            Some((first.expires_at, *keep))
        });
        ends.min()
    }
}

/// An empty chunk with room for so many records.
fn open(chunks: &mut Vec<Vec<Done>>, unused: &mut Vec<usize>, size: usize) -> usize {
    let chunk = unused.pop().unwrap_or_else(|| {
        chunks.push(Vec::new());
        chunks.len() - 1
    });
    chunks[chunk].reserve_exact(size);
    chunk
}
