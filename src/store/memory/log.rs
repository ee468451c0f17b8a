//! The log: what was completed, in the order in which it will be over.

use std::collections::VecDeque;

use crate::store::Retention;

use super::archive::Done;

/// How many records a chunk holds. Chunks are made and freed whole, so that a log of any length grows without being copied.
const CHUNK: usize = 64;

/// Completed records in chunks. Those that are kept for the same time stand in one lane, where the first to come is the first
/// to be over; there are as many lanes as retentions, which are few.
#[derive(Debug, Default)]
pub(super) struct Log {
    chunks: Vec<Vec<Done>>,
    unused: Vec<usize>,
    lanes: Vec<Lane>,
}

/// The chunks of one retention. There is a record in it, or it is no more.
#[derive(Debug)]
struct Lane {
    keep: Retention,
    /// All but the last, oldest first.
    full: VecDeque<usize>,
    last: usize,
    /// How many records of the first chunk are gone.
    gone: usize,
}

impl Log {
    /// Adds a record that is kept for this time; answers where it stands.
    pub(super) fn push(&mut self, keep: Retention, done: Done) -> u32 {
        let chunk = match self.lanes.iter_mut().find(|lane| lane.keep == keep) {
            Some(lane) if self.chunks[lane.last].len() < CHUNK => lane.last,
            Some(lane) => {
                lane.full.push_back(lane.last);
                lane.last = open(&mut self.chunks, &mut self.unused, CHUNK);
                lane.last
            }
            None => {
                // The first grows as it is needed, for lanes that never hold many.
                let last = open(&mut self.chunks, &mut self.unused, 0);
                let full = VecDeque::new();
                self.lanes.push(Lane {
                    keep,
                    full,
                    last,
                    gone: 0,
                });
                last
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
        let (_, at) = self.first_lane().filter(|(end, _)| *end <= limit)?;
        let lane = &mut self.lanes[at];
        let chunk = lane.first();
        let records = &mut self.chunks[chunk];
        let (place, done) = (chunk * CHUNK + lane.gone, records[lane.gone]);
        lane.gone += 1;
        if lane.gone == records.len() {
            *records = Vec::new();
            self.unused.push(chunk);
            lane.gone = 0;
            if lane.full.pop_front().is_none() {
                self.lanes.swap_remove(at);
            }
        }
        Some((u32::try_from(place).ok()?, done))
    }

    /// When the first record is over, and the lane in which it stands.
    fn first_lane(&self) -> Option<(u64, usize)> {
        let ends = self.lanes.iter().enumerate().filter_map(|(at, lane)| {
            let first = self.chunks[lane.first()].get(lane.gone)?;
            Some((first.expires_at, at))
        });
        ends.min()
    }
}

impl Lane {
    fn first(&self) -> usize {
        self.full.front().copied().unwrap_or(self.last)
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::digest::Digest;
    use super::*;
    use crate::store::memory::archive::Win;
    use crate::verified::Fingerprint;

    const KEEP: Retention = Retention::new(Duration::from_secs(60));

    fn done(expires_at: u64) -> Done {
        Done {
            digest: Digest::NONE,
            print: Fingerprint::from_bytes([0; 16]),
            win: Win::new(1, 1),
            expires_at,
        }
    }

    #[test]
    fn a_lane_fills_chunk_after_chunk_and_leaves_them_to_the_next() {
        let mut log = Log::default();
        for round in 0..3 {
            let places: Vec<u32> = (0..150).map(|end| log.push(KEEP, done(end))).collect();
            assert_eq!(log.chunks.len(), 3, "in round {round}");
            for (end, place) in (0..).zip(places) {
                assert_eq!(log.get(place).map(|done| done.expires_at), Some(end));
                let (gone, done) = log.pop(end).unwrap();
                assert_eq!((gone, done.expires_at), (place, end));
            }
            assert!(log.lanes.is_empty() && log.first_end().is_none());
        }
    }
}
