//! Places: where in a delivery a description finds what it names.

use super::timestamp::Unit;
use crate::signature::encoding::Encoding;
use crate::signature::header::Form;
use crate::signature::scattered::Scatter;

/// Where a value stands. Made by [`header()`], [`element()`], [`json()`], [`form()`] and [`first_of()`].
#[derive(Debug, Clone, Copy)]
pub struct Place(pub(crate) At);

#[derive(Debug, Clone, Copy)]
pub(crate) enum At {
    Header(&'static str),
    Element(&'static str),
    Json(&'static str),
    Integer(&'static str),
    Form(&'static str),
    FirstOf(&'static [Place]),
}

/// A header, by its lower-case name.
#[must_use]
pub const fn header(name: &'static str) -> Place {
    Place(At::Header(name))
}

/// A `key=value` pair of the signature's own header, such as Stripe's `t`.
#[must_use]
pub const fn element(key: &'static str) -> Place {
    Place(At::Element(key))
}

/// A value of the JSON document, by its JSON Pointer (RFC 6901): `/data/id`, or `/0/id` through the first element of an array.
#[must_use]
pub const fn json(pointer: &'static str) -> Place {
    Place(At::Json(pointer))
}

/// A whole number of the JSON document, by its JSON Pointer: the text is its digits, as they stand there.
#[must_use]
pub const fn integer(pointer: &'static str) -> Place {
    Place(At::Integer(pointer))
}

/// A field of a form body.
#[must_use]
pub const fn form(field: &'static str) -> Place {
    Place(At::Form(field))
}

/// The first of these places that holds anything.
#[must_use]
pub const fn first_of(places: &'static [Place]) -> Place {
    Place(At::FirstOf(places))
}

impl Place {
    /// The whole value is the signature, behind this prefix; say its encoding next.
    #[must_use]
    pub const fn prefix(self, prefix: &'static str) -> SignatureAt {
        SignatureAt {
            place: self,
            form: Form::Whole { prefix },
            encoding: Encoding::Hex,
        }
    }

    /// The signatures are the values of this key among comma-separated `key=value` pairs; say their encoding next.
    #[must_use]
    pub const fn pairs(self, key: &'static str) -> SignatureAt {
        self.pairs_by(",", key)
    }

    /// As [`pairs`](Self::pairs), with this text between two pairs; a space at its end may be left out.
    #[must_use]
    pub const fn pairs_by(self, separator: &'static str, key: &'static str) -> SignatureAt {
        SignatureAt {
            place: self,
            form: Form::Pairs { separator, key },
            encoding: Encoding::Hex,
        }
    }

    /// The signatures are the space-separated items of this version, each written `version,signature`; say their encoding
    /// next.
    #[must_use]
    pub const fn list(self, version: &'static str) -> SignatureAt {
        self.list_by(" ", version)
    }

    /// As [`list`](Self::list), with this text between two items.
    #[must_use]
    pub const fn list_by(self, separator: &'static str, version: &'static str) -> SignatureAt {
        SignatureAt {
            place: self,
            form: Form::List {
                separator,
                version,
                ed25519: None,
            },
            encoding: Encoding::Hex,
        }
    }

    /// The signatures stand in headers of this name with `-1`, `-2`, … behind it, at most 100, one for each key; say their
    /// encoding next.
    #[must_use]
    pub const fn indexed(self) -> SignatureAt {
        self.scattered(Scatter::Indexed)
    }

    /// The signatures stand on one or several lines of this header, at most 16, each behind this prefix; say their encoding
    /// next.
    #[must_use]
    pub const fn repeated(self, prefix: &'static str) -> SignatureAt {
        self.scattered(Scatter::Repeated { prefix })
    }

    const fn scattered(self, scatter: Scatter) -> SignatureAt {
        SignatureAt {
            place: self,
            form: Form::Scattered(scatter),
            encoding: Encoding::Hex,
        }
    }

    /// The whole value, behind this prefix, is the shared token itself: for [`Scheme::token`](super::Scheme::token).
    #[must_use]
    pub const fn token(self, prefix: &'static str) -> SignatureAt {
        self.prefix(prefix)
    }

    /// The whole value is the signature, in lower-case hexadecimal.
    #[must_use]
    pub const fn hex(self) -> SignatureAt {
        self.prefix("").hex()
    }

    /// The whole value is the signature, in padded standard Base64.
    #[must_use]
    pub const fn base64(self) -> SignatureAt {
        self.prefix("").base64()
    }

    /// The value is a time in whole seconds since 1970.
    #[must_use]
    pub const fn unix_seconds(self) -> TimestampAt {
        TimestampAt {
            place: self,
            unit: Unit::Seconds,
            optional: false,
        }
    }

    /// The value is a time in milliseconds since 1970.
    #[must_use]
    pub const fn unix_milliseconds(self) -> TimestampAt {
        TimestampAt {
            place: self,
            unit: Unit::Milliseconds,
            optional: false,
        }
    }

    /// The value is a time as RFC 3339 writes it.
    #[must_use]
    pub const fn rfc3339(self) -> TimestampAt {
        TimestampAt {
            place: self,
            unit: Unit::Rfc3339,
            optional: false,
        }
    }

    /// This place and, for [`first_of()`], those in it.
    pub(crate) fn each(self) -> impl Iterator<Item = At> + Clone {
        let (one, many) = match self.0 {
            At::FirstOf(places) => (None, places),
            at => (Some(at), [].as_slice()),
        };
        one.into_iter().chain(many.iter().map(|place| place.0))
    }
}

/// Where the signature stands and how it is written.
#[derive(Debug, Clone, Copy)]
pub struct SignatureAt {
    pub(crate) place: Place,
    pub(crate) form: Form,
    pub(crate) encoding: Encoding,
}

impl SignatureAt {
    /// In lower-case hexadecimal; any other spelling is refused.
    #[must_use]
    pub const fn hex(self) -> Self {
        Self {
            encoding: Encoding::Hex,
            ..self
        }
    }

    /// In standard Base64 with padding.
    #[must_use]
    pub const fn base64(self) -> Self {
        Self {
            encoding: Encoding::Base64,
            ..self
        }
    }

    /// In URL-safe Base64 without padding.
    #[must_use]
    pub const fn base64url(self) -> Self {
        Self {
            encoding: Encoding::Base64Url,
            ..self
        }
    }

    pub(crate) const fn is_scattered(&self) -> bool {
        matches!(self.form, Form::Scattered(_))
    }

    pub(crate) const fn header_name(&self) -> &'static str {
        match self.place.0 {
            At::Header(name) => name,
            _ => "",
        }
    }
}

/// Where the time stands and how it is written.
#[derive(Debug, Clone, Copy)]
pub struct TimestampAt {
    pub(crate) place: Place,
    pub(crate) unit: Unit,
    pub(crate) optional: bool,
}

impl TimestampAt {
    /// A delivery may come without. Only for a place in a signed body: nobody can take it away from there.
    #[must_use]
    pub const fn if_any(self) -> Self {
        Self {
            optional: true,
            ..self
        }
    }
}

/// A piece of what is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The body's bytes, as they came.
    Body,
    /// A fixed text.
    Text(&'static str),
    /// A header's bytes, as they came.
    Header(&'static str),
    /// The value of a `key=value` pair of the signature's own header, as it came.
    Element(&'static str),
    /// The endpoint's public URL, as the sender was given it: see [`Sender::public_url`](super::Sender::public_url).
    Url,
    /// The request's method.
    Method,
    /// A value of the JSON document, by its JSON Pointer. Only a [`Provider`](super::Provider) of your own can sign it.
    Json(&'static str),
    /// A field of a form body. Only a [`Provider`](super::Provider) of your own can sign it.
    Form(&'static str),
    /// A checksum of the body, which binds nothing: another body is easily found. Only a [`Provider`](super::Provider) of your
    /// own can sign it.
    Checksum,
}
