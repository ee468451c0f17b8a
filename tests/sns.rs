//! Amazon SNS: its published messages, each change of a byte, and threats 28 and 143 to 147.
#![cfg(feature = "x509-cert")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod certs;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use bytes::Bytes;
use certs::{Identity, Outcome, Shelf, copy, deliver, request_of, unix, vectors};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tower_webhook::provider::senders::AWS_SNS;
use tower_webhook::provider::{Confirmation, ConfirmationKind, Sns};
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook::{Binding, ConfigErrorKind, DedupLayer, Secret, VerifyLayer};

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:orders";
const HOST: &str = "https://sns.eu-west-1.amazonaws.com";
const CERTIFICATE: &str = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem";
const NOW: u64 = 1_800_000_000;
/// 2022-07-28T22:00:00Z, within an hour of each published message.
const PUBLISHED: u64 = 1_659_045_600;

static AMAZON: LazyLock<Identity> = LazyLock::new(|| Identity::of("sns.amazonaws.com"));

fn shelf() -> Shelf {
    Shelf::with(CERTIFICATE, &AMAZON.pem)
}

fn sns(shelf: &Shelf) -> Sns {
    Sns::new(shelf.clone(), [TOPIC])
}

fn layer(sns: Sns) -> VerifyLayer {
    VerifyLayer::new(sns).unwrap().clock(ManualClock::at_unix(NOW))
}

/// A genuine message with these fields, signed by this key.
fn signed_by(secret: &Secret, fields: &Value) -> Request<Bytes> {
    let delivery = Delivery::new(AWS_SNS, fields.to_string()).at(unix(NOW)).id("m-1");
    delivery.sign_as(&sns(&Shelf::default()), secret).unwrap()
}

fn signed(fields: &Value) -> Request<Bytes> {
    signed_by(&AMAZON.secret, fields)
}

/// The same message with a field of its document changed, and nothing signed anew.
fn altered(request: &Request<Bytes>, field: &str, value: &Value) -> Request<Bytes> {
    let mut document: Value = serde_json::from_slice(request.body()).unwrap();
    document[field] = value.clone();
    copy(request).map(|_| document.to_string().into())
}

async fn send(shelf: &Shelf, request: Request<Bytes>) -> Outcome {
    deliver(&layer(sns(shelf)), request).await
}

#[tokio::test]
async fn a_message_of_the_topic_passes_and_says_what_is_signed() {
    let (shelf, message) = (shelf(), json!({"Message": "two\nlines", "Subject": "s"}));
    let outcome = send(&shelf, signed(&message)).await;
    let proof = outcome.verified.unwrap();
    assert_eq!(
        (outcome.status, proof.binding()),
        (StatusCode::OK, Binding::Fields)
    );
    let id = proof.id().unwrap();
    assert_eq!((*id.value(), id.is_signed()), ("m-1", true));
    assert!(proof.timestamp().unwrap().is_signed());
    assert_eq!(*proof.kind().unwrap().value(), "Notification");
    assert_eq!(shelf.asked(), [CERTIFICATE]);
}

