//! Arbitrary deliveries: what one says, how it is signed, and what becomes of it.

use std::convert::Infallible;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Request, Response};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use tower::{Layer, Service};

use tower_webhook::provider::Part::{Body, Header, Text};
use tower_webhook::provider::{self, GITHUB, SLACK, STANDARD_WEBHOOKS, STRIPE, Scheme, Sender, header};
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook::{DedupLayer, Key, Secret, Secrets, Tenants, VerifyLayer};

use crate::endpoint::{Handler, Outcome, Pieces, deliver, runtime};

/// An id that nobody signs, beside a time that is signed.
pub(crate) const ACME: Scheme = Scheme::hmac_sha256("acme")
    .signature(header("x-acme-signature").prefix("sha256=").hex())
    .content(&[Header("x-acme-time"), Text("."), Body])
    .timestamp(header("x-acme-time").unix_seconds())
    .id(header("x-acme-id"))
    .kind(provider::json("/type"));
pub(crate) const NOW: u64 = 1_800_000_000;
pub(crate) const OLD: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
pub(crate) const NEW: &str = "whsec_bm90IHRoZSBzYW1lIHNlY3JldCBhdCBhbGw=";

/// What a delivery says.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) scheme: Scheme,
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) pending: u8,
    pub(crate) secret: &'static str,
    pub(crate) time: u64,
}

impl Said {
    /// JSON for the senders that say who they are in it, anything for the others.
    pub(crate) fn body(&self) -> Vec<u8> {
        let (id, account, text) = (&self.id, &self.account, &self.text);
        let document = match self.scheme.name() {
            "stripe" => json!({"id": id, "account": account, "data": text, "pending_webhooks": self.pending}),
            "slack" => json!({"event_id": id, "team_id": account, "text": text}),
            _ => return self.bytes.clone(),
        };
        document.to_string().into_bytes()
    }

    pub(crate) fn sign(&self) -> Request<Bytes> {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(self.time);
        let delivery = Delivery::new(self.scheme, self.body())
            .id(self.id.as_str())
            .at(at);
        delivery.sign(&Secret::new(self.secret).unwrap()).unwrap()
    }

    pub(crate) fn request(&self) -> Request<Pieces> {
        self.sign().map(Pieces::from)
    }

    pub(crate) fn verify(&self) -> VerifyLayer {
        let secrets = Secrets::new(NEW).unwrap().and(OLD).unwrap();
        let layer = VerifyLayer::new(Sender::new(self.scheme, secrets)).unwrap();
        layer.clock(ManualClock::at_unix(NOW))
    }

    pub(crate) fn key(&self) -> Key {
        self.key_with(|dedup| dedup)
    }

    pub(crate) fn key_with(&self, change: impl FnOnce(DedupLayer) -> DedupLayer) -> Key {
        let layers = (self.verify(), change(DedupLayer::new(MemoryStore::default())));
        send(&layers, self.request()).reached.unwrap().key.unwrap()
    }
}

pub(crate) fn said() -> impl Strategy<Value = Said> {
    let schemes = select(vec![GITHUB, STRIPE, SLACK, STANDARD_WEBHOOKS, ACME]);
    // A full stop separates what Standard Webhooks signs, so its ids have none.
    let id = "[!-\\-/-~]{1,40}";
    let texts = ("[a-z]{1,8}", ".{0,40}", vec(any::<u8>(), 1..400));
    let rest = (any::<u8>(), select(vec![OLD, NEW]), NOW - 300..=NOW + 300);
    (schemes, id, texts, rest).prop_map(|(scheme, id, (account, text, bytes), (pending, secret, time))| {
        Said {
            scheme,
            id,
            account,
            text,
            bytes,
            pending,
            secret,
            time,
        }
    })
}

pub(crate) fn send<L>(layer: &L, request: Request<Pieces>) -> Outcome
where
    L: Layer<Handler>,
    L::Service: Service<Request<Pieces>, Response = Response<Pieces>, Error = Infallible>,
{
    runtime().block_on(deliver(layer, request))
}

/// The key of the same delivery at an endpoint whose secrets belong to tenants.
pub(crate) fn tenant_key(said: &Said, name: &'static str) -> Key {
    let tenants = Tenants::new(move |_| Some(name.into()));
    tenants.insert(name, Secret::new(said.secret).unwrap()).unwrap();
    let verify = VerifyLayer::new(Sender::new(said.scheme, tenants)).unwrap();
    let layers = (
        verify.clock(ManualClock::at_unix(NOW)),
        DedupLayer::new(MemoryStore::default()),
    );
    send(&layers, said.request()).reached.unwrap().key.unwrap()
}
