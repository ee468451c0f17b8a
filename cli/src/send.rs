//! `webhook send`: signs a delivery as its sender would, and sends it.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use clap::Args;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use indicatif::ProgressBar;
use tower_webhook::provider::{Scheme, senders};
use tower_webhook::testing::Delivery;
use tower_webhook::{BoxError, Secret};

use crate::client::{Http, client};
use crate::{in_file, sample, sender, whole};

#[derive(Args)]
pub(crate) struct Send {
    /// The sender, by its name in `webhook providers`
    provider: String,
    /// The event's kind, as the sender writes it
    kind: String,
    /// Where to send it: `http://127.0.0.1:3000/github`, or a URL with `https://`
    #[arg(long)]
    to: String,
    /// Certificates (PEM) of those who may vouch for an `https://` receiver, instead of those whom the platform trusts
    #[arg(long, value_name = "FILE")]
    cacert: Option<std::path::PathBuf>,
    /// The secret that the receiver has; the webhook's id for PayPal, the topic's ARN for Amazon SNS, the service account's address
    /// for Google Pub/Sub, anything for Plaid
    #[arg(long, env = "WEBHOOK_SECRET", hide_env_values = true)]
    secret: String,
    /// A private key in PKCS #8 (PEM): an RSA key for Amazon SNS, Google Pub/Sub and PayPal, one on P-256 for Plaid. The receiver's key
    /// source must answer with its certificate, or with a JWK of it whose `kid` is `test-key`
    #[arg(long)]
    key: Option<std::path::PathBuf>,
    /// The URL that the sender was given, for senders that sign it; where it is sent to otherwise
    #[arg(long)]
    url: Option<String>,
    /// The body, from a file; otherwise a whole one for GitHub's `push`, Stripe's `invoice.paid` and Shopify's `orders/create`, and a
    /// small JSON document for all else
    #[arg(long)]
    body: Option<std::path::PathBuf>,
    /// How many deliveries, each with an id of its own
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    times: u64,
    /// How many of them at a time
    #[arg(long, default_value_t = 1)]
    concurrent: usize,
    /// Sends each delivery twice
    #[arg(long)]
    dup: bool,
    /// Signs an hour ago
    #[arg(long)]
    stale: bool,
    /// Changes a byte after signing
    #[arg(long)]
    tamper: bool,
}

impl Send {
    pub(crate) async fn run(&self) -> crate::Outcome {
        let scheme =
            senders::by_name(&self.provider).ok_or("no such sender; `webhook providers` lists them")?;
        let http = client(&self.to, self.cacert.as_deref())?;
        let secret = Secret::new(self.secret.clone())?;
        let key = self.key.as_ref().map(|path| private_key(path)).transpose()?;
        let template = self.body.as_ref().map(|path| in_file(path, std::fs::read(path)));
        let template = template.transpose()?;
        let bar = if self.times > 1 {
            ProgressBar::new(self.times)
        } else {
            ProgressBar::hidden()
        };
        let tally = Arc::new(Tally::default());
        let mut running = tokio::task::JoinSet::new();
        for number in 0..self.times {
            while running.len() >= self.concurrent.max(1) {
                running.join_next().await;
            }
            let request = self.sign(*scheme, (&secret, key.as_ref()), template.as_deref(), number)?;
            let (http, tally, bar, copies) = (
                http.clone(),
                Arc::clone(&tally),
                bar.clone(),
                1 + usize::from(self.dup),
            );
            running.spawn(async move {
                for _ in 0..copies {
                    tally.count(deliver(&http, request.clone()).await);
                }
                bar.inc(1);
            });
        }
        while running.join_next().await.is_some() {}
        bar.finish_and_clear();
        tally.print();
        Ok(match tally.is_all_accepted() {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        })
    }

    fn sign(
        &self,
        scheme: Scheme,
        (secret, key): (&Secret, Option<&Secret>),
        template: Option<&[u8]>,
        number: u64,
    ) -> Result<Request<Bytes>, Box<dyn std::error::Error>> {
        let now = SystemTime::now();
        let at = if self.stale {
            now - Duration::from_secs(3_600)
        } else {
            now
        };
        let since = now.duration_since(SystemTime::UNIX_EPOCH)?;
        let id = sample::id(scheme.name(), since, number);
        let delivery = match template {
            Some(body) => Delivery::new(scheme, body.to_vec())
                .id(&id)
                .kind(&self.kind)
                .at(at),
            None => sample::delivery(scheme, &id, &self.kind, at),
        };
        let delivery = delivery.uri(&self.to);
        let url = self.url.as_deref().unwrap_or(&self.to);
        let mut request = sender::sign(&scheme, &delivery, (secret, key), url)?;
        if self.tamper {
            let mut body = request.body().to_vec();
            if let Some(last) = body.last_mut() {
                *last ^= 1;
            }
            *request.body_mut() = body.into();
        }
        Ok(request)
    }
}

/// The private key in this file, as its DER bytes.
fn private_key(path: &std::path::Path) -> Result<Secret, Box<dyn std::error::Error>> {
    let text = in_file(path, std::fs::read_to_string(path))?;
    let lines = text.lines().skip_while(|line| *line != BEGIN).skip(1);
    let encoded: String = lines.take_while(|line| *line != END).map(str::trim).collect();
    if encoded.is_empty() {
        return Err(
            "the key's file holds no private key in PKCS #8, which begins with `-----BEGIN PRIVATE KEY-----`"
                .into(),
        );
    }
    Ok(Secret::from_bytes(STANDARD.decode(encoded)?)?)
}

async fn deliver(http: &Http, request: Request<Bytes>) -> Result<StatusCode, BoxError> {
    let response = http.request(request.map(Full::new)).await?;
    let status = response.status();
    response.into_body().collect().await?;
    Ok(status)
}

/// How many answers there were of each kind.
#[derive(Default)]
struct Tally {
    accepted: AtomicU64,
    refused: AtomicU64,
    later: AtomicU64,
    failed: AtomicU64,
    /// Why the first without an answer has none.
    cause: OnceLock<String>,
}

impl Tally {
    fn count(&self, answer: Result<StatusCode, BoxError>) {
        let counter = match answer {
            Ok(status) if status.is_success() => &self.accepted,
            Ok(status) if status.is_server_error() => &self.later,
            Ok(_) => &self.refused,
            Err(error) => {
                self.cause.get_or_init(|| whole(&*error));
                &self.failed
            }
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn is_all_accepted(&self) -> bool {
        let others = [&self.refused, &self.later, &self.failed];
        others.iter().all(|count| count.load(Ordering::Relaxed) == 0)
    }

    fn print(&self) {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (accepted, refused) = (read(&self.accepted), read(&self.refused));
        println!(
            "{accepted} accepted, {refused} refused, {} not now, {} without an answer",
            read(&self.later),
            read(&self.failed)
        );
        if let Some(cause) = self.cause.get() {
            eprintln!("webhook: {cause}");
        }
    }
}

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
