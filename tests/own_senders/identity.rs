//! What makes two deliveries of these senders one event, and that none is taken for another.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use http_body_util::Full;
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::provider::Provider;
use tower_webhook::provider::senders::{
    ADYEN, Adyen, BOX, BoxWebhooks, HUBSPOT, HubSpot, MAILGUN, Mailgun, TWILIO, Twilio,
};
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::Delivery;
use tower_webhook::{Binding, DedupLayer, Identity, SplitLayer, UnsignedBody, Verified};

use super::case::layer;
use super::rules::{NOW, delivery, key};

const URL: &str = "https://hooks.example.com/in";

/// Both layers over a handler that counts its calls.
struct Endpoint {
    verify: tower_webhook::VerifyLayer,
    dedup: DedupLayer,
    calls: Arc<AtomicUsize>,
}

impl Endpoint {
    fn new(provider: impl Provider) -> Self {
        Self {
            verify: layer(provider, NOW),
            dedup: DedupLayer::new(MemoryStore::default()),
            calls: Arc::default(),
        }
    }

    /// The answer's status, and how often the handler has been called so far.
    async fn send(&self, request: Request<Bytes>) -> (u16, usize) {
        let calls = Arc::clone(&self.calls);
        let handler = service_fn(move |request: Request<Full<Bytes>>| {
            calls.fetch_add(1, Ordering::Relaxed);
            let extensions = request.extensions();
            assert_ne!(
                extensions.get::<Verified>().is_some(),
                extensions.get::<UnsignedBody>().is_some()
            );
            async { Ok::<_, std::convert::Infallible>(Response::new(Full::<Bytes>::default())) }
        });
        let service = self.verify.clone().layer(self.dedup.clone().layer(handler));
        let response = service.oneshot(request.map(Full::new)).await.unwrap();
        (response.status().as_u16(), self.calls.load(Ordering::Relaxed))
    }
}

fn twilio(body: &str, token: Option<&str>) -> Request<Bytes> {
    let provider = Twilio::new(key()).public_url(URL);
    let mut request = delivery(TWILIO, body).form().sign_as(&provider, &key()).unwrap();
    match token {
        Some(token) => request.headers_mut().insert(
            "i-twilio-idempotency-token",
            HeaderValue::from_str(token).unwrap(),
        ),
        None => request.headers_mut().remove("i-twilio-idempotency-token"),
    };
    request
}

#[tokio::test]
async fn each_callback_of_one_message_is_an_event_and_its_retry_is_none() {
    let endpoint = Endpoint::new(Twilio::new(key()).public_url(URL));
    let (sent, delivered) = (
        "MessageSid=SM1&MessageStatus=sent",
        "MessageSid=SM1&MessageStatus=delivered",
    );
    assert_eq!(endpoint.send(twilio(sent, Some("a"))).await, (200, 1));
    assert_eq!(endpoint.send(twilio(delivered, Some("b"))).await, (200, 2));
    assert_eq!(endpoint.send(twilio(sent, Some("a"))).await, (200, 2));
    // The same digits pressed twice in one call.
    let digits = "CallSid=CA1&CallStatus=in-progress&Digits=1";
    assert_eq!(endpoint.send(twilio(digits, Some("c"))).await, (200, 3));
    assert_eq!(endpoint.send(twilio(digits, Some("d"))).await, (200, 4));
    // Without a token: by what is signed.
    assert_eq!(endpoint.send(twilio(sent, None)).await, (200, 5));
    assert_eq!(endpoint.send(twilio(delivered, None)).await, (200, 6));
    assert_eq!(endpoint.send(twilio(sent, None)).await, (200, 6));
}

#[tokio::test]
async fn another_spelling_of_a_form_is_no_other_event() {
    let dedup = DedupLayer::new(MemoryStore::default()).identity(Identity::SignedContent);
    let endpoint = Endpoint {
        dedup,
        ..Endpoint::new(Twilio::new(key()).public_url(URL))
    };
    assert_eq!(endpoint.send(twilio("A=1&B=2%202", Some("a"))).await, (200, 1));
    let captured = twilio("A=1&B=2%202", Some("b"));
    for same in ["B=2+2&A=1", "%41=1&B=2%202", "A=1&A=1&B=2+2&&"] {
        let request = captured.clone().map(|_| Bytes::from_static(same.as_bytes()));
        assert_eq!(endpoint.send(request).await, (200, 1), "{same}");
    }
    let mut elsewhere = twilio("A=1&B=2%202", Some("c"));
    *elsewhere.uri_mut() = "/in?a=1&b=%2F".parse().unwrap();
    assert_eq!(endpoint.send(elsewhere).await, (200, 1));
}

