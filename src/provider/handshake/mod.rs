//! Handshakes: requests that prove who owns the endpoint, and never reach a handler.
//!
//! Some come before any signature and are answered from the head alone; the others are deliveries, verified like any other.

mod answer;
mod greet;
mod reply;
mod settings;
mod words;

use super::place::Place;
use crate::signature::encoding::Encoding;

pub use answer::Answer;
pub(crate) use answer::is_token;
pub(crate) use greet::allowed;
pub use settings::NewSecret;
pub(crate) use settings::Settings;

/// A handshake that the layer answers by itself; data, as everything in a [`Scheme`](super::Scheme).
///
/// Those that come before a signature: [`get`](Self::get), [`get_header`](Self::get_header), [`head`](Self::head),
/// [`options`](Self::options), [`post_query`](Self::post_query) and [`secret_header`](Self::secret_header). Those that are
/// verified first: [`echo`](Self::echo), [`echo_if_any`](Self::echo_if_any) and [`ping`](Self::ping). A challenge is answered
/// as plain text unless the handshake says otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Handshake {
    pub(crate) call: Call,
    pub(crate) reply: Reply,
}

/// The request by which a handshake is known.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Call {
    /// The challenge is a parameter of the query.
    Query {
        verb: Verb,
        challenge: &'static str,
        guard: Option<Guard>,
    },
    /// A `GET` with the challenge in this header.
    Header(&'static str),
    /// A `HEAD`, which asks whether anybody is there.
    Head,
    /// An `OPTIONS` that names who will send, as CloudEvents has it.
    Origin,
    /// A `POST` with the key of deliveries to come in this header.
    Secret(&'static str),
    /// A verified delivery that holds this.
    Signed {
        when: Place,
        equals: Option<&'static str>,
        challenge: Option<Place>,
        unless: Option<Place>,
    },
    /// Whatever a provider of its own answers, in words.
    Own(Verb, &'static str),
}

/// What stands beside a challenge, so that the endpoint's owner knows who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guard {
    /// The parameter that holds the verify token.
    pub(crate) token: &'static str,
    /// A parameter and the one value of it that counts.
    pub(crate) mode: (&'static str, &'static str),
}

/// A request's method, as far as handshakes use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Head,
    Options,
    Post,
}

