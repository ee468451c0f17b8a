//! How a batch of claims is decided: take what is free, look at the rest, try what has become free meanwhile.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::time::Duration;

use tower_webhook::Key;
use tower_webhook::store::Claim;

use crate::failure::Failure;
use crate::verb::{Seen, Wish, ticket};

/// What an engine can do in one statement each.
pub(crate) trait Table: Send {
    /// Claims the keys that are free, each once, and answers those with their fence and attempts.
    fn take(
        &mut self,
        wishes: &[&Wish],
    ) -> impl Future<Output = sqlx::Result<HashMap<Key, (i64, i64)>>> + Send;

    /// What there is under these keys.
    fn look(&mut self, keys: &[Key]) -> impl Future<Output = sqlx::Result<Looks>> + Send;
}

/// What was found under each key. Somebody may have written there what can't be read.
pub(crate) type Looks = HashMap<Key, Result<Seen, Failure>>;

/// Decides each claim, in its order.
///
/// A statement that takes can't say in the same step why it did not: a row that somebody else wrote meanwhile decides
/// which are taken, but is not among those that the statement sees. So a second statement looks. What it finds free
/// has become so in between, and is tried again.
pub(crate) async fn decide(
    table: &mut impl Table,
    wishes: &[Wish],
) -> sqlx::Result<Vec<Result<Claim, Failure>>> {
    let mut claims: Vec<Option<Result<Claim, Failure>>> = vec![None; wishes.len()];
    for _ in 0..ROUNDS {
        let open: Vec<usize> = (0..wishes.len()).filter(|at| claims[*at].is_none()).collect();
        if open.is_empty() {
            break;
        }
        round(table, wishes, &open, &mut claims).await?;
    }
    // Free at each look, and taken by others each time: somebody is at it.
    let busy = || {
        Ok(Claim::InFlight {
            retry_after: Duration::ZERO,
        })
    };
    Ok(claims
        .into_iter()
        .map(|claim| claim.unwrap_or_else(busy))
        .collect())
}

async fn round(
    table: &mut impl Table,
    wishes: &[Wish],
    open: &[usize],
    claims: &mut [Option<Result<Claim, Failure>>],
) -> sqlx::Result<()> {
    let firsts = firsts(wishes, open);
    let asked: Vec<&Wish> = firsts.iter().map(|at| &wishes[*at]).collect();
    let taken = table.take(&asked).await?;
    for at in firsts {
        let key = &wishes[at].key;
        claims[at] = taken
            .get(key)
            .map(|(fence, attempts)| Ok(Claim::Won(ticket(key, *fence, *attempts))));
    }
    let rest = open.iter().copied().filter(|at| claims[*at].is_none());
    let rest: Vec<usize> = rest.collect();
    if rest.is_empty() {
        return Ok(());
    }
    let keys: HashSet<Key> = rest.iter().map(|at| wishes[*at].key).collect();
    let seen = table.look(&keys.into_iter().collect::<Vec<_>>()).await?;
    for at in rest {
        claims[at] = match seen.get(&wishes[at].key) {
            Some(Ok(seen)) => seen.answer(&wishes[at]).map(Ok),
            Some(Err(unreadable)) => Some(Err(unreadable.clone())),
            None => None,
        };
    }
    Ok(())
}

/// The first claim of each key. In the order of keys, so that two batches which meet lock their rows in one order and
/// neither waits for the other in a circle.
fn firsts(wishes: &[Wish], open: &[usize]) -> Vec<usize> {
    let mut firsts = open.to_vec();
    firsts.sort_by_key(|at| wishes[*at].key);
    firsts.dedup_by_key(|at| wishes[*at].key);
    firsts
}

/// How often a key may be found free and yet be taken by somebody else.
const ROUNDS: u32 = 4;
