//! A sender of your own: said as a constant, or written where no constant can say it.
//!
//! ```sh
//! cargo run --example custom_provider
//! ```
//!
//! Acme signs in a way that a [`Scheme`] can say. Harbor derives a new key from the secret each day, which none can, so it is a
//! [`Provider`]: the program checks the signature, and the layer still does all the rest.

use std::time::SystemTime;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use sha2::Sha256;
use tower::{ServiceBuilder, ServiceExt};

use tower_webhook::provider::Part::{Body, Header, Text};
use tower_webhook::provider::{Check, Proof, Refusal, Scheme, Sender, header, json};
use tower_webhook::testing::Delivery;
use tower_webhook::{BoxError, Context, EventRouter, Provider, Reason, Secret, VerifyLayer};

/// Acme: HMAC-SHA-256 over `time.body`. Everything is said here, and the test signer reads the same constant.
const ACME: Scheme = Scheme::hmac_sha256("acme")
    .docs("https://acme.example/docs/webhooks")
    .signature(header("x-acme-signature").prefix("sha256=").hex())
    .content(&[Header("x-acme-time"), Text("."), Body])
    .timestamp(header("x-acme-time").unix_seconds())
    .id(header("x-acme-id"))
    .kind(json("/type"));

/// What Harbor's own check leaves to the layer. `content` must name what the check covers: it decides what counts as signed.
const HARBOR: Scheme = Scheme::hmac_sha256("harbor")
    .signature(header("x-harbor-signature").hex())
    .content(&[Header("x-harbor-day"), Text("\n"), Body])
    .id(json("/event"))
    .kind(json("/what"));

/// Harbor signs the body with a key that it makes from the secret and the day.
struct Harbor(Secret);

/// One delivery on its way through.
struct HarborCheck {
    mac: Hmac<Sha256>,
    stated: [u8; 32],
}

impl Provider for Harbor {
    type Check = HarborCheck;

    fn scheme(&self) -> &Scheme {
        &HARBOR
    }

    /// Everything that the head can tell is settled before a byte of the body is read.
    async fn begin(&self, head: &Parts, _: Option<SystemTime>) -> Result<HarborCheck, Refusal> {
        let mut stated = [0; 32];
        hex::decode_to_slice(one(head, "x-harbor-signature")?, &mut stated)
            .map_err(|_| Reason::MalformedHeader)?;
        let day = one(head, "x-harbor-day")?;
        // A newline can't stand in a header, so day and body can't run into each other.
        let mac = keyed(&self.0, day).chain_update(day).chain_update("\n");
        Ok(HarborCheck { mac, stated })
    }
}

impl Check for HarborCheck {
    fn update(&mut self, piece: &[u8]) {
        self.mac.update(piece);
    }

    /// `verify_slice` takes as long whatever differs; `==` would tell an attacker how much was right.
    async fn finish(self, _: &Bytes) -> Result<Proof, Refusal> {
        match self.mac.verify_slice(&self.stated) {
            Ok(()) => Ok(Proof::new(0)),
            Err(_) => Err(Reason::BadSignature.into()),
        }
    }
}

/// The header's one value: a second line could be read by us and not by what stands before us.
fn one<'a>(head: &'a Parts, name: &str) -> Result<&'a str, Reason> {
    let mut values = head.headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| Reason::MalformedHeader),
        (None, _) => Err(Reason::MissingHeader),
        _ => Err(Reason::DuplicateHeader),
    }
}

fn keyed(secret: &Secret, day: &str) -> Hmac<Sha256> {
    let key = mac(secret.expose()).chain_update(day).finalize().into_bytes();
    mac(&key)
}

fn mac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let secret = Secret::new("a long secret for the demonstration")?;

    let acme = Delivery::new(ACME, r#"{"type":"crate.opened"}"#).id("1");
    let sender = || Sender::new(ACME, secret.clone());
    expect(deliver(sender(), acme.sign(&secret)?).await?, StatusCode::OK)?;
    let forged = acme.sign(&Secret::new("another secret of sufficient length")?)?;
    expect(deliver(sender(), forged).await?, StatusCode::UNAUTHORIZED)?;
    let old = acme.at(SystemTime::UNIX_EPOCH).sign(&secret)?;
    expect(deliver(sender(), old).await?, StatusCode::UNAUTHORIZED)?;

    let body = r#"{"event":"7","what":"ship.arrived"}"#;
    let harbor = || Harbor(secret.clone());
    let request = sign_as_harbor(&secret, "2026-11-22", "2026-11-22", body)?;
    expect(deliver(harbor(), request).await?, StatusCode::OK)?;
    let request = sign_as_harbor(&secret, "2026-11-22", "2026-11-23", body)?;
    expect(deliver(harbor(), request).await?, StatusCode::UNAUTHORIZED)?;
    Ok(())
}

/// The request that Harbor would send, signed for one day and stating another.
fn sign_as_harbor(secret: &Secret, day: &str, stated: &str, body: &str) -> http::Result<Request<Bytes>> {
    let signed = keyed(secret, day)
        .chain_update(day)
        .chain_update("\n")
        .chain_update(body);
    Request::post("/")
        .header("content-type", "application/json")
        .header("x-harbor-day", stated)
        .header("x-harbor-signature", hex::encode(signed.finalize().into_bytes()))
        .body(Bytes::copy_from_slice(body.as_bytes()))
}

/// Sends one request through the layer to a handler.
async fn deliver(
    provider: impl Provider,
    request: Request<Bytes>,
) -> Result<Response<Full<Bytes>>, BoxError> {
    let events = EventRouter::new().otherwise(|cx: Context| async move {
        println!("the handler got {:?}", cx.delivery());
    });
    let receiver = ServiceBuilder::new()
        .layer(VerifyLayer::new(provider)?)
        .service(events);
    Ok(receiver.oneshot(request.map(Full::new)).await?)
}

fn expect<B>(answer: Response<B>, expected: StatusCode) -> Result<(), String> {
    println!("{}", answer.status());
    match answer.status() == expected {
        true => Ok(()),
        false => Err(format!("{expected} was expected")),
    }
}