/// Both hashes, with and without a subject, by the certificate that was published with them.
#[tokio::test]
async fn published_messages_and_each_change_of_one_byte() {
    let (mut changes, vectors) = (0, vectors("aws_sns"));
    for vector in &vectors {
        let (id, body) = (&vector["id"], vector["body_utf8"].as_str().unwrap());
        let document: Value = serde_json::from_str(body).unwrap();
        let text = |name: &str| document[name].as_str().unwrap().to_owned();
        let shelf = Shelf::with(&text("SigningCertURL"), vector["secret"].as_str().unwrap());
        let clock = ManualClock::at_unix(PUBLISHED);
        let own = Sns::new(shelf.clone(), [text("TopicArn")]).danger_accept_sha1();
        let layer = VerifyLayer::new(own).unwrap().clock(clock);
        let request = request_of(vector);
        assert!(deliver(&layer, copy(&request)).await.reached(), "{id}");
        for position in 0..body.len() {
            let mut bytes = body.as_bytes().to_vec();
            bytes[position] ^= 1;
            let outcome = deliver(&layer, copy(&request).map(|_| bytes.into())).await;
            // What nobody signs may change, and nothing that is signed is another then.
            let same_event = outcome.verified.as_ref().is_some_and(|proof| {
                let read: Value = serde_json::from_slice(proof.body()).unwrap();
                let named = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
                named.iter().all(|name| read[*name] == document[*name])
            });
            assert!(!outcome.reached() || same_event, "{id}: byte {position}");
            changes += usize::from(!outcome.reached());
        }
        assert_eq!(
            shelf.asked().len(),
            shelf
                .asked()
                .iter()
                .collect::<std::collections::HashSet<_>>()
                .len()
        );
    }
    assert!(
        vectors.is_empty() || (vectors.len() == 4 && changes > 2_000),
        "{changes}"
    );
}

#[tokio::test]
async fn each_change_of_one_byte_of_what_is_signed_is_refused() {
    let (layer, request) = (
        layer(sns(&shelf())),
        signed(&json!({"Message": "m", "Subject": "s"})),
    );
    for field in [
        "Message",
        "MessageId",
        "Subject",
        "Timestamp",
        "TopicArn",
        "Type",
        "Signature",
    ] {
        let document: Value = serde_json::from_slice(request.body()).unwrap();
        let text = document[field].as_str().unwrap();
        for position in 0..text.len() {
            let mut bytes = text.as_bytes().to_vec();
            bytes[position] ^= 1;
            let value = String::from_utf8(bytes).unwrap().into();
            let outcome = deliver(&layer, altered(&request, field, &value)).await;
            assert!(outcome.is_refused(), "byte {position} of {field}: {outcome:?}");
        }
    }
    for field in ["Subject", "Message"] {
        assert!(
            deliver(&layer, altered(&request, field, &Value::Null))
                .await
                .is_refused(),
            "{field}"
        );
    }
    let unsigned = [
        ("UnsubscribeURL", json!("https://evil.example/")),
        ("Token", json!("t")),
    ];
    for (field, value) in unsigned {
        assert!(
            deliver(&layer, altered(&request, field, &value)).await.reached(),
            "{field} is nobody's"
        );
    }
}

#[tokio::test]
async fn one_signed_text_is_one_message() {
    let shelf = shelf();
    let genuine = signed(&json!({"Message": "a\nMessageId\nb", "Subject": "s"}));
    assert!(send(&shelf, copy(&genuine)).await.reached());
    let shifted = [("Message", json!("a")), ("MessageId", json!("b\nMessageId\nm-1"))];
    let moved = shifted
        .iter()
        .fold(genuine, |request, (field, value)| altered(&request, field, value));
    assert!(send(&shelf, moved).await.is_refused_for("bad_signature"));
}

#[tokio::test]
async fn what_is_no_message_is_refused_and_nothing_is_fetched() {
    let shelf = shelf();
    let good = signed(&json!({"Message": "m"}));
    let text = String::from_utf8(good.body().to_vec()).unwrap();
    let twice = text.replacen('{', r#"{"Message":"n","#, 1);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for body in [
        "",
        "{}",
        "[]",
        "null",
        "\"m\"",
        "raw text of a raw delivery",
        &twice,
        &deep,
        &text[1..],
    ] {
        let outcome = send(&shelf, copy(&good).map(|_| Bytes::from(body.to_owned()))).await;
        assert!(outcome.is_refused_for("bad_signature"), "{outcome:?}");
    }
    let values = [
        ("Message", json!(1)),
        ("TopicArn", Value::Null),
        ("Type", json!("Other")),
        ("Timestamp", json!(["t"])),
        ("SignatureVersion", json!(2)),
    ];
    for (field, value) in values {
        assert!(
            send(&shelf, altered(&good, field, &value))
                .await
                .is_refused_for("bad_signature"),
            "{field}"
        );
    }
    for signature in ["", "AAAA", "not Base64", &"A".repeat(2_000)] {
        let outcome = send(&shelf, altered(&good, "Signature", &json!(signature))).await;
        assert!(outcome.is_refused_for("bad_signature"), "{signature}");
    }
    assert!(
        shelf.asked().is_empty(),
        "only a signature of the right form is worth a certificate"
    );
}

