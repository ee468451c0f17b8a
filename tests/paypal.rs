//! PayPal: the text that is signed, each change of a byte, and threats 28, 143, 147 and 148; and a delivery over TCP through axum.
#![cfg(feature = "crc32fast")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod certs;

use std::sync::LazyLock;

use axum::Router;
use axum::routing::post;
use bytes::Bytes;
use certs::{Identity, Outcome, Shelf, copy, deliver, request_of, unix, vectors};
use http::{HeaderValue, Request, StatusCode};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tower_webhook::provider::PayPal;
use tower_webhook::provider::senders::PAYPAL;
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook::{
    Binding, ConfigErrorKind, DedupLayer, UnsignedBody, UnsignedWebhook, Verified, VerifyLayer,
};

const NOW: u64 = 1_800_000_000;
const WEBHOOK: &str = "4JH86294D6297924G";
const CERTIFICATE: &str = "https://api.paypal.com/v1/notifications/certs/CERT-0";
const SIGNER: &str = "messageverificationcerts.paypal.com";
const BODY: &str = r#"{"id":"WH-1","event_type":"PAYMENT.SALE.COMPLETED"}"#;

static OWNER: LazyLock<Identity> = LazyLock::new(|| Identity::of(SIGNER));

fn shelf() -> Shelf {
    Shelf::with(CERTIFICATE, &OWNER.pem)
}

fn paypal(shelf: &Shelf) -> PayPal {
    PayPal::live(shelf.clone(), WEBHOOK)
}

fn layer(paypal: PayPal) -> VerifyLayer {
    VerifyLayer::new(paypal).unwrap().clock(ManualClock::at_unix(NOW))
}

fn signed() -> Request<Bytes> {
    let delivery = Delivery::new(PAYPAL, BODY).at(unix(NOW)).id("t-1");
    delivery
        .sign_as(&paypal(&Shelf::default()), &OWNER.secret)
        .unwrap()
}

fn with(request: &Request<Bytes>, header: &'static str, value: &str) -> Request<Bytes> {
    let mut copy = copy(request);
    copy.headers_mut()
        .insert(header, HeaderValue::from_str(value).unwrap());
    copy
}

async fn send(shelf: &Shelf, request: Request<Bytes>) -> Outcome {
    deliver(&layer(paypal(shelf)), request).await
}

/// PayPal's SDK published a signed text without its certificate: what is signed of that delivery is this text.
#[tokio::test]
async fn the_published_delivery_signs_the_published_text() {
    for vector in vectors("paypal") {
        let request = request_of(&vector);
        let (head, body) = (request.headers(), request.body());
        let text = |name: &str| head[name].to_str().unwrap();
        let (id, time) = (text("paypal-transmission-id"), text("paypal-transmission-time"));
        let webhook = vector["webhook_id"].as_str().unwrap();
        let checksum = crc32(body);
        assert_eq!(
            format!("{id}|{time}|{webhook}|{checksum}"),
            vector["signed_string"].as_str().unwrap()
        );
        // With a certificate of another key its own signature is wrong, and one over this text is right.
        let url = text("paypal-cert-url").to_owned();
        let owner = Identity::with("messageverificationcerts.sandbox.paypal.com", |params| {
            // The layer is set to the time of the delivery, and the certificate counts then.
            params.not_before = rcgen::date_time_ymd(2010, 1, 1);
        });
        let clock = ManualClock::at_unix(vector["now"].as_u64().unwrap());
        let own = || PayPal::sandbox(Shelf::with(&url, &owner.pem), webhook);
        let layer = VerifyLayer::new(own()).unwrap().clock(clock);
        assert!(
            deliver(&layer, copy(&request))
                .await
                .is_refused_for("bad_signature")
        );
        let again = sign_text(&owner, vector["signed_string"].as_str().unwrap());
        assert!(
            deliver(&layer, with(&request, "paypal-transmission-sig", &again))
                .await
                .reached()
        );
    }
}

