//! Twilio's deliveries as types: messages that come in, the status of those that go out, and calls.
//!
//! ```
//! use tower_webhook::event::twilio;
//!
//! fn received(event: twilio::Event) {
//!     match event {
//!         twilio::Event::Message(message) => println!("{} writes {}", message.from, message.body),
//!         twilio::Event::MessageStatus(message) => println!("{} is {}", message.message_sid, message.status),
//!         twilio::Event::Call(call) => println!("{} is {}", call.call_sid, call.status),
//!         twilio::Event::Other(event) => println!("{} is kept as it came", event.kind()),
//!         _ => {}
//!     }
//! }
//! ```
//!
//! # What the signature leaves open
//!
//! Twilio signs a form's fields one after the other with nothing between a name and its value, or between two fields. Whoever
//! has a genuine delivery in hand can move those bounds: `Digits=1` and `Digit=s1` are signed alike. So these types take no
//! field that Twilio does not document for the delivery, none twice, and no value that is not of its field's form: an id is an
//! id, a number is digits, an address is a phone number or a channel's address. What does not fit is an [`Event::Other`], with
//! every byte kept. A text that somebody wrote, such as a message's body, can still have swallowed optional texts behind it.
//!
//! Twilio adds fields from time to time; such a delivery is an [`Event::Other`] until this crate knows them. Read it with
//! [`Form<T>`](crate::event::Form) if you can do without the above.
//!
//! - What a caller keys in may be a PIN, so `Debug` does not show it.
//! - The status of a message and of a call share some names (`queued`, `failed`), and the status is the delivery's kind: on an
//!   endpoint that gets both, take [`Event`].

mod call;
mod fields;
mod message;

use bytes::Bytes;

use crate::event::{self, EventError, Other};
use crate::provider::form;
use crate::verified::Verified;

pub use call::{Call, Keyed};
pub use message::{Media, Message, MessageStatus};

/// A delivery of Twilio's.
///
/// Source: <https://www.twilio.com/docs/messaging/guides/webhook-request>,
/// <https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks>,
/// <https://www.twilio.com/docs/voice/twiml#request-parameters>, <https://www.twilio.com/docs/voice/api/call-resource#statuscallback>.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// A message came in.
    Message(Box<Message>),
    /// A message that went out got on.
    MessageStatus(Box<MessageStatus>),
    /// A call came in, got on, or wants instructions.
    Call(Box<Call>),
    /// Anything else, as it came.
    Other(Other),
}

impl Event {
    /// Reads a stored delivery again, for replaying one that was verified before: this proves nothing about its origin.
    ///
    /// It never fails: what has no type here, or does not fit it, is [`Event::Other`] with every byte kept. The form says what it
    /// is; `kind` only names an event that has no type.
    #[must_use]
    pub fn from_parts(kind: &str, form: impl Into<Bytes>) -> Self {
        let form = form.into();
        let read = match Shape::of(&form) {
            Some(Shape::MessageStatus) => MessageStatus::from_form(&form)
                .map(Box::new)
                .map(Self::MessageStatus),
            Some(Shape::Message) => Message::from_form(&form).map(Box::new).map(Self::Message),
            Some(Shape::Call) => Call::from_form(&form).map(Box::new).map(Self::Call),
            None => return Self::Other(Other::unknown(kind, form)),
        };
        read.unwrap_or_else(|error| Self::Other(Other::misshapen(kind, form, error)))
    }
}

impl event::Event for Event {
    const PROVIDER: Option<&'static str> = Some(PROVIDER);

    fn read(delivery: &Verified) -> Result<Self, EventError> {
        check_provider(delivery)?;
        let kind = delivery.kind().map_or("", |kind| kind.value());
        Ok(Self::from_parts(kind, delivery.body().clone()))
    }
}

/// What a form is, by the fields that only it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Message,
    MessageStatus,
    Call,
}

impl Shape {
    fn of(form: &[u8]) -> Option<Self> {
        let fields = form::fields(form).ok()?;
        let has = |name: &str| fields.iter().any(|(known, _)| known == name);
        if has("CallSid") {
            Some(Self::Call)
        } else if has("MessageStatus") {
            Some(Self::MessageStatus)
        } else if has("MessageSid") {
            Some(Self::Message)
        } else {
            None
        }
    }
}

/// Each form is read alike: as what its fields say it is.
macro_rules! forms {
    ($($form:ty: $shape:expr, $kinds:expr,)+) => {$(
        impl event::Event for $form {
            const PROVIDER: Option<&'static str> = Some(PROVIDER);
            const KINDS: &'static [&'static str] = $kinds;

            fn read(delivery: &Verified) -> Result<Self, EventError> {
                check_provider(delivery)?;
                match Shape::of(delivery.body()) {
                    Some(shape) if shape == $shape => Self::from_form(delivery.body()),
                    Some(_) => Err(EventError::other_kind()),
                    None => Err(EventError::shape("the body is no form of Twilio's")),
                }
            }
        }
    )+};
}

forms! {
    Message: Shape::Message, &["received", "receiving"],
    MessageStatus: Shape::MessageStatus, &[
        "accepted", "scheduled", "queued", "sending", "sent", "delivered", "undelivered", "failed", "read", "canceled",
        "partially_delivered",
    ],
    Call: Shape::Call, &[
        "queued", "initiated", "ringing", "in-progress", "answered", "completed", "busy", "failed", "no-answer", "canceled",
    ],
}

fn check_provider(delivery: &Verified) -> Result<(), EventError> {
    if delivery.provider() == PROVIDER {
        Ok(())
    } else {
        Err(EventError::other_provider())
    }
}

const PROVIDER: &str = "twilio";
