//! `webhook listen`: a receiver that prints each delivery with its verdict, for trying things by hand.

use std::convert::Infallible;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use clap::Args;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

use crate::judge::{BODY_LIMIT, Terms};
use crate::report;
use crate::secret_kind::KINDS;

#[derive(Args)]
pub(crate) struct Listen {
    /// The sender, by its name in `webhook providers`
    #[arg(long)]
    provider: String,
    /// The secret; several times while it is rotated
    #[arg(long, env = "WEBHOOK_SECRET", hide_env_values = true, required = true)]
    secret: Vec<String>,
    /// How the secret is written, where it isn't the sender's own way: `hex` or `base64` for the bytes of a key, `utf8` where its text
    /// is the key
    #[arg(long, value_parser = KINDS)]
    secret_kind: Option<String>,
    /// The URL that the sender was given, for senders that sign it
    #[arg(long)]
    url: Option<String>,
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:3000")]
    addr: String,
}

impl Listen {
    pub(crate) async fn run(&self) -> crate::Outcome {
        let terms = Terms::new(
            &self.provider,
            &self.secret,
            self.secret_kind.as_deref(),
            SystemTime::now(),
        );
        let terms = match terms {
            Ok(terms) => Arc::new(terms.url(self.url.clone())),
            Err(verdict) => return Err(verdict.advice.unwrap_or(verdict.reason).into()),
        };
        terms.check()?;
        let listener = TcpListener::bind(&self.addr).await;
        let listener = listener.map_err(|error| format!("can't listen on {}: {error}", self.addr))?;
        eprintln!("listening on http://{}", listener.local_addr()?);
        loop {
            let accepted = tokio::select! {
                _ = tokio::signal::ctrl_c() => return Ok(ExitCode::SUCCESS),
                accepted = listener.accept() => accepted,
            };
            tokio::spawn(serve(accepted?.0, Arc::clone(&terms)));
        }
    }
}

async fn serve(stream: TcpStream, terms: Arc<Terms>) {
    let service = service_fn(move |request| receive(Arc::clone(&terms), request));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        eprintln!("a connection broke: {error}");
    }
}

/// Judges a delivery at the time it arrives, prints what came of it, and answers as the layer would.
async fn receive(terms: Arc<Terms>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_LIMIT).collect().await else {
        eprintln!("{} {}: the body broke off or is too large", head.method, head.uri);
        let mut response = Response::default();
        *response.status_mut() = StatusCode::BAD_REQUEST;
        return Ok(response);
    };
    let request = Request::from_parts(head, body.to_bytes());
    let terms = Terms {
        now: SystemTime::now(),
        ..(*terms).clone()
    };
    let (verdict, response) = terms.answer(request.clone()).await;
    let mut text = format!("{} {}\n", request.method(), request.uri()).into_bytes();
    let written = report::write(&mut text, &terms, &request, &verdict).await;
    let shown = written.and_then(|()| {
        if verdict.verdict == "accept" {
            text.extend_from_slice(readable(request.body()).as_bytes());
        }
        text.extend_from_slice(b"\n\n");
        io::stdout().lock().write_all(&text)
    });
    if let Err(error) = shown {
        eprintln!("can't print: {error}");
    }
    Ok(response)
}

/// A genuine body as a person reads it: JSON on lines of its own, the rest as it came, escaped where a terminal would obey it.
fn readable(body: &[u8]) -> String {
    let text = match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(document) => format!("{document:#}"),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    let harmless = |letter: char| letter == '\n' || !letter.is_control();
    text.chars()
        .take(SHOWN)
        .map(|letter| if harmless(letter) { letter } else { '\u{fffd}' })
        .collect()
}

/// Letters of a body that are printed.
const SHOWN: usize = 4_000;