/// From the definition: the reflected polynomial 0xEDB88320, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| {
        if crc & 1 == 1 {
            crc >> 1 ^ 0xedb8_8320
        } else {
            crc >> 1
        }
    };
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
    !bytes.iter().fold(!0, byte)
}

/// Another body of the same length and CRC-32: the last four bytes are free, and each wanted checksum is reached by some.
fn same_checksum(start: &str, wanted: u32) -> Vec<u8> {
    let step_back = |crc: u32| {
        if crc >> 31 == 1 {
            (crc ^ 0xedb8_8320) << 1 | 1
        } else {
            crc << 1
        }
    };
    let now = !crc32(start.as_bytes());
    let before = (0..32).fold(!wanted, |crc, _| step_back(crc));
    let patch = (now ^ before).to_le_bytes();
    [start.as_bytes(), &patch].concat()
}

fn sign_text(owner: &Identity, text: &str) -> String {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
    use base64::Engine;
    let pair = RsaKeyPair::from_pkcs8(owner.secret.expose()).unwrap();
    let mut signature = vec![0; pair.public_modulus_len()];
    let random = SystemRandom::new();
    pair.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)
        .unwrap();
    base64::engine::general_purpose::STANDARD.encode(signature)
}

#[tokio::test]
async fn t148_handlers_get_an_unsigned_body_because_another_body_has_the_same_checksum() {
    let shelf = shelf();
    let outcome = send(&shelf, signed()).await;
    let proof = outcome.unsigned.unwrap();
    assert!(outcome.verified.is_none());
    assert_eq!(proof.binding(), Binding::Checksum);
    assert!(!proof.id().unwrap().is_signed());
    assert!(proof.timestamp().unwrap().is_signed());
    // The forgery: captured headers, and a body of the forger's.
    let forged = (0..u32::MAX).find_map(|nonce| {
        let start = format!(r#"{{"id":"WH-forged","event_type":"X","pad":"{nonce}"#);
        let whole = forge_json(&start, crc32(BODY.as_bytes()))?;
        serde_json::from_slice::<serde_json::Value>(&whole)
            .ok()
            .map(|_| whole)
    });
    let outcome = send(&shelf, copy(&signed()).map(|_| forged.unwrap().into())).await;
    let taken = outcome.unsigned.unwrap();
    assert_eq!(
        *taken.id().unwrap().value(),
        "WH-forged",
        "the type is what keeps it from being believed"
    );
    assert!(outcome.verified.is_none());
}

/// A JSON document with four free bytes within its last string.
fn forge_json(start: &str, wanted: u32) -> Option<Vec<u8>> {
    let step_back = |crc: u32| {
        if crc >> 31 == 1 {
            (crc ^ 0xedb8_8320) << 1 | 1
        } else {
            crc << 1
        }
    };
    let back = |crc: u32, byte: &u8| (0..8).fold(crc, |crc, _| step_back(crc)) ^ u32::from(*byte);
    let before_end = b"\"}".iter().rev().fold(!wanted, back);
    let patch = same_checksum(start, !before_end).split_off(start.len());
    let plain = patch
        .iter()
        .all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(byte));
    plain.then(|| [start.as_bytes(), &patch, b"\"}"].concat())
}

