//! Reading a timestamp: digits or RFC 3339, nothing else, nothing guessed.

use std::time::{Duration, SystemTime};

#[cfg(feature = "test-util")]
use bytes::Bytes;
use http::HeaderMap;
#[cfg(feature = "test-util")]
use http::Request;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::description::Scheme;
use super::place::At;
#[cfg(feature = "test-util")]
use super::read::Reader;
use crate::rejection::Reason;
use crate::signature::header::{element, single};
use crate::verified::Stated;

impl Scheme {
    /// The time that the head states; it is well formed, but nobody has vouched for it yet.
    pub(crate) fn time_in_head(&self, headers: &HeaderMap) -> Result<Option<Stated<SystemTime>>, Reason> {
        let Some(at) = self.timestamp else {
            return Ok(None);
        };
        let Some(text) = self.text_in_head(headers, at.place.0)? else {
            return Ok(None);
        };
        let time = at.unit.parse(text).ok_or(Reason::MalformedTimestamp)?;
        Ok(Some(Stated::new(time, self.covers(at.place))))
    }

    /// The text at this place, where that is one in the head.
    pub(crate) fn text_in_head<'a>(&self, headers: &'a HeaderMap, at: At) -> Result<Option<&'a str>, Reason> {
        match at {
            At::Header(name) => single(headers, name).map(Some),
            At::Element(key) => {
                let text = single(headers, self.signature.header_name())?;
                element(text, self.signature.form, key).map(Some)
            }
            At::Json(_) | At::Integer(_) | At::Form(_) | At::FirstOf(_) => Ok(None),
        }
    }

    /// The time that the request states, wherever the description has it.
    #[cfg(feature = "test-util")]
    pub(crate) fn stated_time(&self, request: &Request<Bytes>) -> Option<SystemTime> {
        let stated = match self.time_in_head(request.headers()).ok()? {
            None => {
                let reader = Reader::open(self, request.headers(), request.body()).ok()?;
                reader.facts().ok()?.timestamp().ok()??
            }
            Some(stated) => stated,
        };
        Some(*stated.value())
    }
}

/// How a sender writes its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Seconds,
    Milliseconds,
    Rfc3339,
}

impl Unit {
    /// The time that the text states; `None` for every text that the sender would not write.
    pub(crate) fn parse(self, text: &str) -> Option<SystemTime> {
        match self {
            Self::Seconds => SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(whole(text)?)),
            Self::Milliseconds => SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(whole(text)?)),
            Self::Rfc3339 if text.len() > MAX_TEXT || !text.bytes().all(|byte| byte.is_ascii_graphic()) => {
                None
            }
            Self::Rfc3339 => OffsetDateTime::parse(text, &Rfc3339).ok().map(SystemTime::from),
        }
    }

    /// The text that the sender would write.
    #[cfg(feature = "test-util")]
    pub(crate) fn write(self, time: SystemTime) -> String {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        match self {
            Self::Seconds => since.as_secs().to_string(),
            Self::Milliseconds => since.as_millis().to_string(),
            Self::Rfc3339 => {
                let time = OffsetDateTime::from(time);
                let (date, clock) = (time.date(), time.time());
                let (hour, minute, second) = clock.as_hms();
                format!("{date}T{hour:02}:{minute:02}:{second:02}Z")
            }
        }
    }
}

/// Digits without sign, blank or leading zero, of a number that fits.
fn whole(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = !text.starts_with('0') || text == "0";
    (digits && canonical).then(|| text.parse().ok()).flatten()
}

/// The longest RFC 3339 time with nanoseconds and offset has 35 characters.
const MAX_TEXT: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t064_t065_only_canonical_digits_are_a_time() {
        assert!(Unit::Seconds.parse("1700000000").is_some());
        assert!(Unit::Seconds.parse("0").is_some());
        let bad = [
            "",
            "+1700000000",
            "-0",
            "-1",
            "01700000000",
            " 1700000000",
            "1700000000 ",
            "1_700",
            "1e9",
            "1.0",
            "0x10",
            "\u{661}\u{667}",
            "\u{ff11}",
            "18446744073709551616",
            "9999999999999999999999999999999999999999",
        ];
        for text in bad {
            assert!(Unit::Seconds.parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn t063_huge_times_do_not_panic() {
        let _ = Unit::Seconds.parse("18446744073709551615");
        let _ = Unit::Milliseconds.parse("18446744073709551615");
    }

    #[test]
    fn t067_rfc3339_is_exact_or_refused() {
        let exact = Unit::Rfc3339.parse("2023-11-14T22:13:20Z").unwrap();
        assert_eq!(exact, SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
        assert_eq!(Unit::Rfc3339.parse("2023-11-14T23:13:20.000+01:00"), Some(exact));
        let bad = [
            "2023-11-14T22:60:20Z",
            "10000-01-01T00:00:00Z",
            "2023-11-14",
            "2023-11-14T22:13:20",
            "2023-11-14 22:13:20Z",
            "",
        ];
        for text in bad {
            assert!(Unit::Rfc3339.parse(text).is_none(), "{text:?}");
        }
        for (digits, time) in [(19, Some(exact)), (20, None), (100, None)] {
            let text = format!("2023-11-14T22:13:20.{}Z", "0".repeat(digits));
            assert_eq!(Unit::Rfc3339.parse(&text), time, "{text}");
        }
    }
}
