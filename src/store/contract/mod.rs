//! The proof that a store keeps the [rules](crate::store#rules-that-every-store-keeps).
//!
//! [`check`] runs a store through races, stale tickets, contradicting fingerprints, lost answers, dropped calls and
//! thousands of random sequences, and panics with the rule that was broken. Call it from one test of your store:
//!
//! ```
//! use std::future::ready;
//! use tower_webhook::store::{MemoryStore, contract};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build()?;
//! # runtime.block_on(async {
//! let store = MemoryStore::default();
//! contract::check(|| ready(store.clone())).await;
//! # });
//! # Ok(())
//! # }
//! ```
//!
//! Each call of `connect` gives a handle of its own on the *same* records: a clone here, a new connection to one database
//! elsewhere. The test needs a runtime with several threads (`#[tokio::test(flavor = "multi_thread")]`), since races
//! are part of the proof.
//!
//! # Time
//!
//! A store has its own clock, so the checks wait for leases to end: a few seconds in all. Where the clock can be moved,
//! [`check_with_clock`] moves it, waits for nothing and runs twenty times as many sequences:
//!
//! ```
//! use std::future::ready;
//! use tower_webhook::store::{ManualTime, MemoryStore, contract};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
//! # runtime.block_on(async {
//! let time = ManualTime::default();
//! let store = MemoryStore::builder().clock(time.clone()).build()?;
//! contract::Contract::new()
//!     .sequences(200)
//!     .run_with_clock(|| ready(store.clone()), |span| time.advance(span))
//!     .await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })
//! # }
//! ```
//!
//! # What is left behind
//!
//! Each run uses keys that nobody has used before, so a database with old records will do. The records it leaves have a
//! retention of an hour.

mod cancel;
mod dice;
mod model;
mod operate;
mod race;
mod record;
mod scene;
mod sequence;
mod ticket;

use std::future::Future;
use std::time::Duration;

use crate::store::{Operate, Store};
use scene::Scene;

/// Proves a store that runs by a clock of its own. See the [module docs](self).
///
/// # Panics
///
/// When the store breaks a rule or fails to answer; the message names the rule.
pub async fn check<S, F, Fut>(connect: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = S>,
    S: Store,
{
    Contract::new().run(connect).await;
}

/// Proves a store whose clock `advance` moves. See the [module docs](self).
///
/// # Panics
///
/// When the store breaks a rule or fails to answer; the message names the rule.
pub async fn check_with_clock<S, F, Fut>(connect: F, advance: impl Fn(Duration))
where
    F: Fn() -> Fut,
    Fut: Future<Output = S>,
    S: Store,
{
    Contract::new().run_with_clock(connect, advance).await;
}

/// Proves the operator's verbs of a store, by the store's own clock. Nobody else may use the store meanwhile: records are counted.
///
/// # Panics
///
/// When a verb does not do what [`Operate`] says, or fails to answer.
pub async fn check_operate<S, F, Fut>(connect: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = S>,
    S: Operate,
{
    let contract = Contract::new();
    operate::check(&Scene::set(connect, None, contract.tick).await).await;
}

/// The same proof with settings.
#[derive(Debug, Clone)]
#[must_use = "a contract proves nothing until it is run"]
pub struct Contract {
    sequences: Option<u32>,
    tick: Duration,
    seed: u64,
}

impl Default for Contract {
    fn default() -> Self {
        Self {
            sequences: None,
            tick: Duration::from_millis(25),
            seed: 1,
        }
    }
}

impl Contract {
    /// The proof as [`check`] runs it.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many random sequences are compared with the model: 500 by default, 10,000 where the clock can be moved.
    pub fn sequences(mut self, sequences: u32) -> Self {
        self.sequences = Some(sequences);
        self
    }

    /// The shortest lease the store can keep: 25 ms by default. Give a second to a store that counts in seconds.
    pub fn tick(mut self, tick: Duration) -> Self {
        self.tick = tick;
        self
    }

    /// Where the random sequences start, 1 by default. A failure's message names its seed.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Proves a store that runs by a clock of its own.
    ///
    /// # Panics
    ///
    /// When the store breaks a rule or fails to answer; the message names the rule.
    pub async fn run<S, F, Fut>(self, connect: F)
    where
        F: Fn() -> Fut,
        Fut: Future<Output = S>,
        S: Store,
    {
        let scene = Scene::set(connect, None, self.tick).await;
        self.prove(&scene, 500).await;
    }

    /// Proves a store whose clock `advance` moves.
    ///
    /// # Panics
    ///
    /// When the store breaks a rule or fails to answer; the message names the rule.
    pub async fn run_with_clock<S, F, Fut>(self, connect: F, advance: impl Fn(Duration))
    where
        F: Fn() -> Fut,
        Fut: Future<Output = S>,
        S: Store,
    {
        let scene = Scene::set(connect, Some(&advance), self.tick).await;
        self.prove(&scene, 10_000).await;
    }

    async fn prove<S: Store>(&self, scene: &Scene<'_, S>, sequences: u32) {
        record::check(scene).await;
        ticket::check(scene).await;
        race::check(scene).await;
        cancel::check(scene).await;
        sequence::check(scene, self.sequences.unwrap_or(sequences), self.seed).await;
    }
}
