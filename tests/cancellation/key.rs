//! A sender whose check ends by waiting for a public key, which a source fetches; and whose handshake waits, too.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Request;
use http::request::Parts;
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use tokio::task::yield_now;
use tokio::time::sleep;
use tower_webhook::key_source::{KeyCache, KeyHosts, KeySource, KeyUrl};
use tower_webhook::provider::{Answer, Check, Proof, Refusal, Scheme, header};
use tower_webhook::{BoxError, Provider, Reason, VerifyLayer};

use crate::cut::{cut, for_each_cut, on_a_runtime};
use crate::handler::Trickle;
use crate::scene::{Endpoint, Scene};

const HARBOR: Scheme = Scheme::hmac_sha256("harbor")
    .signature(header("x-harbor-signature").hex())
    .id(header("x-harbor-id"));
const EVENT: &str = r#"{"event":"ship.arrived"}"#;
const HANDSHAKE: &str = r#"{"hello":1}"#;
const FETCH: Duration = Duration::from_secs(1);

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_slice(&[1; 32]).unwrap());

/// What was asked of the sender's provider.
#[derive(Default)]
struct Asked {
    fetches: AtomicUsize,
    fetched: AtomicUsize,
    greeted: AtomicUsize,
}

struct Harbor {
    keys: KeyCache<VerifyingKey>,
    asked: Arc<Asked>,
}

impl Harbor {
    fn new(asked: &Arc<Asked>) -> Self {
        let source = Fetcher(Arc::clone(asked));
        Self {
            keys: KeyCache::new(source, |document| Ok(VerifyingKey::from_sec1_bytes(document)?)),
            asked: Arc::clone(asked),
        }
    }
}

struct Fetcher(Arc<Asked>);

impl KeySource for Fetcher {
    async fn fetch(&self, _: &KeyUrl) -> Result<Bytes, BoxError> {
        self.0.fetches.fetch_add(1, Ordering::SeqCst);
        sleep(FETCH).await;
        self.0.fetched.fetch_add(1, Ordering::SeqCst);
        Ok(Bytes::from(KEY.verifying_key().to_sec1_bytes().into_vec()))
    }
}

struct HarborCheck {
    keys: KeyCache<VerifyingKey>,
    asked: Arc<Asked>,
    signature: Signature,
}

impl Provider for Harbor {
    type Check = HarborCheck;

    fn scheme(&self) -> &Scheme {
        &HARBOR
    }

    async fn begin(&self, head: &Parts, _: Option<SystemTime>) -> Result<HarborCheck, Refusal> {
        let stated = head
            .headers
            .get("x-harbor-signature")
            .ok_or(Reason::MissingHeader)?;
        let bytes = hex::decode(stated).map_err(|_| Reason::MalformedHeader)?;
        Ok(HarborCheck {
            keys: self.keys.clone(),
            asked: Arc::clone(&self.asked),
            signature: Signature::from_slice(&bytes).map_err(|_| Reason::MalformedHeader)?,
        })
    }
}

impl Check for HarborCheck {
    fn update(&mut self, _: &[u8]) {}

    async fn finish(self, body: &Bytes) -> Result<Proof, Refusal> {
        let hosts = KeyHosts::new(["keys.example.com"]).unwrap();
        let key = self.keys.get(&hosts.url("https://keys.example.com/1")?).await?;
        let verified = key.verify(body, &self.signature);
        verified.map_err(|_| Reason::BadSignature)?;
        if body != HANDSHAKE {
            return Ok(Proof::new(0));
        }
        let asked = self.asked;
        Ok(Proof::new(0).handshake(move || {
            let asked = Arc::clone(&asked);
            async move {
                yield_now().await;
                asked.greeted.fetch_add(1, Ordering::SeqCst);
                yield_now().await;
                Ok(Answer::empty())
            }
        }))
    }
}

fn signed(body: &'static str) -> Request<Trickle> {
    let signature: Signature = KEY.sign(body.as_bytes());
    let request = Request::post("/")
        .header("x-harbor-signature", hex::encode(signature.to_bytes()))
        .header("x-harbor-id", "1");
    request.body(Trickle::from(Bytes::from(body))).unwrap()
}

fn endpoint(asked: &Arc<Asked>) -> Endpoint {
    let verify = VerifyLayer::new(Harbor::new(asked)).unwrap();
    Scene::default().behind(|| signed(EVENT), |dedup| (verify, dedup))
}

#[test]
fn t168_a_call_dropped_anywhere_while_a_key_is_fetched_leaves_the_key_to_the_next() {
    // Four times the body, the key, the handler twice and its readiness, the store twice at either end.
    for_each_cut(4 + 1 + 3 + 4, |polls| {
        on_a_runtime(async {
            let asked = Arc::default();
            let endpoint = endpoint(&asked);
            let whole = endpoint.cut(polls).await;
            sleep(FETCH * 2).await;
            let begun = asked.fetches.load(Ordering::SeqCst);
            let fetched = asked.fetched.load(Ordering::SeqCst);
            assert_eq!(fetched, begun, "a fetch was cut off after {polls} polls");
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            let fetches = asked.fetches.load(Ordering::SeqCst);
            assert_eq!(fetches, 1, "after {polls} polls");
            endpoint.check(polls).await;
            assert_eq!(endpoint.scene.begun().len(), 1, "after {polls} polls");
            whole.is_some()
        })
    });
}

#[test]
fn t168_a_providers_handshake_dropped_anywhere_is_answered_when_it_comes_again() {
    // Three times the body, the key, the answer twice.
    for_each_cut(3 + 1 + 2, |polls| {
        on_a_runtime(async {
            let asked = Arc::default();
            let endpoint = endpoint(&asked);
            let whole = cut(endpoint.call(signed(HANDSHAKE)), polls).await;
            let before = asked.greeted.load(Ordering::SeqCst);
            assert_eq!(endpoint.call(signed(HANDSHAKE)).await, 200, "after {polls} polls");
            assert_eq!(asked.greeted.load(Ordering::SeqCst), before + 1);
            let claims = endpoint.scene.count(|state| &state.claims);
            assert_eq!((claims, endpoint.scene.begun().len()), (0, 0));
            assert_eq!(
                endpoint.send().await,
                200,
                "an event is none, after {polls} polls"
            );
            endpoint.check(polls).await;
            assert_eq!(endpoint.scene.begun().len(), 1, "after {polls} polls");
            whole.is_some()
        })
    });
}