#[tokio::test]
async fn t028_the_configuration_decides_about_the_hash() {
    let shelf = shelf();
    let good = signed(&json!({"Message": "m"}));
    for version in ["1", "0", "3", "02", "", "none"] {
        let outcome = send(&shelf, altered(&good, "SignatureVersion", &json!(version))).await;
        assert!(
            outcome.is_refused_for("unsupported_version"),
            "{version}: {outcome:?}"
        );
    }
    assert!(shelf.asked().is_empty());
    // Where SHA-1 counts too, each version is still one hash.
    let both = layer(sns(&shelf).danger_accept_sha1());
    assert!(
        deliver(&both, altered(&good, "SignatureVersion", &json!("1")))
            .await
            .is_refused_for("bad_signature")
    );
    assert!(deliver(&both, good).await.reached());
}

#[tokio::test]
async fn t143_t144_a_foreign_certificate_is_refused_and_nothing_is_fetched() {
    let mallory = Identity::of("sns.amazonaws.com");
    let urls = [
        "https://evil.example/SimpleNotificationService-0.pem",
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0.pem",
        "https://192.0.2.7/SimpleNotificationService-0.pem",
        "https://[2001:db8::7]/SimpleNotificationService-0.pem",
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem#.evil.example",
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem?x=1",
        "https://sns.eu-west-1.amazonaws.com/evil/SimpleNotificationService-0.pem",
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem/..",
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0/1.pem",
        "https://sns.eu-west-1.amazonaws.com/%53impleNotificationService-0.pem",
        "https://sns.eu-west-1.amazonaws.com/?Action=GetObject",
        // Of the form that many a pattern allows, and anybody's to rent.
        "https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-0.pem",
        "https://sns.s3.amazonaws.com/SimpleNotificationService-0.pem",
        // SNS's own, but of another region than the topic's.
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem",
        "https://sns.eu-west-1.amazonaws.com.cn/SimpleNotificationService-0.pem",
        "",
    ];
    let shelf = Shelf::default();
    for url in urls {
        shelf.put(url, &mallory.pem);
        let message = json!({"Message": "m", "SigningCertURL": url});
        let outcome = send(&shelf, signed_by(&mallory.secret, &message)).await;
        assert!(outcome.is_refused_for("foreign_key_url"), "{url}: {outcome:?}");
    }
    assert!(shelf.asked().is_empty());
}

#[tokio::test]
async fn t146_a_genuine_message_of_a_foreign_topic_is_refused() {
    let shelf = shelf();
    for topic in [
        "arn:aws:sns:eu-west-1:999999999999:orders",
        "arn:aws:sns:eu-west-1:123456789012:orders2",
        "ARN:aws:sns:eu-west-1:123456789012:orders",
        "orders",
        "",
    ] {
        let outcome = send(&shelf, signed(&json!({"Message": "m", "TopicArn": topic}))).await;
        assert!(outcome.is_refused_for("foreign_topic"), "{topic}: {outcome:?}");
    }
    assert!(shelf.asked().is_empty());
}

