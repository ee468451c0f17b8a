//! What is done with each sender's events: a word in the log, a line on stdout, and the answer that its sender wants.

use std::io::{self, Write};

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};
use tracing::info;

use tower_webhook::answer::discord as answer;
use tower_webhook::event::{discord, github, shopify, slack, stripe, twilio};
use tower_webhook::{Attempt, Outcome, Verified, Webhook};

pub(crate) async fn on_github(
    proof: Verified,
    attempt: Attempt,
    Webhook(event): Webhook<github::Event>,
) -> Outcome {
    match event {
        github::Event::Push(push) => {
            info!("{} commits to {}", push.commits.len(), push.repository.full_name);
        }
        // A kind or a shape that this version doesn't know is kept as it came: an event, never an error.
        github::Event::Other(other) => info!("kept as it came: {other:?}"),
        event => info!("GitHub tells of `{}`", event.kind()),
    }
    record(&proof, &attempt).into()
}

pub(crate) async fn on_stripe(
    proof: Verified,
    attempt: Attempt,
    Webhook(event): Webhook<stripe::Event>,
) -> Outcome {
    match event {
        stripe::Event::Invoice(event) => {
            let invoice = &event.data.object;
            info!("{}: {} {}", event.kind, invoice.amount_paid, invoice.currency);
        }
        event => info!("Stripe tells of `{}`", event.kind()),
    }
    record(&proof, &attempt).into()
}

pub(crate) async fn on_slack(
    proof: Verified,
    attempt: Attempt,
    Webhook(event): Webhook<slack::Event>,
) -> Outcome {
    match event {
        slack::Event::AppMention(mention) => info!("mentioned in {}", mention.event.channel),
        _ => info!("Slack tells of something else"),
    }
    record(&proof, &attempt).into()
}

/// A command's answer is what its user sees, so this handler answers with a message and not with an `Outcome`.
pub(crate) async fn on_command(
    proof: Verified,
    attempt: Attempt,
    Webhook(command): Webhook<slack::SlashCommand>,
) -> Result<Json<Value>, Outcome> {
    record(&proof, &attempt).map_err(|error| Outcome::from(Err::<(), _>(error)))?;
    let text = format!("`{}` was received.", command.command);
    Ok(Json(json!({ "response_type": "ephemeral", "text": text })))
}

/// Anybody may follow Standard Webhooks, so this takes whatever they sign; `Webhook<Json<YourType>>` reads a type of yours.
pub(crate) async fn on_standard(proof: Verified, attempt: Attempt, Webhook(body): Webhook<Bytes>) -> Outcome {
    info!("{} bytes by Standard Webhooks", body.len());
    record(&proof, &attempt).into()
}

/// Shopify doesn't sign the header that names the topic: what is done follows from the order's own state.
pub(crate) async fn on_shopify(
    proof: Verified,
    attempt: Attempt,
    Webhook(event): Webhook<shopify::Event>,
) -> Outcome {
    match event {
        shopify::Event::OrderPaid(order) if order.financial_status.as_deref() == Some("paid") => {
            info!("order {}: {} {}", order.name, order.total_price, order.currency);
        }
        shopify::Event::ShopRedact(request) => info!("asked to erase {}", request.shop_domain),
        event => info!("Shopify tells of `{}`", event.kind()),
    }
    record(&proof, &attempt).into()
}

/// Twilio takes an empty answer for: nothing to say or to do. TwiML would go here.
pub(crate) async fn on_twilio(
    proof: Verified,
    attempt: Attempt,
    Webhook(event): Webhook<twilio::Event>,
) -> Outcome {
    match event {
        twilio::Event::Message(message) => info!("a message with {} attachments", message.media.len()),
        twilio::Event::MessageStatus(message) => info!("{} is {}", message.message_sid, message.status),
        twilio::Event::Call(call) => info!("{} is {}", call.call_sid, call.status),
        _ => info!("Twilio tells of something else"),
    }
    record(&proof, &attempt).into()
}

/// An interaction's answer is what its user sees; a webhook event wants an empty 204. PINGs are answered by the layer.
pub(crate) async fn on_discord(
    proof: Verified,
    attempt: Attempt,
    Webhook(event): Webhook<discord::Event>,
) -> Result<Response, Outcome> {
    record(&proof, &attempt).map_err(|error| Outcome::from(Err::<(), _>(error)))?;
    Ok(match event {
        discord::Event::Command(used) => said(format!("`/{}` was received.", used.data.name)),
        discord::Event::Component(_) => answer::Response::deferred_update().into_response(),
        discord::Event::Autocomplete(_) => answer::Response::choices::<String, String>([]).into_response(),
        discord::Event::Modal(used) => said(format!("`{}` was received.", used.data.custom_id)),
        _ => StatusCode::NO_CONTENT.into_response(),
    })
}

/// A message that only its reader sees and that mentions nobody, whatever stands in it.
fn said(text: String) -> Response {
    let message = answer::Response::message(text).ephemeral();
    message.without_mentions().into_response()
}

/// What is known of an event once its handler runs.
#[derive(Serialize)]
struct Line<'a> {
    provider: &'a str,
    id: Option<&'a str>,
    id_signed: Option<bool>,
    kind: Option<&'a str>,
    key: String,
    secret_index: usize,
}

/// One line for each event. When it can't be written the handler has failed, and the sender will try again.
fn record(proof: &Verified, attempt: &Attempt) -> io::Result<()> {
    let line = Line {
        provider: proof.provider(),
        id: proof.id().map(|id| *id.value()),
        id_signed: proof.id().map(|id| id.is_signed()),
        kind: proof.kind().map(|kind| *kind.value()),
        key: attempt.key().to_string(),
        secret_index: proof.secret_index(),
    };
    let mut stdout = io::stdout().lock();
    serde_json::to_writer(&mut stdout, &line)?;
    stdout.write_all(b"\n")?;
    stdout.flush()
}