#[tokio::test]
async fn each_change_of_one_byte_is_refused() {
    let (layer, request) = (layer(paypal(&shelf())), signed());
    assert!(deliver(&layer, copy(&request)).await.reached());
    for (position, flip) in (0..BODY.len()).flat_map(|at| [(at, 1), (at, 0x80)]) {
        let mut body = BODY.as_bytes().to_vec();
        body[position] ^= flip;
        let outcome = deliver(&layer, copy(&request).map(|_| body.into())).await;
        assert!(
            outcome.is_refused_for("bad_signature"),
            "byte {position}: {outcome:?}"
        );
    }
    for header in [
        "paypal-transmission-sig",
        "paypal-transmission-id",
        "paypal-transmission-time",
        "paypal-cert-url",
    ] {
        let value = request.headers()[header].as_bytes().to_vec();
        for position in 0..value.len() {
            let mut bytes = value.clone();
            bytes[position] ^= 1;
            let mut changed = copy(&request);
            let Ok(value) = HeaderValue::from_bytes(&bytes) else {
                continue;
            };
            changed.headers_mut().insert(header, value);
            let outcome = deliver(&layer, changed).await;
            assert!(!outcome.reached(), "byte {position} of {header}: {outcome:?}");
        }
        let mut without = copy(&request);
        without.headers_mut().remove(header);
        assert!(
            deliver(&layer, without).await.is_refused_for("missing_header"),
            "{header}"
        );
        let mut twice = copy(&request);
        let value = request.headers()[header].clone();
        twice.headers_mut().append(header, value);
        assert!(
            deliver(&layer, twice).await.is_refused_for("duplicate_header"),
            "{header}"
        );
    }
}

#[tokio::test]
async fn t028_the_algorithm_that_a_delivery_names_is_of_no_account() {
    let (shelf, request) = (shelf(), signed());
    for algorithm in ["none", "SHA1withRSA", "HS256", "SHA256withRSA"] {
        assert!(
            send(&shelf, with(&request, "paypal-auth-algo", algorithm))
                .await
                .reached()
        );
        let wrong =
            with(&request, "paypal-auth-algo", algorithm).map(|_| Bytes::from_static(b"{\"id\":\"WH-2\"}"));
        assert!(send(&shelf, wrong).await.is_refused_for("bad_signature"));
    }
    let mut unnamed = request;
    unnamed.headers_mut().remove("paypal-auth-algo");
    assert!(send(&shelf, unnamed).await.reached());
}

#[tokio::test]
async fn t143_a_foreign_certificate_is_refused_and_nothing_is_fetched() {
    let shelf = Shelf::default();
    let urls = [
        "https://evil.example/v1/notifications/certs/CERT-0",
        "http://api.paypal.com/v1/notifications/certs/CERT-0",
        "https://api.paypal.com.evil.example/v1/notifications/certs/CERT-0",
        "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-0",
        "https://api.paypal.com:444/v1/notifications/certs/CERT-0",
        "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-0",
        "https://www.paypal.com/v1/notifications/certs/CERT-0",
        "https://api.paypal.com/v1/notifications/certs/",
        "https://api.paypal.com/v1/notifications/certs/a/CERT-0",
        "https://api.paypal.com/v1/notifications/certs/../CERT-0",
        "https://api.paypal.com/v1/other/CERT-0",
        "https://api.paypal.com/v1/notifications/certs/CERT-0#a",
        "https://api.paypal.com/v1/notifications/certs/CERT-0?a=b",
        "https://198.51.100.7/v1/notifications/certs/CERT-0",
    ];
    for url in urls {
        shelf.put(url, &OWNER.pem);
        let outcome = send(&shelf, with(&signed(), "paypal-cert-url", url)).await;
        assert!(outcome.is_refused_for("foreign_key_url"), "{url}: {outcome:?}");
    }
    assert!(shelf.asked().is_empty());
}

