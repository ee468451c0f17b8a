//! Any text as a time, rightly signed: only what a sender would write for a time near now passes.
#![no_main]

use arbitrary::Arbitrary;
use bytes::Bytes;
use http::{HeaderValue, Request};
use libfuzzer_sys::{Corpus, fuzz_target};

use tower_webhook::provider::Part::{Body, Header, Text};
use tower_webhook::provider::{Scheme, header};
use tower_webhook::testing::Delivery;
use tower_webhook_fuzz::{Endpoint, Frames, NOW, PLAIN, secrets};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    unit: Unit,
    text: Guess<'a>,
    /// What the text is changed to once it is signed, if it is.
    changed: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Unit {
    Seconds,
    Milliseconds,
    Rfc3339,
}

#[derive(Debug, Arbitrary)]
enum Guess<'a> {
    Any(&'a str),
    Number(i128),
    Near {
        offset: i16,
        before: &'a str,
        after: &'a str,
    },
    Clock {
        hour: u8,
        minute: u8,
        second: u8,
        fraction: Option<u64>,
        zone: &'a str,
    },
}

const TIMED: Scheme = Scheme::hmac_sha256("timed")
    .signature(header("x-plain-signature").hex())
    .content(&[Header("x-plain-time"), Text("."), Body]);
const SECONDS: Scheme = TIMED.timestamp(header("x-plain-time").unix_seconds());
const MILLISECONDS: Scheme = TIMED.timestamp(header("x-plain-time").unix_milliseconds());
const RFC3339: Scheme = TIMED.timestamp(header("x-plain-time").rfc3339());
const TOLERANCE: u64 = 300;

fuzz_target!(|input: Input<'_>| -> Corpus { run(&input) });

fn run(input: &Input<'_>) -> Corpus {
    let text = input.text.write(input.unit);
    // The plain sender reads no time, so it signs whatever text it is given.
    let Ok(signed) = Delivery::new(PLAIN, Bytes::from_static(b"{}"))
        .id(text.as_str())
        .sign(&secrets())
    else {
        return Corpus::Reject;
    };
    let endpoint = Endpoint::new(match input.unit {
        Unit::Seconds => SECONDS,
        Unit::Milliseconds => MILLISECONDS,
        Unit::Rfc3339 => RFC3339,
    });
    let answer = endpoint.deliver(copy(&signed));
    if answer.is_unproven() {
        assert!(
            !is_canonical(&text, input.unit),
            "{text:?} is a time near now, but got {answer:?}"
        );
        endpoint.assert_untouched();
    } else {
        assert_eq!(endpoint.handled().len(), 1, "{answer:?}");
        assert!(
            is_near(&text, input.unit),
            "{text:?} is no time near now, but was let through"
        );
    }
    if let Some(changed) = input.changed.filter(|changed| *changed != text) {
        let Ok(value) = HeaderValue::from_str(changed) else {
            return Corpus::Reject;
        };
        let mut request = copy(&signed);
        request.headers_mut().insert("x-plain-time", value);
        let handled = endpoint.handled().len();
        let answer = endpoint.deliver(request);
        assert!(
            answer.is_unproven(),
            "{text:?} was signed, {changed:?} got {answer:?}"
        );
        assert_eq!(
            endpoint.handled().len(),
            handled,
            "a changed time reached the handler"
        );
    }
    Corpus::Keep
}

fn copy(request: &Request<Bytes>) -> Request<Frames> {
    request.clone().map(Frames::from)
}

impl Guess<'_> {
    fn write(&self, unit: Unit) -> String {
        match self {
            Self::Any(text) => (*text).into(),
            Self::Number(number) => number.to_string(),
            Self::Near {
                offset,
                before,
                after,
            } => {
                let seconds = NOW.saturating_add_signed(i64::from(*offset));
                match unit {
                    Unit::Seconds => format!("{before}{seconds}{after}"),
                    Unit::Milliseconds => format!("{before}{seconds}000{after}"),
                    Unit::Rfc3339 => format!("{before}2027-01-15T08:00:{:02}{after}Z", offset.rem_euclid(60)),
                }
            }
            Self::Clock {
                hour,
                minute,
                second,
                fraction,
                zone,
            } => {
                let fraction = fraction.map(|digits| format!(".{digits}")).unwrap_or_default();
                format!(
                    "2027-01-15T{:02}:{:02}:{:02}{fraction}{zone}",
                    hour % 30,
                    minute % 70,
                    second % 70
                )
            }
        }
    }
}

/// Whether the text is the one that a sender writes for a time near now.
fn is_canonical(text: &str, unit: Unit) -> bool {
    match unit {
        Unit::Seconds => is_near(text, unit),
        Unit::Milliseconds => is_near(text, unit),
        Unit::Rfc3339 => text.len() == 20 && text.ends_with('Z') && is_near(text, unit),
    }
}

/// Whether the text is a way to write a time near now, read by rules that are not the crate's.
fn is_near(text: &str, unit: Unit) -> bool {
    let digits = |number: u64| number.to_string() == text;
    match unit {
        Unit::Seconds => text
            .parse()
            .is_ok_and(|time: u64| digits(time) && time.abs_diff(NOW) <= TOLERANCE),
        Unit::Milliseconds => text
            .parse()
            .is_ok_and(|time: u64| digits(time) && time.abs_diff(NOW * 1_000) <= TOLERANCE * 1_000),
        Unit::Rfc3339 => {
            rfc3339(text).is_some_and(|time| time.abs_diff(i64::try_from(NOW).unwrap()) <= TOLERANCE)
        }
    }
}

/// The second in which the time lies, as RFC 3339 writes it; `None` for what it doesn't.
fn rfc3339(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let digits = text.get(range)?;
        digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| digits.parse().ok())
            .flatten()
    };
    let mark = |at: usize, marks: &[u8]| {
        text.as_bytes()
            .get(at)
            .filter(|byte| marks.contains(byte))
            .map(|_| ())
    };
    mark(4, b"-")
        .and(mark(7, b"-"))
        .and(mark(10, b"Tt "))
        .and(mark(13, b":"))
        .and(mark(16, b":"))?;
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let rest = text.get(19..)?;
    let digits = rest
        .strip_prefix('.')
        .map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    let zone = if rest.starts_with('.') && digits > 0 {
        &rest[digits + 1..]
    } else {
        rest
    };
    let offset = match zone.as_bytes() {
        b"Z" | b"z" => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let two = |tens: u8, ones: u8| {
                (tens.is_ascii_digit() && ones.is_ascii_digit())
                    .then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
            };
            let seconds = two(*h1, *h2)? * 3_600 + two(*m1, *m2)? * 60;
            if *sign == b'+' { seconds } else { -seconds }
        }
        _ => return None,
    };
    let sound =
        (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    sound.then(|| days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset)
}

/// Days since 1970, in the calendar that begins each year in March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}
