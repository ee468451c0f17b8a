//! A server that receives webhooks of seven senders: axum in front, memory behind.
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
//! | `/shopify` | Shopify | `SHOPIFY_CLIENT_SECRET` |
//! | `/twilio` | Twilio | `TWILIO_AUTH_TOKEN`; it signs the URL too: `TWILIO_PUBLIC_URL` |
//! | `/discord` | Discord: interactions and events | `DISCORD_PUBLIC_KEY`, the application's public key |
//!
//! What is not set has a demo value that everybody knows. Discord's demo key is the public half of a test vector that was
//! published with its private half, so that anybody can sign for it. `ADDR` says where it listens. Each event that a handler
//! ran is one line of JSON on stdout; everything else, refusals included, is said on stderr (`RUST_LOG` chooses how much).

use std::env;
use std::error::Error;
use std::io::{self, IsTerminal};

use axum::Router;
use axum::routing::post;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use tower_webhook::provider::senders::{DISCORD, SHOPIFY, Twilio};
use tower_webhook::store::MemoryStore;
use tower_webhook::{DedupLayer, Secret, VerifyLayer};

use handlers::{on_command, on_discord, on_github, on_shopify, on_slack, on_standard, on_stripe, on_twilio};

#[path = "receiver/handlers.rs"]
mod handlers;
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
    tokio::spawn(server::serve(listener, app, stop)).await?;
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
    let shopify = secret("SHOPIFY_CLIENT_SECRET", "demo-secret-for-shopify")?;
    let twilio = secret("TWILIO_AUTH_TOKEN", "demo-token-for-twilio")?;
    let twilio_url = setting("TWILIO_PUBLIC_URL", "https://hooks.example.com/twilio")?;
    let discord = secret("DISCORD_PUBLIC_KEY", DEMO_PUBLIC_KEY)?;
    // One store for all of them: the sender is part of each event's key.
    let dedup = DedupLayer::new(MemoryStore::default());
    let guard = |sender| VerifyLayer::new(sender).map(|verify| (verify, dedup.clone()));
    let github = guard(tower_webhook::github(github))?;
    let stripe = guard(tower_webhook::stripe(stripe))?;
    let slack = guard(tower_webhook::slack(slack))?;
    let standard = guard(tower_webhook::standard_webhooks(standard))?;
    let shopify = guard(SHOPIFY.with(shopify))?;
    let twilio = Twilio::new(twilio).public_url(twilio_url);
    let twilio = VerifyLayer::new(twilio).map(|verify| (verify, dedup.clone()))?;
    let discord = guard(DISCORD.with(discord))?;
    Ok(Router::new()
        .route("/github", post(on_github).layer(github))
        .route("/stripe", post(on_stripe).layer(stripe))
        .route("/slack/events", post(on_slack).layer(slack.clone()))
        .route("/slack/commands", post(on_command).layer(slack))
        .route("/standard", post(on_standard).layer(standard))
        .route("/shopify", post(on_shopify).layer(shopify))
        .route("/twilio", post(on_twilio).layer(twilio))
        .route("/discord", post(on_discord).layer(discord)))
}

/// The secret in this variable; without one, a demo secret that everybody knows.
fn secret(variable: &str, demo: &str) -> Result<Secret, Box<dyn Error>> {
    let text = setting(variable, demo)?;
    Secret::new(text).map_err(|error| format!("{variable}: {error}").into())
}

/// What this variable says; without it, the demo's value.
fn setting(variable: &str, demo: &str) -> Result<String, Box<dyn Error>> {
    match env::var(variable) {
        Ok(text) => Ok(text),
        Err(env::VarError::NotPresent) => {
            eprintln!("{variable} is not set: using the demo's {demo}, for trying out alone");
            Ok(demo.to_owned())
        }
        Err(error) => Err(format!("{variable}: {error}").into()),
    }
}

/// The public key of RFC 8032's first test vector. The private half stands beside it, so that whoever reads it can sign.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc8032#section-7.1>.
const DEMO_PUBLIC_KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