/// What is sent back.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reply {
    /// The challenge as plain text.
    Text,
    /// The challenge in this field of a JSON object.
    Json(&'static str),
    /// A MAC of the challenge in a field of a JSON object, and the challenge in another.
    Mac {
        plain: Option<&'static str>,
        field: &'static str,
        prefix: &'static str,
        encoding: Encoding,
    },
    /// This JSON document.
    Document(&'static str),
    /// 200 without a body.
    Empty,
    /// 204.
    NoContent,
}

impl Handshake {
    /// A delivery in which `when` holds `equals`: the text at `challenge` is sent back, once the delivery is verified.
    #[must_use]
    pub const fn echo(when: Place, equals: &'static str, challenge: Place) -> Self {
        let equals = Some(equals);
        Self::signed(when, equals, Some(challenge), Reply::Text)
    }

    /// A delivery in which `challenge` holds anything: it is sent back, once the delivery is verified.
    #[must_use]
    pub const fn echo_if_any(challenge: Place) -> Self {
        Self::signed(challenge, None, Some(challenge), Reply::Text)
    }

    /// A delivery in which `when` holds `equals`: answered with 200, once it is verified. A number is written as its digits.
    #[must_use]
    pub const fn ping(when: Place, equals: &'static str) -> Self {
        Self::signed(when, Some(equals), None, Reply::Empty)
    }

    /// A `GET` with a challenge in this parameter of its query. Whoever sends one gets it back; it proves nothing.
    #[must_use]
    pub const fn get(challenge: &'static str) -> Self {
        Self::query(Verb::Get, challenge)
    }

    /// A `GET` with a challenge in this header. Whoever sends one gets it back; it proves nothing.
    #[must_use]
    pub const fn get_header(name: &'static str) -> Self {
        Self {
            call: Call::Header(name),
            reply: Reply::Text,
        }
    }

    /// A `POST` with a challenge in this parameter of its query, without a signature. Whoever sends one gets it back.
    #[must_use]
    pub const fn post_query(challenge: &'static str) -> Self {
        Self::query(Verb::Post, challenge)
    }

    /// A `HEAD` by which the sender finds out that somebody is there: 200.
    #[must_use]
    pub const fn head() -> Self {
        Self {
            call: Call::Head,
            reply: Reply::Empty,
        }
    }

    /// CloudEvents' `OPTIONS`: granted to the origins that [`Sender::allow_origin`](super::Sender::allow_origin) names.
    #[must_use]
    pub const fn options() -> Self {
        Self {
            call: Call::Origin,
            reply: Reply::Empty,
        }
    }

    /// A `POST` that brings the key of the deliveries to come in this header and wants it back. Anybody can send one, so it
    /// is only taken by what [`Sender::on_secret`](super::Sender::on_secret) is given.
    #[must_use]
    pub const fn secret_header(name: &'static str) -> Self {
        Self {
            call: Call::Secret(name),
            reply: Reply::Empty,
        }
    }

    /// A handshake that your own [`Provider`](super::Provider) answers, for the tables and for `Allow`.
    ///
    /// # Panics
    ///
    /// In a constant, when the method is none of `GET`, `HEAD`, `OPTIONS` and `POST`.
    #[must_use]
    pub const fn own(method: &'static str, words: &'static str) -> Self {
        let verb = match method.as_bytes() {
            b"GET" => Verb::Get,
            b"HEAD" => Verb::Head,
            b"OPTIONS" => Verb::Options,
            b"POST" => Verb::Post,
            _ => panic!("no sender's handshake has this method"),
        };
        Self {
            call: Call::Own(verb, words),
            reply: Reply::Empty,
        }
    }

    /// For [`get`](Self::get): only when this parameter holds the verify token that
    /// [`Sender::verify_token`](super::Sender::verify_token) was given, and the parameter `mode.0` holds `mode.1`.
    #[must_use]
    pub const fn guarded(self, token: &'static str, mode: (&'static str, &'static str)) -> Self {
        match self.call {
            Call::Query { verb, challenge, .. } => Self {
                call: Call::Query {
                    verb,
                    challenge,
                    guard: Some(Guard { token, mode }),
                },
                ..self
            },
            _ => self,
        }
    }

    /// For a verified handshake: not where this place holds anything, by which an event is told from it.
    #[must_use]
    pub const fn unless(mut self, place: Place) -> Self {
        if let Call::Signed { unless, .. } = &mut self.call {
            *unless = Some(place);
        }
        self
    }

    /// Sends the challenge back as this field of a JSON object.
    #[must_use]
    pub const fn json(self, field: &'static str) -> Self {
        self.with(Reply::Json(field))
    }

    /// Sends back a MAC of the challenge under the sender's own secret, in lower-case hexadecimal, as the field `mac` of a JSON
    /// object that has the challenge as its field `plain`.
    #[must_use]
    pub const fn mac_hex(self, plain: &'static str, mac: &'static str) -> Self {
        self.with(Reply::Mac {
            plain: Some(plain),
            field: mac,
            prefix: "",
            encoding: Encoding::Hex,
        })
    }

    /// Sends back a MAC of the challenge under the sender's own secret, in Base64 behind a prefix, as this field of a JSON
    /// object.
    ///
    /// Before a signature this has the endpoint sign what anybody asks for. So the challenge must be of letters, digits and
    /// `-._~+/=`, and a delivery whose whole body is such a text is refused, however well it is signed.
    #[must_use]
    pub const fn mac_base64(self, field: &'static str, prefix: &'static str) -> Self {
        self.with(Reply::Mac {
            plain: None,
            field,
            prefix,
            encoding: Encoding::Base64,
        })
    }

    /// Answers with this JSON document.
    #[must_use]
    pub const fn document(self, json: &'static str) -> Self {
        self.with(Reply::Document(json))
    }

    /// Answers with 204.
    #[must_use]
    pub const fn no_content(self) -> Self {
        self.with(Reply::NoContent)
    }

    const fn query(verb: Verb, challenge: &'static str) -> Self {
        Self {
            call: Call::Query {
                verb,
                challenge,
                guard: None,
            },
            reply: Reply::Text,
        }
    }

    const fn signed(
        when: Place,
        equals: Option<&'static str>,
        challenge: Option<Place>,
        reply: Reply,
    ) -> Self {
        let call = Call::Signed {
            when,
            equals,
            challenge,
            unless: None,
        };
        Self { call, reply }
    }

    const fn with(self, reply: Reply) -> Self {
        Self { reply, ..self }
    }
}
