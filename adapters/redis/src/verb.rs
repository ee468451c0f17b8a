//! The store's verbs as the script takes them.

use std::time::Duration;

use redis::Cmd;
use tower_webhook::store::{Lease, Retention, Ticket};
use tower_webhook::{Fingerprint, Key};

/// A verb with the key of its record.
#[derive(Debug, Clone)]
pub(crate) struct Verb {
    pub(crate) key: Key,
    what: What,
    /// In microseconds.
    lease: u64,
    /// In milliseconds.
    keep: u64,
}

#[derive(Debug, Clone)]
enum What {
    Claim(Fingerprint),
    Renew([u8; 8]),
    Complete([u8; 8]),
    Release([u8; 8]),
}

impl Verb {
    pub(crate) fn claim(key: &Key, print: &Fingerprint, lease: Lease, keep: Retention) -> Self {
        Self {
            key: *key,
            what: What::Claim(*print),
            lease: micros(lease.duration()),
            // No record may end before its lease.
            keep: millis(keep.duration().max(lease.duration())),
        }
    }

    pub(crate) fn renew(ticket: &Ticket, lease: Lease) -> Self {
        let lease = lease.duration();
        Self::step(ticket, What::Renew, micros(lease), millis(lease))
    }

    pub(crate) fn complete(ticket: &Ticket, keep: Retention) -> Self {
        Self::step(ticket, What::Complete, 0, millis(keep.duration()))
    }

    pub(crate) fn release(ticket: &Ticket) -> Self {
        Self::step(ticket, What::Release, 0, 0)
    }

    fn step(ticket: &Ticket, what: impl Fn([u8; 8]) -> What, lease: u64, keep: u64) -> Self {
        let what = what(ticket.fence().to_be_bytes());
        Self {
            key: *ticket.key(),
            what,
            lease,
            keep,
        }
    }

    /// What the script is told once for all verbs that are alike.
    fn head(&self) -> (&'static str, u64, u64) {
        let name = match self.what {
            What::Claim(_) => "C",
            What::Renew(_) => "N",
            What::Complete(_) => "D",
            What::Release(_) => "R",
        };
        (name, self.lease, self.keep)
    }

    /// What the script is told for this one.
    fn word(&self) -> &[u8] {
        match &self.what {
            What::Claim(print) => print.as_bytes(),
            What::Renew(fence) | What::Complete(fence) | What::Release(fence) => fence,
        }
    }
}

/// Brings verbs that are alike together. They came at the same time, so none has to be before another.
pub(crate) fn in_groups<T>(verbs: &mut [T], verb: impl Fn(&T) -> &Verb) {
    verbs.sort_by_key(|one| verb(one).head());
}

/// Adds these verbs to a call of the script: the number of keys, the keys, the groups.
pub(crate) fn add_to(command: &mut Cmd, prefix: &str, verbs: &[&Verb]) {
    command.arg(verbs.len());
    let mut name = Vec::new();
    for verb in verbs {
        name.clear();
        write_name(&mut name, prefix, &verb.key);
        command.arg(&name[..]);
    }
    for group in verbs.chunk_by(|one, other| one.head() == other.head()) {
        let (name, lease, keep) = group[0].head();
        command.arg(name).arg(group.len()).arg(lease).arg(keep);
        for verb in group {
            command.arg(verb.word());
        }
    }
}

/// Writes the name of an event's record in Redis.
pub(crate) fn write_name(name: &mut Vec<u8>, prefix: &str, key: &Key) {
    name.extend_from_slice(prefix.as_bytes());
    name.extend_from_slice(b":{");
    for byte in key.as_bytes() {
        // By hand: formatting each byte would take longer than the rest of a verb's work here.
        name.push(DIGITS[usize::from(byte >> 4)]);
        name.push(DIGITS[usize::from(byte & 15)]);
    }
    name.push(b'}');
}

/// At least one, since a server refuses an expiry of nothing; at most what its numbers hold without loss.
fn millis(length: Duration) -> u64 {
    let millis = length.as_nanos().div_ceil(1_000_000);
    u64::try_from(millis).map_or(LONGEST_MILLIS, |millis| millis.clamp(1, LONGEST_MILLIS))
}

fn micros(length: Duration) -> u64 {
    u64::try_from(length.as_micros())
        .map_or(LONGEST_MILLIS * 1000, |micros| micros.min(LONGEST_MILLIS * 1000))
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";
/// A hundred years: Lua counts microseconds exactly up to the year 2255.
const LONGEST_MILLIS: u64 = 100 * 365 * 86_400_000;
