//! The start-up check of a description: whatever can be known to be wrong before the first delivery.

use std::time::Duration;

use super::description::Scheme;
use super::handshake::{Handshake, Reply};
use super::method::Method;
use super::place::{At, Part};
use crate::error::{ConfigError, ConfigErrorKind};
use crate::signature::header::{Form, is_name};

impl Scheme {
    /// Finds what is wrong with the description. Every layer calls it when it is built.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, with a sentence that says what to do.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.check_places()?;
        self.check_content()?;
        self.check_times()?;
        self.check_handshakes()?;
        self.check_second()?;
        self.check_events()?;
        if self.expected_live.is_some() && self.live.is_none() {
            let advice = format!(
                "{} doesn't say whether an event is live; leave `expect_live` out",
                self.name
            );
            return Err(wrong(ConfigErrorKind::Scheme, advice));
        }
        if self.body_limit == 0 {
            return Err(wrong(
                ConfigErrorKind::Limit,
                "a body limit of 0 refuses every delivery; give it in bytes",
            ));
        }
        Ok(())
    }

    fn check_places(&self) -> Result<(), ConfigError> {
        if self.name.is_empty() {
            return Err(wrong(
                ConfigErrorKind::Scheme,
                "the sender has no name; logs and event keys need one",
            ));
        }
        let places = [
            self.id,
            self.kind,
            self.live,
            self.timestamp.map(|at| at.place),
            Some(self.signature.place),
        ];
        let parts = self.content.iter().filter_map(|part| match part {
            Part::Header(name) => Some(*name),
            _ => None,
        });
        let named = places
            .into_iter()
            .flatten()
            .chain(self.within.iter().copied())
            .flat_map(|place| place.each());
        self.check_elements(named.clone())?;
        let pointers = named.clone().filter_map(|at| match at {
            At::Json(pointer) | At::Integer(pointer) => Some(pointer),
            _ => None,
        });
        let unstable = self.unstable.iter().copied();
        if let Some(text) = pointers.chain(unstable).find(|pointer| !pointer.starts_with('/')) {
            return Err(wrong(
                ConfigErrorKind::Scheme,
                format!("`{text}` is no JSON Pointer, which begins with a slash; write `/{text}`"),
            ));
        }
        let headers = named.filter_map(|at| match at {
            At::Header(name) => Some(name),
            _ => None,
        });
        match headers
            .chain(parts)
            .find(|name| !(is_name(name) || name.is_empty() && self.is_own()))
        {
            Some("") => Err(wrong(
                ConfigErrorKind::Scheme,
                "no header is named for the signature; say `.signature(header(…))`",
            )),
            Some(name) => Err(wrong(
                ConfigErrorKind::Scheme,
                format!("`{name}` is no header's name in lower case; write it so"),
            )),
            None if self.signature.header_name().is_empty() && !self.is_own() => Err(wrong(
                ConfigErrorKind::Scheme,
                "the signature must stand in a header",
            )),
            None => Ok(()),
        }
    }

    /// Elements are found where the signature's header is made of pairs, and nowhere else.
    fn check_elements(&self, mut named: impl Iterator<Item = At>) -> Result<(), ConfigError> {
        let is_signed = self.content.iter().any(|part| matches!(part, Part::Element(_)));
        let is_read = named.any(|at| matches!(at, At::Element(_)));
        let has_pairs = matches!(self.signature.form, Form::Pairs { .. });
        match (is_signed || is_read) && !has_pairs && !self.is_own() {
            true => Err(wrong(
                ConfigErrorKind::Scheme,
                "an element of the signature's header is named, but that header has no `key=value` pairs; say `.pairs(…)`",
            )),
            false => Ok(()),
        }
    }

    fn check_content(&self) -> Result<(), ConfigError> {
        let bodies = self.content.iter().filter(|part| **part == Part::Body).count();
        let only_for_own = |part: &Part| matches!(part, Part::Json(_) | Part::Form(_) | Part::Checksum);
        match self.method {
            method if method.signs() && (bodies != 1 || self.content.iter().any(only_for_own)) => {
                return Err(wrong(
                    ConfigErrorKind::Scheme,
                    "the signed content must hold the body once and no part of it; say `.content(&[…, Body])`",
                ));
            }
            Method::Token | Method::Basic if !self.content.is_empty() => {
                return Err(wrong(
                    ConfigErrorKind::Scheme,
                    "a token signs nothing; leave `.content(…)` out",
                ));
            }
            Method::Token | Method::Basic if !matches!(self.signature.form, Form::Whole { .. }) => {
                return Err(wrong(
                    ConfigErrorKind::Scheme,
                    "a token is a header's whole value; say `.signature(header(…).token(\"\"))`",
                ));
            }
            _ => {}
        }
        match self.timestamp {
            Some(at) if at.optional && at.place.each().any(|at| !matches!(at, At::Json(_) | At::Form(_))) => {
                Err(wrong(
                    ConfigErrorKind::Scheme,
                    "a timestamp may be missing only where its place is part of a signed body; leave `.if_any()` out",
                ))
            }
            Some(at) if !self.covers(at.place) => Err(wrong(
                ConfigErrorKind::UnsignedTimestamp,
                "the timestamp is not part of the signed content, so anyone could renew an old delivery; leave it out or sign it",
            )),
            _ => Ok(()),
        }
    }

    fn check_times(&self) -> Result<(), ConfigError> {
        if self.timestamp.is_some() {
            check_tolerance(self.tolerance)?;
        }
        let needed = self.retries.saturating_add(self.tolerance).saturating_add(LEASE);
        if self.retention < needed {
            return Err(wrong(
                ConfigErrorKind::Retention,
                format!(
                    "events would be forgotten after {:?}, but {} may try again for {:?}; keep them for {needed:?} or longer",
                    self.retention, self.name, self.retries
                ),
            ));
        }
        Ok(())
    }
}

/// Whether a tolerance lets retries pass and replays end.
pub(super) fn check_tolerance(tolerance: Duration) -> Result<(), ConfigError> {
    if tolerance < Duration::from_secs(1) || tolerance > DAY {
        return Err(wrong(
            ConfigErrorKind::Tolerance,
            "the tolerance must be between a second and a day; 5 minutes are usual",
        ));
    }
    Ok(())
}

impl Scheme {
    fn check_handshakes(&self) -> Result<(), ConfigError> {
        let asks_for_a_mac = |handshake: &&Handshake| matches!(handshake.reply, Reply::Mac { .. });
        if self.handshakes.iter().any(|handshake| asks_for_a_mac(&handshake))
            && !matches!(self.method, Method::Hmac(_))
        {
            return Err(wrong(
                ConfigErrorKind::Scheme,
                "only a sender that signs by HMAC can be answered with a MAC; answer that handshake in `Provider::greet`",
            ));
        }
        match self.handshakes.iter().find(|handshake| !handshake.is_whole()) {
            Some(_) => Err(wrong(
                ConfigErrorKind::Scheme,
                "a handshake must name its header in lower case or its parameter, and one without a challenge can't send it back",
            )),
            None => Ok(()),
        }
    }
}

fn wrong(kind: ConfigErrorKind, advice: impl Into<String>) -> ConfigError {
    ConfigError::new(kind, advice)
}

const DAY: Duration = Duration::from_secs(86_400);
/// The last try may still be running when the sender's retries end.
const LEASE: Duration = Duration::from_secs(60);
