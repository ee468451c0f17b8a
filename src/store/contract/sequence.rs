//! Random sequences of verbs, each answer compared with a model's.

use super::dice::{Dice, Verb};
use super::model::{Answer, Model, State};
use super::scene::{Scene, Span, answer};
use crate::store::{Claim, Store, Ticket};
use crate::verified::{Fingerprint, Key};

/// How many verbs a sequence has.
const LENGTH: usize = 30;

/// How many sequences advance side by side, so that they share the time that has to pass.
const BATCH: u32 = 500;

pub(super) async fn check<S: Store>(scene: &Scene<'_, S>, sequences: u32, seed: u64) {
    let mut next = 0;
    while next < sequences {
        let end = sequences.min(next.saturating_add(BATCH));
        let seeds = (next..end).map(|number| seed.wrapping_add(u64::from(number)));
        let mut batch: Vec<Sequence> = seeds.map(|seed| Sequence::new(scene.key(), seed)).collect();
        for _ in 0..LENGTH {
            for sequence in &mut batch {
                sequence.step(scene).await;
            }
            scene.pass().await;
        }
        next = end;
    }
}

/// One key's history.
struct Sequence {
    key: Key,
    seed: u64,
    dice: Dice,
    model: Model,
    tickets: Vec<Ticket>,
    steps: Vec<Verb>,
}

impl Sequence {
    fn new(key: Key, seed: u64) -> Self {
        let (dice, model) = (Dice::new(seed), Model::default());
        Self {
            key,
            seed,
            dice,
            model,
            tickets: Vec::new(),
            steps: Vec::new(),
        }
    }

    async fn step<S: Store>(&mut self, scene: &Scene<'_, S>) {
        let verb = self.dice.verb(self.tickets.len());
        self.steps.push(verb);
        let handles = scene.handles();
        let store = &handles[self.dice.below(handles.len())];
        match verb {
            Verb::Claim { print, lease, keep } => {
                let claim = store
                    .claim(&self.key, &print, scene.lease(lease), scene.keep(keep))
                    .await;
                self.claimed(answer("claim", claim), print, lease, keep);
            }
            Verb::Renew { ticket, lease } => {
                let held = store.renew(&self.tickets[ticket], scene.lease(lease)).await;
                let expected = self.model.renew(self.is_newest(ticket), lease);
                self.compare(answer("renew", held), expected);
            }
            Verb::Complete { ticket, keep } => {
                // Whether a repetition makes the retention run anew is the store's choice, so that it must not matter.
                let keep = if self.model.state == State::Completed {
                    Span::Long
                } else {
                    keep
                };
                let held = store.complete(&self.tickets[ticket], scene.keep(keep)).await;
                let expected = self.model.complete(self.is_newest(ticket), keep);
                self.compare(answer("complete", held), expected);
            }
            Verb::Release { ticket } => {
                let held = store.release(&self.tickets[ticket]).await;
                let expected = self.model.release(self.is_newest(ticket));
                self.compare(answer("release", held), expected);
            }
            Verb::Forget => {
                let forgotten = answer("forget", store.forget(&self.key).await);
                let expected = std::mem::take(&mut self.model).state != State::Absent;
                self.compare(forgotten, expected);
            }
        }
    }

    fn claimed(&mut self, claim: Claim, print: Fingerprint, lease: Span, keep: Span) {
        let expected = self.model.claim(print, lease, keep);
        let found = match claim {
            Claim::Won(ticket) => {
                let before = self.tickets.last().map_or(0, Ticket::fence);
                let rises = self.tickets.is_empty() || ticket.fence() > before;
                assert!(
                    rises,
                    "rule 2: fence {} came after {before}; {}",
                    ticket.fence(),
                    self.history()
                );
                let attempt = ticket.attempt();
                self.tickets.push(ticket);
                Answer::Won { attempt }
            }
            Claim::InFlight { .. } => Answer::InFlight,
            Claim::Done => Answer::Done,
            Claim::Conflict => Answer::Conflict,
        };
        self.compare(found, expected);
    }

    fn is_newest(&self, ticket: usize) -> bool {
        ticket + 1 == self.tickets.len()
    }

    fn compare<T: PartialEq + std::fmt::Debug>(&self, found: T, expected: T) {
        assert!(
            found == expected,
            "the store answered {found:?} where the rules ask for {expected:?}; {}",
            self.history(),
        );
    }

    fn history(&self) -> String {
        format!(
            "seed {}, verbs so far, time passing after each: {:#?}",
            self.seed, self.steps
        )
    }
}
