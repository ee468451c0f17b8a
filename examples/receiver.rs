//! A server that receives webhooks of every built-in sender: axum in front, memory behind.
//!
//! ```sh
//! cargo run --example receiver
//! cargo run --example send -- github push      # in another terminal
//! ```
//!
//! | path | sender | secret |
//! |---|---|---|
//! | `/github` | GitHub | `GITHUB_WEBHOOK_SECRET` |
//! | `/stripe` | Stripe | `STRIPE_WEBHOOK_SECRET` |
//! | `/slack/events`, `/slack/commands` | Slack | `SLACK_SIGNING_SECRET` |
//! | `/standard` | whoever follows Standard Webhooks | `STANDARD_WEBHOOK_SECRET` |
//!
//! `ADDR` says where it listens. Each event that a handler ran is one line of JSON on stdout; everything else, refusals
//! included, is said on stderr (`RUST_LOG` chooses how much).

use std::env;
use std::error::Error;
use std::io::{self, IsTerminal, Write};

use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tracing::info;
use tracing_subscriber::EnvFilter;

use tower_webhook::event::{github, slack, stripe};
use tower_webhook::store::MemoryStore;
use tower_webhook::{Attempt, DedupLayer, Outcome, Secret, Verified, VerifyLayer, Webhook};

#[path = "receiver/server.rs"]
mod server;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
    let app = app()?;
    let address = env::var("ADDR").unwrap_or_else(|_| "127.0.0.1:3000".into());
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("can't listen on ADDR={address}: {error}"))?;
    let stop = server::stop_signal()?;
    eprintln!("listening on http://{}", listener.local_addr()?);
    server::serve(listener, app, stop).await;
    Ok(())
}

fn app() -> Result<Router, Box<dyn Error>> {
    let github = secret("GITHUB_WEBHOOK_SECRET", "demo-secret-for-github")?;
    let stripe = secret("STRIPE_WEBHOOK_SECRET", "whsec_demo_secret_for_stripe")?;
    let slack = secret("SLACK_SIGNING_SECRET", "demo-secret-for-slack")?;
    let standard = secret(
        "STANDARD_WEBHOOK_SECRET",
        "whsec_ZGVtby1zZWNyZXQtZm9yLXN0YW5kYXJk",
    )?;
    // One store for all of them: the sender is part of each event's key.
    let dedup = DedupLayer::new(MemoryStore::default());
    let guard = |sender| VerifyLayer::new(sender).map(|verify| (verify, dedup.clone()));
    let github = guard(tower_webhook::github(github))?;
    let stripe = guard(tower_webhook::stripe(stripe))?;
    let slack = guard(tower_webhook::slack(slack))?;
    let standard = guard(tower_webhook::standard_webhooks(standard))?;
    Ok(Router::new()
        .route("/github", post(on_github).layer(github))
        .route("/stripe", post(on_stripe).layer(stripe))
        .route("/slack/events", post(on_slack).layer(slack.clone()))
        .route("/slack/commands", post(on_command).layer(slack))
        .route("/standard", post(on_standard).layer(standard)))
}

/// The secret in this variable; without one, a demo secret that everybody knows.
fn secret(variable: &str, demo: &str) -> Result<Secret, Box<dyn Error>> {
    let text = match env::var(variable) {
        Ok(text) => text,
        Err(env::VarError::NotPresent) => {
            eprintln!("{variable} is not set: using the demo secret {demo}");
            demo.to_owned()
        }
        Err(error) => return Err(format!("{variable}: {error}").into()),
    };
    Secret::new(text).map_err(|error| format!("{variable}: {error}").into())
}

async fn on_github(proof: Verified, attempt: Attempt, Webhook(event): Webhook<github::Event>) -> Outcome {
    match event {
        github::Event::Push(push) => {
            info!("{} commits to {}", push.commits.len(), push.repository.full_name);
        }
        // A kind or a shape that this version doesn't know is kept as it came: an event, never an error.
        github::Event::Other(other) => info!("{} bytes about `{}`", other.body().len(), other.kind()),
        event => info!("GitHub tells of `{}`", event.kind()),
    }
    record(&proof, &attempt).into()
}

async fn on_stripe(proof: Verified, attempt: Attempt, Webhook(event): Webhook<stripe::Event>) -> Outcome {
    match event {
        stripe::Event::Invoice(event) => {
            let invoice = &event.data.object;
            info!("{}: {} {}", event.kind, invoice.amount_paid, invoice.currency);
        }
        event => info!("Stripe tells of `{}`", event.kind()),
    }
    record(&proof, &attempt).into()
}

async fn on_slack(proof: Verified, attempt: Attempt, Webhook(event): Webhook<slack::Event>) -> Outcome {
    match event {
        slack::Event::AppMention(mention) => info!("mentioned in {}", mention.event.channel),
        _ => info!("Slack tells of something else"),
    }
    record(&proof, &attempt).into()
}

/// A command's answer is what its user sees, so this handler answers with a message and not with an `Outcome`.
async fn on_command(
    proof: Verified,
    attempt: Attempt,
    Webhook(command): Webhook<slack::SlashCommand>,
) -> Result<Json<Value>, Outcome> {
    record(&proof, &attempt).map_err(|error| Outcome::from(Err::<(), _>(error)))?;
    let text = format!("`{}` was received.", command.command);
    Ok(Json(json!({ "response_type": "ephemeral", "text": text })))
}

/// Anybody may follow Standard Webhooks, so this takes whatever they sign; `Webhook<Json<YourType>>` reads a type of yours.
async fn on_standard(proof: Verified, attempt: Attempt, Webhook(body): Webhook<Bytes>) -> Outcome {
    info!("{} bytes by Standard Webhooks", body.len());
    record(&proof, &attempt).into()
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