#[tokio::test]
async fn a_field_that_adyen_leaves_free_makes_no_other_event() {
    let body = r#"{"notificationItems":[{"NotificationRequestItem":{"pspReference":"p","eventCode":"A","reason":"one"}}]}"#;
    let endpoint = Endpoint::new(Adyen::new(key()));
    let signed = delivery(ADYEN, body).sign_as(&Adyen::new(key()), &key()).unwrap();
    assert_eq!(endpoint.send(signed.clone()).await, (200, 1));
    let text = std::str::from_utf8(signed.body()).unwrap().replace("one", "two");
    assert_eq!(endpoint.send(signed.map(|_| text.into())).await, (200, 1));
    let other = body.replace("\"A\"", "\"CAPTURE\"");
    let other = delivery(ADYEN, &other)
        .sign_as(&Adyen::new(key()), &key())
        .unwrap();
    assert_eq!(endpoint.send(other).await, (200, 2));
}

#[tokio::test]
async fn the_order_of_adyens_items_makes_no_other_event() {
    let endpoint = Endpoint::new(Adyen::new(key()));
    let item =
        |name: &str| format!(r#"{{"NotificationRequestItem":{{"pspReference":"{name}","eventCode":"A"}}}}"#);
    for (items, calls) in [(["p", "q"], 1), (["q", "p"], 1), (["q", "r"], 2)] {
        let body = format!(r#"{{"notificationItems":[{}]}}"#, items.map(item).join(","));
        let signed = delivery(ADYEN, &body)
            .sign_as(&Adyen::new(key()), &key())
            .unwrap();
        assert_eq!(endpoint.send(signed).await, (200, calls), "{body}");
    }
}

#[tokio::test]
async fn boxs_event_is_known_by_the_id_in_its_body() {
    let endpoint = Endpoint::new(BoxWebhooks::new(key()));
    let at = |seconds: u64, body: &str| {
        let sent = Delivery::new(BOX, body.to_owned()).at(UNIX_EPOCH + Duration::from_secs(NOW + seconds));
        sent.sign_as(&BoxWebhooks::new(key()), &key()).unwrap()
    };
    let event = r#"{"id":"1","trigger":"FILE.UPLOADED"}"#;
    assert_eq!(endpoint.send(at(0, event)).await, (200, 1));
    assert_eq!(endpoint.send(at(60, event)).await, (200, 1));
    assert_eq!(
        endpoint
            .send(at(60, r#"{"id":"1","trigger":"FILE.TRASHED"}"#))
            .await,
        (422, 1)
    );
    assert_eq!(
        endpoint
            .send(at(60, r#"{"id":"2","trigger":"FILE.UPLOADED"}"#))
            .await,
        (200, 2)
    );
}

#[tokio::test]
async fn hubspots_retry_runs_only_what_is_new_in_its_batch() {
    let calls = Arc::new(AtomicUsize::new(0));
    let (verify, store) = (
        layer(HubSpot::new(key()).public_url(URL), NOW),
        MemoryStore::default(),
    );
    let send = async |body: &str| {
        let counted = Arc::clone(&calls);
        let handler = service_fn(move |_: Request<Full<Bytes>>| {
            counted.fetch_add(1, Ordering::Relaxed);
            async { Ok::<_, std::convert::Infallible>(Response::new(Full::<Bytes>::default())) }
        });
        let signed = delivery(HUBSPOT, body)
            .sign_as(&HubSpot::new(key()).public_url(URL), &key())
            .unwrap();
        let inner = SplitLayer::new().layer(DedupLayer::new(store.clone()).layer(handler));
        let response = verify
            .clone()
            .layer(inner)
            .oneshot(signed.map(Full::new))
            .await
            .unwrap();
        (response.status().as_u16(), calls.load(Ordering::Relaxed))
    };
    let event = |id: u32, attempt: u32| {
        format!(
            r#"{{"eventId":{id},"subscriptionType":"contact.creation","occurredAt":1564113600000,"attemptNumber":{attempt}}}"#
        )
    };
    assert_eq!(
        send(&format!("[{},{}]", event(1, 0), event(2, 0))).await,
        (200, 2)
    );
    assert_eq!(
        send(&format!("[{},{}]", event(2, 1), event(3, 0))).await,
        (200, 3)
    );
}

#[tokio::test]
async fn t149_mailguns_token_counts_once_and_its_body_is_nobodys() {
    assert_eq!(MAILGUN.binding(), Binding::Envelope);
    let endpoint = Endpoint::new(Mailgun::new(key()));
    for form in [false, true] {
        let (event, forged) = match form {
            false => (r#"{"event":"opened","n":1}"#, r#"{"event":"failed","n":1}"#),
            true => ("event=opened", "event=failed"),
        };
        let mut sent = delivery(MAILGUN, event);
        if form {
            sent = sent.form();
        }
        let signed = sent.sign_as(&Mailgun::new(key()), &key()).unwrap();
        let calls = endpoint.send(signed.clone()).await.1;
        assert_eq!(endpoint.send(signed.clone()).await, (200, calls));
        // The signature is good for any event, but its token is spent.
        let other = std::str::from_utf8(signed.body()).unwrap().replace(event, forged);
        assert_ne!(other.as_bytes(), &signed.body()[..]);
        assert_eq!(endpoint.send(signed.map(|_| other.into())).await, (422, calls));
    }
    assert_eq!(endpoint.calls.load(Ordering::Relaxed), 2);
}
