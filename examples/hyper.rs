//! A webhook receiver on plain hyper: no axum in its build.
//!
//! ```sh
//! cargo run -p tower-webhook-example-hyper     # or: cargo run --example hyper
//! cargo run --example send -- github push      # in another terminal
//! ```
//!
//! Where axum has extractors, plain hyper has the [`EventRouter`]; a handler of your own finds the `Verified` in the request's
//! extensions and reads it with `github::Event::read`.

use std::env;
use std::error::Error;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tower::ServiceBuilder;

use tower_webhook::event::github;
use tower_webhook::store::MemoryStore;
use tower_webhook::{Body, DedupLayer, EventRouter, Outcome, Secret, VerifyLayer};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = env::var("GITHUB_WEBHOOK_SECRET").or_else(|error| match error {
        env::VarError::NotPresent => Ok("demo-secret-for-github".to_owned()),
        error => Err(error),
    })?;
    let events = EventRouter::new()
        .on(|push: github::Push, _| async move {
            println!("{} commits to {}", push.commits.len(), push.repository.full_name);
        })
        .otherwise(|cx| async move {
            println!("{:?} is none of ours", cx.delivery().kind());
            Outcome::Done
        });
    let receiver = ServiceBuilder::new()
        .map_request(|request: Request<Incoming>| request.map(Body::new))
        .layer(VerifyLayer::new(tower_webhook::github(Secret::new(secret)?))?)
        .layer(DedupLayer::new(MemoryStore::default()))
        .service(events);

    let address = env::var("ADDR").unwrap_or_else(|_| "127.0.0.1:3000".into());
    let listener = TcpListener::bind(&address).await?;
    eprintln!("listening on http://{}", listener.local_addr()?);
    // A slow body is the layer's to refuse, a slow head the server's, which also bounds what a connection may keep unread.
    let mut server = http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(10))
        .max_buf_size(64 * 1024);
    // In a task: what runs in `main` waits longer for a core where all are busy.
    let accepting: JoinHandle<()> = tokio::spawn(async move {
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                // Too many open files, say: it passes, and must not end the server.
                Err(error) => {
                    eprintln!("can't accept: {error}");
                    sleep(Duration::from_secs(1)).await;
                    continue;
                }
            };
            let service = TowerToHyperService::new(receiver.clone());
            let connection = server.serve_connection(TokioIo::new(stream), service);
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    eprintln!("{error}");
                }
            });
        }
    });
    Ok(accepting.await?)
}
