//! A handshake in a person's words, for tables.

use super::{Call, Handshake, Reply, Verb};
use crate::provider::facts::place;

impl Handshake {
    /// What comes, and what is answered.
    pub(crate) fn words(&self) -> String {
        let (asked, what) = match self.call {
            Call::Query {
                verb,
                challenge,
                guard,
            } => {
                let guarded = if guard.is_some() {
                    " and the verify token"
                } else {
                    ""
                };
                (format!("{} with `{challenge}`{guarded}", verb.name()), "it")
            }
            Call::Header(name) => (format!("GET with `{name}`"), "it"),
            Call::Head => ("HEAD".into(), ""),
            Call::Origin => return "OPTIONS: granted to the origins that are named".into(),
            Call::Secret(name) => {
                return format!("POST with `{name}`: kept by the application, then sent back");
            }
            Call::Signed { when, equals, .. } => {
                let equals = equals.map_or(String::new(), |value| format!(" = {value}"));
                (format!("signed, `{}{equals}`", place(when)), "the challenge")
            }
            Call::Own(verb, words) => return format!("{}: {words}", verb.name()),
        };
        let answer = match self.reply {
            Reply::Text => format!("{what} as text"),
            Reply::Json(field) => format!("{what} in the JSON field `{field}`"),
            Reply::Mac { field, .. } => format!("its MAC in the JSON field `{field}`"),
            Reply::Document(json) => format!("`{json}`"),
            Reply::Empty => "200".into(),
            Reply::NoContent => "204".into(),
        };
        format!("{asked}: {answer}")
    }
}

impl Verb {
    /// As HTTP writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Post => "POST",
        }
    }
}
