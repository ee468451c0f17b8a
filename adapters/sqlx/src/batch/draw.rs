//! What is waiting, and what of it goes to the database next.

use std::collections::{HashSet, VecDeque};

use tokio::sync::oneshot;
use tower_webhook::Key;
use tower_webhook::store::{Claim, Held};

use super::{Answers, Batch, MOST_AT_ONCE};
use crate::failure::Failure;
use crate::verb::{Step, Wish};

/// A verb with whoever waits for it.
pub(super) enum Waiting {
    Claim(Wish, Reply<Claim>),
    Step(Step, Reply<Held>),
}

pub(super) type Reply<T> = oneshot::Sender<Result<T, Failure>>;

/// A batch with those who wait for it.
#[derive(Default)]
pub(super) struct Draw {
    pub(super) batch: Batch,
    pub(super) claims: Vec<Reply<Claim>>,
    pub(super) held: Vec<Reply<Held>>,
}

impl Draw {
    /// As many as may go together; of one kind, that of the first, unless a batch mixes them.
    pub(super) fn from(waiting: &mut VecDeque<Waiting>, mixes: bool) -> Self {
        let mut draw = Self::default();
        let (mut stepping, mut later) = (HashSet::<Key>::new(), Vec::new());
        while draw.batch.wishes.len() + draw.batch.steps.len() < MOST_AT_ONCE {
            match waiting.pop_front() {
                None => break,
                Some(verb) if !verb.is_wanted() => {}
                Some(verb @ Waiting::Claim(..)) if !mixes && !draw.held.is_empty() => later.push(verb),
                Some(verb @ Waiting::Step(..)) if !mixes && !draw.claims.is_empty() => later.push(verb),
                Some(Waiting::Claim(wish, reply)) => {
                    draw.batch.wishes.push(wish);
                    draw.claims.push(reply);
                }
                Some(Waiting::Step(step, reply)) if stepping.insert(step.key) => {
                    draw.batch.steps.push(step);
                    draw.held.push(reply);
                }
                Some(step) => later.push(step),
            }
        }
        later.into_iter().rev().for_each(|step| waiting.push_front(step));
        draw
    }

    pub(super) fn is_empty(&self) -> bool {
        self.claims.is_empty() && self.held.is_empty()
    }

    /// Tells everybody. Who has gone meanwhile is not told; the contract lets a dropped verb be carried out or not.
    pub(super) fn answer(self, answers: Result<Answers, Failure>) {
        match answers {
            Ok(answers) => {
                tell(self.claims, answers.claims.into_iter());
                tell(self.held, answers.held.into_iter().map(Ok));
            }
            Err(failure) => {
                tell(self.claims, std::iter::repeat_with(|| Err(failure.clone())));
                tell(self.held, std::iter::repeat_with(|| Err(failure.clone())));
            }
        }
    }
}

fn tell<T>(replies: Vec<Reply<T>>, answers: impl Iterator<Item = Result<T, Failure>>) {
    for (reply, answer) in replies.into_iter().zip(answers) {
        let _ = reply.send(answer);
    }
}

impl Waiting {
    /// Whether somebody still waits for the answer.
    pub(super) fn is_wanted(&self) -> bool {
        match self {
            Self::Claim(_, reply) => !reply.is_closed(),
            Self::Step(_, reply) => !reply.is_closed(),
        }
    }
}
