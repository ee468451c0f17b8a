//! A record as it stands in Redis.
//!
//! 37 bytes, numbers big-endian: the state's letter, the fingerprint (16), the fence (8), the attempts (4), and the end of
//! the lease in microseconds since 1970 by the server's clock (8). The scripts write it. It is one string of less than 44 bytes
//! because Redis keeps such a string in a single piece of memory, and replaces it together with its expiry in one command.

use std::time::Duration;

use tower_webhook::store::{RecordState, RecordSummary, StoreError};

/// What an operator sees of these bytes at this time, in microseconds; `None` for a forgotten record.
pub(crate) fn summary(
    bytes: &[u8],
    now: u64,
    retention_left: Duration,
) -> Result<Option<RecordSummary>, StoreError> {
    let (Some(letter), Some(fence), Some(attempts), Some(till), LENGTH) = (
        bytes.first(),
        bytes.get(17..25),
        bytes.get(25..29),
        bytes.get(29..37),
        bytes.len(),
    ) else {
        return Err(StoreError::corrupt(format!(
            "a record has {} bytes instead of {LENGTH}",
            bytes.len()
        )));
    };
    let lease_left = number(till).saturating_sub(now);
    let state = match letter {
        b'C' if lease_left > 0 => RecordState::Claimed {
            lease_left: Duration::from_micros(lease_left),
        },
        b'C' => RecordState::Lapsed,
        b'R' => RecordState::Released,
        b'D' => RecordState::Completed,
        b'F' => return Ok(None),
        other => return Err(StoreError::corrupt(format!("a record is in state {other}"))),
    };
    let attempts = u32::try_from(number(attempts)).unwrap_or(u32::MAX);
    Ok(Some(RecordSummary::new(
        state,
        number(fence),
        attempts,
        retention_left,
    )))
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

const LENGTH: usize = 37;
