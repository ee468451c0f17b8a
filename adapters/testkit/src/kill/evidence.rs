//! What handlers did, and whether it was right.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tower_webhook::Attempt;

use crate::receiver::Call;

/// Where handlers note their effects: a file that survives them.
#[derive(Debug, Clone)]
pub struct Journal(PathBuf);

/// One effect of one run of a handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// The event.
    pub event: u64,
    /// The fence of the attempt, 0 without one.
    pub fence: u64,
    /// The number of the attempt, 0 without one.
    pub attempt: u32,
    /// The process that ran the handler.
    pub process: u32,
    /// When the delivery arrived, before it was claimed: microseconds since 1970.
    pub arrived: u64,
    /// When the effect took place, after the claim.
    pub happened: u64,
}

/// All that is known when the killing is over.
#[derive(Debug)]
pub struct Evidence {
    /// Each event that was sent; its senders have had their 2xx.
    pub events: Vec<u64>,
    /// When each killed process was gone.
    killed: HashMap<u32, SystemTime>,
    /// What the handlers noted, by event, in the order of time.
    pub effects: BTreeMap<u64, Vec<Effect>>,
}

impl Journal {
    pub(super) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// Notes an effect: one write, which a kill can prevent but not halve.
    ///
    /// # Panics
    ///
    /// When the file can't be written.
    pub fn note(&self, effect: &Effect) {
        let Effect {
            event,
            fence,
            attempt,
            process,
            arrived,
            happened,
        } = effect;
        let line = format!("{event} {fence} {attempt} {process} {arrived} {happened}\n");
        let file = File::options().create(true).append(true).open(&self.0);
        file.and_then(|mut file| file.write_all(line.as_bytes()))
            .expect("the journal can be written");
    }

    fn read(&self) -> Vec<Effect> {
        let text = fs::read_to_string(&self.0).unwrap_or_default();
        text.lines().map(parse).collect()
    }
}

impl Effect {
    /// An effect of this call, now.
    #[must_use]
    pub fn of(call: &Call) -> Self {
        Self {
            event: call.number(),
            fence: call.attempt.as_ref().map_or(0, Attempt::fence),
            attempt: call.attempt.as_ref().map_or(0, Attempt::number),
            process: std::process::id(),
            arrived: micros(call.arrived),
            happened: micros(SystemTime::now()),
        }
    }
}

impl Evidence {
    pub(super) fn new(events: Vec<u64>, killed: HashMap<u32, SystemTime>, journal: &Journal) -> Self {
        let mut effects: BTreeMap<u64, Vec<Effect>> = BTreeMap::new();
        for effect in journal.read() {
            effects.entry(effect.event).or_default().push(effect);
        }
        for effects in effects.values_mut() {
            effects.sort_by_key(|effect| effect.happened);
        }
        Self {
            events,
            killed,
            effects,
        }
    }

    /// Each event whose sender had its 2xx has had its effect.
    ///
    /// # Panics
    ///
    /// When one has had none.
    pub fn assert_nothing_is_lost(&self) {
        for event in &self.events {
            assert!(
                self.effects.contains_key(event),
                "event {event} was acknowledged and had no effect"
            );
        }
    }

    /// An event with two effects had them by two holders, of whom the first was killed and its lease had ended.
    ///
    /// # Panics
    ///
    /// When there is another explanation, or when no kill hit an attempt, so that nothing is proven.
    pub fn assert_leases_explain_duplicates(&self, lease: Duration) {
        let lease = u64::try_from(lease.as_micros()).unwrap_or(u64::MAX);
        for pair in self.effects.values().flat_map(|effects| effects.windows(2)) {
            let [first, second] = pair else { continue };
            assert!(
                second.fence > first.fence && second.attempt > first.attempt,
                "two effects of one claim: {first:?}, {second:?}"
            );
            let killed = self.killed.get(&first.process).map(|moment| micros(*moment));
            assert!(
                killed.is_some_and(|killed| killed < second.happened),
                "a duplicate although the first holder lived: {first:?}, {second:?}"
            );
            assert!(
                second.happened >= first.arrived + lease,
                "a duplicate before the first lease ended: {first:?}, {second:?}"
            );
        }
        assert!(
            self.repeated() > 0,
            "no kill hit an attempt, so that nothing is proven"
        );
    }

    /// How many runs were not an event's first.
    fn repeated(&self) -> usize {
        let effects = self.effects.values().flatten();
        effects.filter(|effect| effect.attempt > 1).count()
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let twice = self.effects.values().filter(|effects| effects.len() > 1).count();
        write!(
            f,
            "{} kills, {} events, {} effects after a repeated attempt, {twice} events with more than one effect",
            self.killed.len(),
            self.events.len(),
            self.repeated(),
        )
    }
}

fn parse(line: &str) -> Effect {
    let numbers: Option<Vec<u64>> = line.split(' ').map(|word| word.parse().ok()).collect();
    let Some([event, fence, attempt, process, arrived, happened]) = numbers.as_deref() else {
        panic!("the journal holds half a line: {line}");
    };
    let small = |number: &u64| u32::try_from(*number).expect("it was written as a small number");
    Effect {
        event: *event,
        fence: *fence,
        attempt: small(attempt),
        process: small(process),
        arrived: *arrived,
        happened: *happened,
    }
}

fn micros(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