#[tokio::test]
async fn t147_a_certificate_counts_for_its_owner_and_in_its_time() {
    let sign = |owner: &Identity| {
        let delivery = Delivery::new(PAYPAL, BODY).at(unix(NOW)).id("t-1");
        delivery
            .sign_as(&paypal(&Shelf::default()), &owner.secret)
            .unwrap()
    };
    let refused = [
        Identity::of("www.paypal.com"),
        Identity::of("messageverificationcerts.sandbox.paypal.com"),
        Identity::of("messageverificationcerts.paypal.com.evil.example"),
        Identity::with(SIGNER, |params| {
            params.not_after = rcgen::date_time_ymd(2027, 1, 15);
        }),
        Identity::with(SIGNER, |params| {
            params.not_before = rcgen::date_time_ymd(2027, 1, 16);
        }),
    ];
    for owner in refused {
        let outcome = send(&Shelf::with(CERTIFICATE, &owner.pem), sign(&owner)).await;
        assert!(outcome.is_refused_for("bad_signature"), "{outcome:?}");
    }
    // Its first and its last moment, and a name that stands beside the subject's alone.
    let barely = Identity::with(SIGNER, |params| {
        params.distinguished_name = rcgen::DistinguishedName::new();
        (params.not_before, params.not_after) = (unix(NOW).into(), unix(NOW).into());
    });
    assert!(
        send(&Shelf::with(CERTIFICATE, &barely.pem), sign(&barely))
            .await
            .reached()
    );
    let outcome = send(&Shelf::default(), sign(&OWNER)).await;
    assert_eq!(
        (outcome.status, outcome.reached()),
        (StatusCode::SERVICE_UNAVAILABLE, false)
    );
}

#[tokio::test]
async fn what_separates_the_signed_parts_stands_in_none_of_them() {
    let request = with(&signed(), "paypal-transmission-id", "t|1");
    assert!(send(&shelf(), request).await.is_refused_for("malformed_header"));
    for id in ["", "a|b", "WH 1"] {
        let error = VerifyLayer::new(PayPal::live(Shelf::default(), id)).unwrap_err();
        assert_eq!(error.kind(), ConfigErrorKind::Topic, "{id}");
    }
}

#[tokio::test]
async fn the_time_is_judged_within_a_day() {
    for (age, passes) in [(0, true), (86_400, true), (86_401, false)] {
        let delivery = Delivery::new(PAYPAL, BODY).at(unix(NOW - age));
        let request = delivery
            .sign_as(&paypal(&Shelf::default()), &OWNER.secret)
            .unwrap();
        let outcome = send(&shelf(), request).await;
        assert_eq!(outcome.reached(), passes, "{age}: {outcome:?}");
    }
}

/// A real server and a real client: the first delivery is handled, a repeat is not, a changed one is refused, and a handler
/// that asks for a signed event gets none.
#[tokio::test]
async fn over_tcp_through_axum() {
    async fn handle(proof: UnsignedBody, UnsignedWebhook(body): UnsignedWebhook<Bytes>) -> String {
        format!("{} {}", proof.id().unwrap().value(), body.len())
    }
    async fn believe(_: Verified) -> &'static str {
        "never"
    }
    let layers = (layer(paypal(&shelf())), DedupLayer::new(MemoryStore::default()));
    let app = Router::new()
        .route("/paypal", post(handle).layer(layers))
        .route("/believed", post(believe).layer(layer(paypal(&shelf()))));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let at = |path: &str, body: &'static str| {
        let mut request = copy(&signed()).map(|_| Full::new(Bytes::from_static(body.as_bytes())));
        *request.uri_mut() = format!("http://{address}{path}").parse().unwrap();
        client.request(request)
    };
    let whole = |response: hyper::Response<hyper::body::Incoming>| async move {
        use http_body_util::BodyExt;
        (
            response.status(),
            response.into_body().collect().await.unwrap().to_bytes(),
        )
    };
    let first = whole(at("/paypal", BODY).await.unwrap()).await;
    assert_eq!(first, (StatusCode::OK, format!("WH-1 {}", BODY.len()).into()));
    let repeated = whole(at("/paypal", BODY).await.unwrap()).await;
    assert_eq!(repeated, (StatusCode::OK, Bytes::new()));
    let changed = at(
        "/paypal",
        r#"{"id":"WH-2","event_type":"PAYMENT.SALE.COMPLETED"}"#,
    )
    .await
    .unwrap();
    assert_eq!(changed.status(), StatusCode::UNAUTHORIZED);
    let believed = at("/believed", BODY).await.unwrap();
    assert_eq!(believed.status(), StatusCode::INTERNAL_SERVER_ERROR);
    server.abort();
}