#[test]
fn t146_topics_must_be_named() {
    let kind = |sns: Sns| VerifyLayer::new(sns).unwrap_err().kind();
    let none: [&str; 0] = [];
    assert_eq!(kind(Sns::new(Shelf::default(), none)), ConfigErrorKind::Topic);
    let bad = [
        "*",
        "orders",
        "arn:aws:sns:eu-west-1:*:orders",
        "arn:aws:sns:eu-west-1:123456789012:*",
        "arn:aws:sns:eu-west-1:12345678901:orders",
        "arn:aws:sns:eu-west-1:12345678901x:orders",
        "arn:aws:sqs:eu-west-1:123456789012:orders",
        "arn:aws:sns:s3-us-west-2:123456789012:orders",
        "arn:aws:sns:mars-north-1:123456789012:orders",
    ];
    for arn in bad {
        assert_eq!(
            kind(Sns::new(Shelf::default(), [arn])),
            ConfigErrorKind::Topic,
            "{arn}"
        );
    }
    let new = Sns::new(Shelf::default(), ["arn:aws:sns:mars-north-1:123456789012:orders"]);
    assert!(VerifyLayer::new(new.region("mars-north-1")).is_ok());
}

/// Confirmations as a hook saw them.
type Seen = Arc<Mutex<Vec<Confirmation>>>;

fn hooked(shelf: &Shelf) -> (VerifyLayer, Seen) {
    let seen = Seen::default();
    let noted = Arc::clone(&seen);
    let own = sns(shelf).on_confirmation(move |asked| {
        noted.lock().unwrap().push(asked);
        async { Ok(()) }
    });
    (layer(own), seen)
}

fn confirmation(url: &str) -> Value {
    json!({"Type": "SubscriptionConfirmation", "Message": "You have chosen", "Token": "2336412f", "SubscribeURL": url})
}

#[tokio::test]
async fn t145_a_confirmation_reaches_the_hook_and_never_a_handler() {
    let shelf = shelf();
    let (layer, seen) = hooked(&shelf);
    let url = format!("{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f");
    for kind in [ConfirmationKind::Subscribe, ConfirmationKind::Unsubscribe] {
        let mut fields = confirmation(&url);
        if kind == ConfirmationKind::Unsubscribe {
            fields["Type"] = "UnsubscribeConfirmation".into();
        }
        let outcome = deliver(&layer, signed(&fields)).await;
        assert_eq!((outcome.status, outcome.reached()), (StatusCode::OK, false));
        let asked = seen.lock().unwrap().pop().unwrap();
        assert_eq!(
            (asked.kind(), asked.topic_arn(), asked.token()),
            (kind, TOPIC, "2336412f")
        );
        assert_eq!(asked.subscribe_url(), url);
        assert!(!format!("{asked:?}").contains("2336412f"));
    }
    assert_eq!(
        shelf.asked(),
        [CERTIFICATE],
        "nothing but the certificate was fetched"
    );
}

