//! The reference that random sequences are compared with.

use super::scene::Span;
use crate::store::Held;
use crate::verified::Fingerprint;

/// The reference: a record as the rules describe it, without a clock. What is short is over by the next step.
#[derive(Default)]
pub(super) struct Model {
    pub(super) state: State,
    print: Option<Fingerprint>,
    attempts: u32,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    #[default]
    Absent,
    Live,
    Lapsed,
    Released,
    Completed,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Won { attempt: u32 },
    InFlight,
    Done,
    Conflict,
}

impl Model {
    pub(super) fn claim(&mut self, print: Fingerprint, lease: Span, keep: Span) -> Answer {
        match self.state {
            State::Absent => {}
            _ if self.print != Some(print) => return Answer::Conflict,
            State::Live => return Answer::InFlight,
            State::Completed => return Answer::Done,
            State::Lapsed | State::Released => {}
        }
        let attempt = self.attempts + 1;
        *self = Self {
            state: leased(lease),
            print: Some(print),
            attempts: attempt,
        };
        self.expire(keep);
        Answer::Won { attempt }
    }

    pub(super) fn renew(&mut self, newest: bool, lease: Span) -> Held {
        let held = newest && matches!(self.state, State::Live | State::Lapsed);
        if held {
            self.state = leased(lease);
        }
        yes_if(held)
    }

    pub(super) fn complete(&mut self, newest: bool, keep: Span) -> Held {
        let held = newest && matches!(self.state, State::Live | State::Lapsed | State::Completed);
        if held {
            self.state = State::Completed;
            self.expire(keep);
        }
        yes_if(held)
    }

    pub(super) fn release(&mut self, newest: bool) -> Held {
        let held = newest && matches!(self.state, State::Live | State::Lapsed | State::Released);
        if held {
            self.state = State::Released;
        }
        yes_if(held)
    }

    fn expire(&mut self, keep: Span) {
        if keep == Span::Short {
            *self = Self::default();
        }
    }
}

fn leased(lease: Span) -> State {
    if lease == Span::Long {
        State::Live
    } else {
        State::Lapsed
    }
}

fn yes_if(held: bool) -> Held {
    if held { Held::Yes } else { Held::Lost }
}
