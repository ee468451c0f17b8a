//! Signs a delivery the way its sender does, sends it, and checks the answer.
//!
//! ```sh
//! cargo run --example send -- github push
//! cargo run --example send -- stripe invoice.paid --dup
//! cargo run --example send -- slack-command /hello --tamper
//! ```
//!
//! It speaks plain HTTP to the `receiver` example, or to your own endpoint with `--to` and `--secret`. The exit status is 0
//! when each answer is the one that the flags should give.

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderValue, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use tower_webhook::Secret;
use tower_webhook::testing::Delivery;

use senders::Sender;

#[path = "send/senders.rs"]
mod senders;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Whether each answer was the expected one.
async fn run() -> Result<bool, Box<dyn Error>> {
    let order = Order::read(env::args().skip(1))?;
    let (request, times) = (order.delivery()?, if order.dup { 2 } else { 1 });
    let (expected, mut all_expected) = (order.expected(), true);
    for _ in 0..times {
        let (status, body) = post(&order.to, &request).await?;
        let as_expected = expected(status);
        all_expected &= as_expected;
        let remark = if as_expected {
            ""
        } else {
            "(not what was expected)"
        };
        println!("{}", format!("{status} {body} {remark}").trim_end());
    }
    Ok(all_expected)
}

/// What the command line asks for.
struct Order {
    sender: Sender,
    kind: String,
    id: String,
    to: Uri,
    secret: Secret,
    dup: bool,
    stale: bool,
    tamper: bool,
}

impl Order {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let name = words.next().ok_or(USAGE)?;
        let sender = Sender::named(&name).ok_or_else(|| format!("no sender is called `{name}`\n{USAGE}"))?;
        let mut order = Self {
            kind: sender.kind.to_owned(),
            id: sender.fresh_id(),
            to: format!("http://127.0.0.1:3000{}", sender.path).parse()?,
            secret: Secret::new(env::var(sender.variable).unwrap_or_else(|_| sender.demo.to_owned()))?,
            sender,
            dup: false,
            stale: false,
            tamper: false,
        };
        let mut kind = None;
        while let Some(word) = words.next() {
            let mut value = || {
                words
                    .next()
                    .ok_or_else(|| format!("{word} needs a value\n{USAGE}"))
            };
            match word.as_str() {
                "--dup" => order.dup = true,
                "--stale" => order.stale = true,
                "--tamper" => order.tamper = true,
                "--id" => order.id = value()?,
                "--secret" => order.secret = Secret::new(value()?)?,
                "--to" => order.to = order.sender.target(&value()?)?,
                _ if word.starts_with('-') || kind.is_some() => {
                    return Err(format!("`{word}` is not understood\n{USAGE}").into());
                }
                _ => kind = Some(word),
            }
        }
        order.kind = kind.unwrap_or(order.kind);
        if order.stale && !order.sender.signs_time {
            eprintln!(
                "{name} signs no time, so none of its deliveries can be stale: this one is as good as new"
            );
        }
        Ok(order)
    }

    fn delivery(&self) -> Result<Request<Bytes>, Box<dyn Error>> {
        let age = Duration::from_secs(if self.stale { 3600 } else { 0 });
        let mut delivery = Delivery::new(self.sender.scheme, (self.sender.body)(&self.kind, &self.id))
            .uri(self.to.path_and_query().map_or("/", |path| path.as_str()))
            .id(&self.id)
            .kind(&self.kind)
            .at(SystemTime::now() - age);
        if self.sender.is_form {
            delivery = delivery.form();
        }
        let mut request = delivery.sign(&self.secret)?;
        if self.tamper {
            let mut body = request.body().to_vec();
            body.iter_mut().rev().take(1).for_each(|byte| *byte ^= 1);
            *request.body_mut() = body.into();
        }
        Ok(request)
    }

    /// What the receiver should answer: 401 tells nobody which of the reasons it was.
    fn expected(&self) -> fn(StatusCode) -> bool {
        if self.tamper || (self.stale && self.sender.signs_time) {
            |status| status == StatusCode::UNAUTHORIZED
        } else {
            |status| status.is_success()
        }
    }
}

/// Sends it and reads the whole answer.
async fn post(to: &Uri, request: &Request<Bytes>) -> Result<(StatusCode, String), Box<dyn Error>> {
    let host = to.host().unwrap_or_default();
    let stream = TcpStream::connect((host, to.port_u16().unwrap_or(80)))
        .await
        .map_err(|error| format!("can't connect to {to}: {error} (is the receiver running?)"))?;
    let (mut client, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut request = request.clone().map(Full::new);
    let authority = to.authority().map_or(host, |authority| authority.as_str());
    request
        .headers_mut()
        .insert(HOST, HeaderValue::from_str(authority)?);
    let answer = client.send_request(request).await?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}

const USAGE: &str = "
usage: send SENDER [KIND] [FLAGS]

  SENDER        github, stripe, slack, slack-command or standard
  KIND          what happened: push, invoice.paid, app_mention, /hello, contact.created
  --dup         send it twice, as a sender does that has missed the first answer
  --stale       sign it with a time an hour ago
  --tamper      change a byte after signing
  --to URL      where to; http://127.0.0.1:3000 by default, with the sender's path unless the URL has one
  --secret S    by default the variable that the receiver reads, or its demo secret
  --id ID       a new one by default";