#[tokio::test]
async fn t145_no_hook_is_called_for_what_is_not_genuine_of_a_known_topic_and_fresh() {
    let shelf = shelf();
    let (layer, seen) = hooked(&shelf);
    let url = format!("{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f");
    let good = signed(&confirmation(&url));
    let mut foreign = confirmation(&url);
    foreign["TopicArn"] = "arn:aws:sns:eu-west-1:999999999999:orders".into();
    let mut stale = confirmation(&url);
    stale["Timestamp"] = "2027-01-15T06:00:00Z".into();
    let refused = [
        (signed(&foreign), "foreign_topic"),
        (
            signed_by(&Identity::of("sns.amazonaws.com").secret, &confirmation(&url)),
            "bad_signature",
        ),
        (altered(&good, "Token", &json!("other")), "bad_signature"),
        (
            altered(&good, "SubscribeURL", &json!("https://evil.example/")),
            "bad_signature",
        ),
        (
            altered(&good, "Type", &json!("UnsubscribeConfirmation")),
            "bad_signature",
        ),
        (signed(&stale), "stale_timestamp"),
    ];
    for (request, reason) in refused {
        let outcome = deliver(&layer, request).await;
        assert!(outcome.is_refused_for(reason), "{reason}: {outcome:?}");
    }
    let elsewhere = [
        "https://evil.example/?Action=ConfirmSubscription&Token=t",
        "http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t",
        "https://sns.eu-west-1.amazonaws.com.evil.example/?Action=ConfirmSubscription&Token=t",
        "https://sns.eu-west-1.amazonaws.com@evil.example/?Action=ConfirmSubscription&Token=t",
        "https://sns.s3-us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=t",
        "https://sns.eu-west-1.amazonaws.com/?Action=DeleteTopic&Token=t",
        "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t#@evil.example",
    ];
    for url in elsewhere {
        let outcome = deliver(&layer, signed(&confirmation(url))).await;
        assert!(outcome.is_refused_for("foreign_handshake"), "{url}: {outcome:?}");
    }
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn t145_a_hook_that_fails_has_sns_ask_again_and_without_one_nothing_comes_of_it() {
    let shelf = shelf();
    let request = signed(&confirmation(&format!(
        "{HOST}/?Action=ConfirmSubscription&Token=t"
    )));
    let failing = layer(sns(&shelf).on_confirmation(|_| async { Err("AWS does not answer".into()) }));
    let outcome = deliver(&failing, copy(&request)).await;
    assert_eq!(
        (outcome.status, outcome.reason),
        (StatusCode::SERVICE_UNAVAILABLE, Some("handshake_failed"))
    );
    let outcome = send(&shelf, request).await;
    assert_eq!((outcome.status, outcome.reached()), (StatusCode::OK, false));
}

#[tokio::test]
async fn t147_a_certificate_counts_for_its_owner_and_in_its_time() {
    let refused = [
        Identity::of("sns.example.com"),
        Identity::of("sns-signing.eu-west-1.amazonaws.com"),
        Identity::with("sns.amazonaws.com", |params| {
            params.not_after = rcgen::date_time_ymd(2027, 1, 15);
        }),
        Identity::with("sns.amazonaws.com", |params| {
            params.not_before = rcgen::date_time_ymd(2027, 1, 16);
        }),
    ];
    for identity in refused {
        let shelf = Shelf::with(CERTIFICATE, &identity.pem);
        let outcome = send(&shelf, signed_by(&identity.secret, &json!({"Message": "m"}))).await;
        assert!(outcome.is_refused_for("bad_signature"), "{outcome:?}");
    }
    let day = Identity::with("sns.amazonaws.com", |params| {
        params.not_before = rcgen::date_time_ymd(2027, 1, 15);
        params.not_after = rcgen::date_time_ymd(2027, 1, 16);
    });
    let shelf = Shelf::with(CERTIFICATE, &day.pem);
    assert!(
        send(&shelf, signed_by(&day.secret, &json!({"Message": "m"})))
            .await
            .reached()
    );
}

#[tokio::test]
async fn t147_the_name_is_that_of_the_topics_region() {
    for (region, domain, name) in [
        (
            "me-south-1",
            "amazonaws.com",
            "sns-signing.me-south-1.amazonaws.com",
        ),
        (
            "us-gov-east-1",
            "amazonaws.com",
            "sns-us-gov-west-1.amazonaws.com",
        ),
        (
            "cn-north-1",
            "amazonaws.com.cn",
            "sns-cn-north-1.amazonaws.com.cn",
        ),
    ] {
        let (identity, topic) = (
            Identity::of(name),
            format!("arn:aws:sns:{region}:123456789012:orders"),
        );
        let url = format!("https://sns.{region}.{domain}/SimpleNotificationService-0.pem");
        let shelf = Shelf::with(&url, &identity.pem);
        let own = || Sns::new(shelf.clone(), [topic.clone()]);
        let delivery = Delivery::new(AWS_SNS, "text").at(unix(NOW));
        let request = delivery.sign_as(&own(), &identity.secret).unwrap();
        assert!(deliver(&layer(own()), request).await.reached(), "{region}");
        assert_eq!(shelf.asked(), [url]);
    }
}

#[tokio::test(start_paused = true)]
async fn t147_a_certificate_that_cannot_be_had_is_unavailable() {
    let good = signed(&json!({"Message": "m"}));
    let ec = rcgen::generate_simple_self_signed(["sns.amazonaws.com".to_owned()]).unwrap();
    let missing = Shelf::default();
    let documents = [
        String::new(),
        "<html>".into(),
        ec.cert.pem(),
        AMAZON.pem.replace('M', "N"),
        "x".repeat(65 * 1024),
    ];
    let broken = documents
        .iter()
        .map(|document| Shelf::with(CERTIFICATE, document));
    let hanging = shelf();
    hanging.hang();
    for shelf in broken.chain([missing, hanging]) {
        let layer = layer(sns(&shelf));
        for _ in 0..50 {
            let outcome = deliver(&layer, copy(&good)).await;
            assert_eq!(
                (outcome.status, outcome.reason),
                (StatusCode::SERVICE_UNAVAILABLE, Some("secrets_unavailable"))
            );
            assert!(!outcome.reached());
        }
        assert_eq!(shelf.asked().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn t147_many_certificates_are_not_fetched_and_the_good_one_stays() {
    let shelf = shelf();
    let layer = layer(sns(&shelf));
    let good = signed(&json!({"Message": "m"}));
    assert!(deliver(&layer, copy(&good)).await.reached());
    for number in 0..500 {
        let url = format!("{HOST}/SimpleNotificationService-{number:032x}.pem");
        let outcome = deliver(&layer, altered(&good, "SigningCertURL", &json!(url))).await;
        assert_eq!(outcome.reason, Some("secrets_unavailable"));
    }
    assert_eq!(shelf.asked().len(), 16);
    assert!(deliver(&layer, good).await.reached());
    assert_eq!(shelf.asked().len(), 16);
}

#[tokio::test]
async fn the_time_is_judged_as_the_message_states_it() {
    let shelf = shelf();
    for (age, passes) in [(0, true), (3_600, true), (3_900, true), (3_901, false)] {
        let delivery = Delivery::new(AWS_SNS, "text").at(unix(NOW - age));
        let request = delivery.sign_as(&sns(&shelf), &AMAZON.secret).unwrap();
        let outcome = send(&shelf, request).await;
        assert_eq!(outcome.reached(), passes, "{age}: {outcome:?}");
        assert!(passes || outcome.reason == Some("stale_timestamp"));
    }
    let clock = ManualClock::at_unix(NOW);
    clock.lose();
    let lost = layer(sns(&shelf)).clock(clock);
    let outcome = deliver(&lost, signed(&json!({"Message": "m"}))).await;
    assert_eq!(outcome.reason, Some("clock_suspect"));
}

/// Whoever changes what nobody signs makes no other event, and no conflict for the genuine one.
#[tokio::test]
async fn an_unsigned_change_is_a_duplicate_of_the_same_event() {
    use tower::{Layer, ServiceExt, service_fn};
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let handler = service_fn(move |_: Request<http_body_util::Full<Bytes>>| {
        count.fetch_add(1, Ordering::SeqCst);
        async {
            Ok::<_, std::convert::Infallible>(http::Response::new(http_body_util::Full::<Bytes>::default()))
        }
    });
    let stack = layer(sns(&shelf())).layer(DedupLayer::new(MemoryStore::default()).layer(handler));
    let genuine = signed(&json!({"Message": "m"}));
    let changed = altered(&genuine, "UnsubscribeURL", &json!("https://evil.example/"));
    for request in [copy(&genuine), changed, genuine] {
        let response = stack
            .clone()
            .oneshot(request.map(http_body_util::Full::new))
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::OK);
    }
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_certificate_is_fetched_again_after_a_day() {
    let shelf = shelf();
    let layer = layer(sns(&shelf));
    let good = signed(&json!({"Message": "m"}));
    for (hours, fetched) in [(0, 1), (23, 1), (1, 2), (23, 2)] {
        tokio::time::advance(Duration::from_secs(hours * 3_600)).await;
        assert!(deliver(&layer, copy(&good)).await.reached());
        assert_eq!(shelf.asked().len(), fetched, "{hours}");
    }
}
