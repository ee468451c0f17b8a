//! Another project's models behind these layers: octocrab's types for GitHub's payloads.
//!
//! ```sh
//! cd examples/typed-models && cargo run
//! ```
//!
//! Whatever implements serde's `Deserialize` goes into [`Json`], so async-stripe's or slack-morphism's types do as well. This
//! crate's own `event::github` types are lighter, and keep what doesn't fit as `Other`; here such a payload is answered with
//! 400, and GitHub shows it as failed.

use std::error::Error;

use axum::Router;
use axum::routing::post;
use octocrab::models::webhook_events::payload::PushWebhookEventPayload;
use tokio::net::TcpListener;
use tower_webhook::event::Json;
use tower_webhook::store::MemoryStore;
use tower_webhook::{DedupLayer, Secret, Verified, VerifyLayer, Webhook, github};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = Secret::from_env("GITHUB_WEBHOOK_SECRET")?;
    let layers = (
        VerifyLayer::new(github(secret))?,
        DedupLayer::new(MemoryStore::default()),
    );
    let app = Router::new().route("/github", post(on_push)).layer(layers);
    axum::serve(TcpListener::bind("127.0.0.1:3000").await?, app).await?;
    Ok(())
}

/// One kind alone, which the endpoint is set up to get. The proof stands beside it: GitHub signs neither kind nor id.
async fn on_push(proof: Verified, Webhook(Json(push)): Webhook<Json<PushWebhookEventPayload>>) {
    println!(
        "{:?}: {} commits, up to {}",
        proof.id(),
        push.commits.len(),
        push.after
    );
}
