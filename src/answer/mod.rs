//! Answers that mean something to their sender: what a command, an interaction or a mention is answered with.
//!
//! Most senders read a status and nothing else. Slack's commands, Discord's interactions and Teams' outgoing webhooks show the
//! answer's body to a person, who waits for it. Each type here is such a body; as an axum handler's return value it is a
//! response as it is, and for plain hyper `into_response` makes one.
//!
//! ```
//! use tower_webhook::answer::slack::Message;
//! use tower_webhook::event::slack::SlashCommand;
//! use tower_webhook::Webhook;
//!
//! async fn on_command(Webhook(command): Webhook<SlashCommand>) -> Message {
//!     Message::ephemeral(format!("looking for {}", command.text))
//! }
//! ```
//!
//! # Caveats
//!
//! - The answer goes to whoever delivers the event first. A duplicate of a completed event is answered by the
//!   [`DedupLayer`](crate::DedupLayer), with 200 and no body; the senders here don't deliver these twice.
//! - A handler that fails after it has decided what to show should not return the answer: any 2xx completes the event.
//! - An [`EventRouter`](crate::EventRouter) answers with an [`Outcome`](crate::Outcome), which has no body: give events that
//!   want an answer a handler of their own.

pub mod discord;
pub mod slack;
pub mod teams;

use bytes::Bytes;
use http::Response;
use serde::Serialize;

use crate::provider::Answer;

/// Each answer is a JSON document and goes out with 200.
macro_rules! answers {
    ($($answer:ty,)+) => {$(
        impl $answer {
            /// The response, for plain hyper. With axum, return the value itself.
            #[must_use]
            pub fn into_response<B: From<Bytes>>(self) -> Response<B> {
                respond(&self)
            }
        }

        #[cfg(feature = "axum")]
        impl axum_core::response::IntoResponse for $answer {
            fn into_response(self) -> axum_core::response::Response {
                respond(&self)
            }
        }
    )+};
}

answers! {
    discord::Response,
    slack::Message,
    slack::Options,
    slack::ViewAnswer,
    teams::Message,
}

fn respond<B: From<Bytes>>(answer: &impl Serialize) -> Response<B> {
    let document = serde_json::to_vec(answer).expect("texts, numbers and JSON are JSON");
    Answer::json(document).into_response()
}
