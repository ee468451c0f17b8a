//! What each rule adds: what it refuses beside a wrong signature, and what its signer signs.

use std::convert::Infallible;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use sha2::{Digest, Sha256};
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::provider::Scheme;
use tower_webhook::provider::senders::{
    ADYEN, Adyen, BOX, BRAINTREE, BoxWebhooks, Braintree, CONTENTFUL, Contentful, HUBSPOT, HUBSPOT_V1,
    HUBSPOT_V2, HubSpot, MAILGUN, MANDRILL, Mailgun, Mandrill, TWILIO, Twilio,
};
use tower_webhook::testing::Delivery;
use tower_webhook::{Binding, ConfigErrorKind, Reason, Secret, Secrets, Tenants, Verified, VerifyLayer};

use super::case::{layer, send};

pub const NOW: u64 = 1_800_000_000;
/// Text, hexadecimal and 64 characters long: a key for each of these senders.
pub const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const OTHER: &str = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
pub const URL: &str = "https://hooks.example.com/in";
pub const ADYEN_BODY: &str = r#"{"notificationItems":[{"NotificationRequestItem":{"pspReference":"p","merchantReference":"r","amount":{"value":1,"currency":"EUR"},"eventCode":"AUTHORISATION","success":"true"}}]}"#;

pub fn key() -> Secret {
    Secret::new(KEY).unwrap()
}

pub fn delivery(scheme: Scheme, body: &str) -> Delivery {
    Delivery::new(scheme, body.to_owned())
        .at(UNIX_EPOCH + Duration::from_secs(NOW))
        .uri("/in?a=1&b=%2F")
}

/// Signs with old and new secrets, for one and for several, for tenants and for nobody.
async fn keeps_its_word(
    make: impl Fn(Secrets) -> VerifyLayer,
    tenants: impl Fn(Tenants) -> VerifyLayer,
    signed: impl Fn(&Secret) -> Request<Bytes>,
) {
    let other = Secret::new(OTHER).unwrap();
    let (old, new) = (signed(&key()).map(Full::new), signed(&other).map(Full::new));
    let both = || Secrets::from(other.clone()).and_secret(key()).unwrap();
    assert_eq!(send(make(both()), old.clone()).await.status, 204);
    assert_eq!(send(make(both()), new.clone()).await.status, 204);
    assert_eq!(send(make(key().into()), old.clone()).await.status, 204);
    let refused = send(make(key().into()), new.clone()).await;
    assert_eq!(
        (refused.status, refused.reason),
        (401, Some(Reason::BadSignature))
    );
    let table = Tenants::new(|head| head.headers.get("x-tenant").map(|_| "acme".to_owned()));
    table.insert("acme", key()).unwrap();
    let unknown = send(tenants(table.clone()), old.clone()).await;
    assert_eq!(
        (unknown.status, unknown.reason),
        (401, Some(Reason::UnknownTenant))
    );
    assert_eq!(unknown.body, refused.body);
    let mut known = old;
    known
        .headers_mut()
        .insert("x-tenant", HeaderValue::from_static("acme"));
    let outcome = send(tenants(table), known).await;
    // Contentful signs each header, and this one was not there.
    assert_eq!(outcome.status, 204, "{outcome:?}");
}

macro_rules! keeps {
    ($secrets:ident => $provider:expr, $delivery:expr) => {{
        let sign = |secret: &Secret| {
            let $secrets = key();
            $delivery.sign_as(&$provider, secret).unwrap()
        };
        keeps_its_word(
            |$secrets| layer($provider, NOW),
            |$secrets| layer($provider, NOW),
            sign,
        )
        .await;
    }};
}

#[tokio::test]
async fn each_keeps_what_every_sender_keeps() {
    keeps!(secrets => Twilio::new(secrets).public_url(URL), delivery(TWILIO, "To=1&From=2&To=3").form());
    keeps!(secrets => Twilio::new(secrets).public_url(URL), delivery(TWILIO, "{}"));
    keeps!(secrets => Mandrill::new(secrets).public_url(URL), delivery(MANDRILL, "mandrill_events=[]").form());
    keeps!(secrets => HubSpot::new(secrets).public_url(URL), delivery(HUBSPOT, "[{}]"));
    keeps!(secrets => HubSpot::v2(secrets).public_url(URL), delivery(HUBSPOT_V2, "[{}]"));
    keeps!(secrets => HubSpot::v1(secrets), delivery(HUBSPOT_V1, "[{}]"));
    keeps!(secrets => Contentful::new(secrets).public_url(URL), delivery(CONTENTFUL, "{}"));
    keeps!(secrets => BoxWebhooks::new(secrets), delivery(BOX, r#"{"id":"1"}"#));
    keeps!(secrets => Adyen::new(secrets), delivery(ADYEN, ADYEN_BODY));
    keeps!(secrets => Braintree::new("public", secrets), delivery(BRAINTREE, "<notification/>"));
    keeps!(secrets => Mailgun::new(secrets), delivery(MAILGUN, r#"{"event":"opened"}"#));
    keeps!(secrets => Mailgun::new(secrets), delivery(MAILGUN, "event=opened").form());
}

#[test]
fn the_binding_is_what_the_rule_covers() {
    for scheme in [TWILIO, MANDRILL, HUBSPOT, HUBSPOT_V1, HUBSPOT_V2, CONTENTFUL, BOX] {
        assert_eq!(scheme.binding(), Binding::Body, "{}", scheme.name());
    }
    assert_eq!(ADYEN.binding(), Binding::Fields);
    assert_eq!(BRAINTREE.binding(), Binding::Fields);
    assert_eq!(MAILGUN.binding(), Binding::Envelope);
}

#[test]
fn what_can_be_known_to_be_wrong_is_refused_at_the_start() {
    let kind = |made: Result<VerifyLayer, tower_webhook::ConfigError>| made.unwrap_err().kind();
    let short = || Secret::new("a secret of another length").unwrap();
    assert_eq!(
        kind(VerifyLayer::new(Twilio::new(key()))),
        ConfigErrorKind::PublicUrl
    );
    assert_eq!(
        kind(VerifyLayer::new(HubSpot::new(key()))),
        ConfigErrorKind::PublicUrl
    );
    assert_eq!(
        kind(VerifyLayer::new(HubSpot::v2(key()))),
        ConfigErrorKind::PublicUrl
    );
    assert_eq!(
        kind(VerifyLayer::new(Mandrill::new(key()))),
        ConfigErrorKind::PublicUrl
    );
    assert_eq!(
        kind(VerifyLayer::new(Contentful::new(key()))),
        ConfigErrorKind::PublicUrl
    );
    let contentful = Contentful::new(short()).public_url(URL);
    assert_eq!(
        kind(VerifyLayer::new(contentful)),
        ConfigErrorKind::UndecodableSecret
    );
    assert_eq!(
        kind(VerifyLayer::new(Adyen::new(short()))),
        ConfigErrorKind::UndecodableSecret
    );
    let long = |bytes| "k".repeat(bytes);
    assert!(VerifyLayer::new(Braintree::new(long(128), key())).is_ok());
    for public_key in ["", "a|b", "a b", "\u{e9}", &long(129)] {
        let braintree = Braintree::new(public_key, key());
        assert_eq!(
            kind(VerifyLayer::new(braintree)),
            ConfigErrorKind::UndecodableSecret
        );
    }
    let zero = Mailgun::new(key()).tolerance(Duration::ZERO);
    assert_eq!(kind(VerifyLayer::new(zero)), ConfigErrorKind::Tolerance);
    let soon = Adyen::new(key()).retention(Duration::from_secs(60));
    assert_eq!(kind(VerifyLayer::new(soon)), ConfigErrorKind::Retention);
}

#[tokio::test]
async fn t028_an_older_signature_of_hubspots_is_never_a_way_in() {
    let v1 = HubSpot::v1(key());
    let old = delivery(HUBSPOT_V1, "[{}]").sign_as(&v1, &key()).unwrap();
    let hubspot = || layer(HubSpot::new(key()).public_url(URL), NOW);
    let refused = send(hubspot(), old.clone().map(Full::new)).await;
    assert_eq!(refused.reason, Some(Reason::MissingHeader));
    let new = delivery(HUBSPOT, "[{}]");
    let mut both = new.sign_as(&HubSpot::new(key()).public_url(URL), &key()).unwrap();
    both.headers_mut().insert(
        "x-hubspot-signature",
        old.headers()["x-hubspot-signature"].clone(),
    );
    assert_eq!(send(hubspot(), both.clone().map(Full::new)).await.status, 204);
    both.headers_mut()
        .insert("x-hubspot-signature-v3", HeaderValue::from_static("AAAA"));
    assert_eq!(
        send(hubspot(), both.map(Full::new)).await.reason,
        Some(Reason::MalformedHeader)
    );
    let v2 = layer(HubSpot::v2(key()).public_url(URL), NOW);
    assert_eq!(
        send(v2, old.map(Full::new)).await.reason,
        Some(Reason::UnsupportedVersion)
    );
}

/// A plain hash can be carried on over its own filling by whoever knows the hash and the length: no secret is needed. Here it is
/// made with the secret, which gives the same value.
#[tokio::test]
async fn a_hash_of_hubspots_that_was_carried_on_is_refused() {
    let body = b"[{}]";
    let signed_bytes = KEY.len() + body.len();
    let mut longer = body.to_vec();
    longer.push(0x80);
    while (KEY.len() + longer.len()) % 64 != 56 {
        longer.push(0);
    }
    longer.extend_from_slice(&(8 * signed_bytes as u64).to_be_bytes());
    longer.extend_from_slice(b"[{\"forged\":true}]");
    let hash = Sha256::digest([KEY.as_bytes(), &longer].concat());
    let mut request = Request::post("/").body(Full::new(Bytes::from(longer))).unwrap();
    let text = hex::encode(hash).parse().unwrap();
    request.headers_mut().insert("x-hubspot-signature", text);
    let outcome = send(layer(HubSpot::v1(key()), NOW), request).await;
    assert_eq!(
        (outcome.status, outcome.reason),
        (401, Some(Reason::BadSignature))
    );
}

#[tokio::test]
async fn what_moves_from_hubspots_body_into_its_url_is_refused() {
    for (make, scheme) in [
        (HubSpot::v2 as fn(Secret) -> HubSpot, HUBSPOT_V2),
        (HubSpot::new, HUBSPOT),
    ] {
        let provider = make(key()).public_url(URL);
        let signed = Delivery::new(scheme, r#"[{"a":1}]"#)
            .uri("/in?q")
            .at(delivery(scheme, "").time());
        let genuine = signed.sign_as(&provider, &key()).unwrap();
        let whole = genuine.clone().map(Full::new);
        assert_eq!(
            send(layer(make(key()).public_url(URL), NOW), whole).await.status,
            204
        );
        for cut in 1..=9 {
            let (front, rest) = r#"[{"a":1}]"#.split_at(cut);
            let mut moved = genuine
                .clone()
                .map(|_| Full::new(Bytes::copy_from_slice(rest.as_bytes())));
            let Ok(uri) = format!("/in?q{front}").parse() else {
                continue;
            };
            *moved.uri_mut() = uri;
            let outcome = send(layer(make(key()).public_url(URL), NOW), moved).await;
            assert_eq!(outcome.status, 401, "{cut}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn every_item_of_adyens_must_be_signed_by_one_key() {
    let adyen = || layer(Adyen::new(Secrets::from(key()).and(OTHER).unwrap()), NOW);
    let item = |secret: &Secret| {
        let signed = delivery(ADYEN, ADYEN_BODY)
            .sign_as(&Adyen::new(key()), secret)
            .unwrap();
        let document: serde_json::Value = serde_json::from_slice(signed.body()).unwrap();
        document["notificationItems"][0].clone()
    };
    let other = Secret::new(OTHER).unwrap();
    let mut unsigned = item(&key());
    unsigned["NotificationRequestItem"]["additionalData"] = serde_json::json!({});
    let (one, two) = (item(&key()), item(&other));
    let mut forged = one.clone();
    forged["NotificationRequestItem"]["amount"]["value"] = 2.into();
    let outcome = async |items: &[&serde_json::Value]| {
        let body = serde_json::json!({ "live": "false", "notificationItems": items }).to_string();
        send(adyen(), Request::post("/").body(Full::new(body.into())).unwrap()).await
    };
    let captured = delivery(ADYEN, &ADYEN_BODY.replace("AUTHORISATION", "CAPTURE"))
        .sign_as(&Adyen::new(key()), &key())
        .unwrap();
    let captured: serde_json::Value = serde_json::from_slice(captured.body()).unwrap();
    let three = &captured["notificationItems"][0];
    assert_eq!(outcome(&[&one, three]).await.status, 204);
    for repeated in [&[&one, &one][..], &[&one, three, &one]] {
        assert_eq!(outcome(repeated).await.reason, Some(Reason::MalformedHeader));
    }
    assert_eq!(outcome(&[&two]).await.status, 204);
    assert_eq!(outcome(&[&one, &two]).await.reason, Some(Reason::BadSignature));
    assert_eq!(outcome(&[&one, &forged]).await.reason, Some(Reason::BadSignature));
    assert_eq!(
        outcome(&[&one, &unsigned]).await.reason,
        Some(Reason::MissingHeader)
    );
    assert_eq!(outcome(&[]).await.reason, Some(Reason::MalformedHeader));
    assert_eq!(
        outcome(&vec![&one; 101]).await.reason,
        Some(Reason::MalformedHeader)
    );
}

#[tokio::test]
async fn a_field_of_adyens_that_stands_twice_or_holds_a_colon_is_refused() {
    let signed = delivery(ADYEN, ADYEN_BODY)
        .sign_as(&Adyen::new(key()), &key())
        .unwrap();
    let text = std::str::from_utf8(signed.body()).unwrap();
    let outcome = async |from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        let body = text.replacen(from, to, 1);
        let request = Request::post("/").body(Full::new(Bytes::from(body))).unwrap();
        send(layer(Adyen::new(key()), NOW), request).await
    };
    for (from, to) in [
        (
            r#""pspReference":"p""#,
            r#""pspReference":"x","pspReference":"p""#,
        ),
        (r#""value":1"#, r#""value":9,"value":1"#),
        (
            r#""notificationItems":"#,
            r#""notificationItems":[],"notificationItems":"#,
        ),
        (r#""currency":"EUR""#, r#""currency":"EUR:AUTHORISATION""#),
    ] {
        assert_eq!(outcome(from, to).await.status, 401, "{to}");
    }
    let body = |reference: &str, value: u32, currency: &str| {
        let body = ADYEN_BODY.replace(r#""r""#, &format!("{reference:?}"));
        body.replace(
            r#""value":1,"currency":"EUR""#,
            &format!(r#""value":{value},"currency":{currency:?}"#),
        )
    };
    let genuine = body("r:5", 1, "EUR");
    let genuine = delivery(ADYEN, &genuine)
        .sign_as(&Adyen::new(key()), &key())
        .unwrap();
    assert_eq!(
        send(layer(Adyen::new(key()), NOW), genuine.clone().map(Full::new))
            .await
            .status,
        204
    );
    // `p:::r:5:1:EUR:…` is the text of both.
    let document: serde_json::Value = serde_json::from_slice(genuine.body()).unwrap();
    let signature = &document["notificationItems"][0]["NotificationRequestItem"]["additionalData"];
    let mut split: serde_json::Value = serde_json::from_str(&body("r", 5, "1:EUR")).unwrap();
    split["notificationItems"][0]["NotificationRequestItem"]["additionalData"] = signature.clone();
    let split = genuine.map(|_| Full::new(split.to_string().into()));
    let refused = send(layer(Adyen::new(key()), NOW), split).await;
    assert_eq!(refused.reason, Some(Reason::MalformedHeader));
    let unsigned = outcome(r#""success":"true""#, r#""reason":"anybody's","success":"true""#).await;
    assert_eq!(unsigned.status, 204);
}

#[tokio::test]
async fn boxs_keys_are_replaced_in_turn_and_the_message_chooses_no_algorithm() {
    let keys = Secrets::from(key()).and(OTHER).unwrap();
    let signed = delivery(BOX, r#"{"id":"1"}"#)
        .sign_as(&BoxWebhooks::new(key()), &keys)
        .unwrap();
    for secret in [KEY, OTHER] {
        let one = layer(BoxWebhooks::new(Secret::new(secret).unwrap()), NOW);
        assert_eq!(send(one, signed.clone().map(Full::new)).await.status, 204);
    }
    // Where both match, it is the first that did.
    let handler = service_fn(async |request: Request<Full<Bytes>>| {
        let proof = request.extensions().get::<Verified>().unwrap();
        let index = Bytes::from(proof.secret_index().to_string());
        Ok::<_, Infallible>(Response::new(Full::new(index)))
    });
    let both = layer(BoxWebhooks::new(keys), NOW).layer(handler);
    let matched = both.oneshot(signed.clone().map(Full::new)).await.unwrap();
    let index = matched.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(index, "0");
    // One signature shown twice counts as it does once.
    let mut twice = signed.clone();
    let primary = twice.headers()["box-signature-primary"].clone();
    twice.headers_mut().insert("box-signature-secondary", primary);
    let boxed = || layer(BoxWebhooks::new(key()), NOW);
    assert_eq!(send(boxed(), twice.map(Full::new)).await.status, 204);
    for (name, value, reason) in [
        ("box-signature-algorithm", "none", Reason::UnsupportedVersion),
        ("box-signature-version", "2", Reason::UnsupportedVersion),
        ("box-signature-secondary", "AAAA", Reason::MalformedHeader),
    ] {
        let mut other = signed.clone();
        other.headers_mut().insert(name, HeaderValue::from_static(value));
        assert_eq!(
            send(boxed(), other.map(Full::new)).await.reason,
            Some(reason),
            "{name}"
        );
    }
    let mut bare = signed;
    bare.headers_mut().remove("box-signature-primary");
    bare.headers_mut().remove("box-signature-secondary");
    assert_eq!(
        send(boxed(), bare.map(Full::new)).await.reason,
        Some(Reason::MissingHeader)
    );
}

#[tokio::test]
async fn no_line_break_of_boxs_is_written_out() {
    let ascii = "{\n\"id\":\"\\u00e9\"}";
    let signed = delivery(BOX, ascii)
        .sign_as(&BoxWebhooks::new(key()), &key())
        .unwrap();
    let written = signed.map(|_| Full::from("{\n\"id\":\"é\"}"));
    let outcome = send(layer(BoxWebhooks::new(key()), NOW), written).await;
    assert_eq!(outcome.reason, Some(Reason::BadSignature));
}

/// Both of its texts are the message, so a key that signed both has signed it.
#[tokio::test]
async fn a_key_of_boxs_may_sign_the_body_as_it_is_and_as_it_is_written_out() {
    let sign = |body| {
        delivery(BOX, body)
            .sign_as(&BoxWebhooks::new(key()), &key())
            .unwrap()
    };
    let (mut signed, written_out) = (sign(r#"{"id":"é"}"#), sign(r#"{"id":"\u00e9"}"#));
    let other = written_out.headers()["box-signature-primary"].clone();
    assert_ne!(signed.headers()["box-signature-primary"], other);
    signed.headers_mut().insert("box-signature-secondary", other);
    let outcome = send(layer(BoxWebhooks::new(key()), NOW), signed.map(Full::new)).await;
    assert_eq!(outcome.status, 204, "{outcome:?}");
}

#[tokio::test]
async fn as_many_signatures_of_braintrees_are_tried_as_of_anybodys() {
    let provider = || Braintree::new("public", key());
    let signed = delivery(BRAINTREE, "<notification/>")
        .sign_as(&provider(), &key())
        .unwrap();
    let text = std::str::from_utf8(signed.body()).unwrap();
    let (before, after) = text.split_once("bt_signature=").unwrap();
    for (more, reason) in [(15, None), (16, Some(Reason::TooManySignatures))] {
        let others = format!("other%7C{}%26", "0".repeat(40)).repeat(more);
        let body = format!("{before}bt_signature={others}{after}");
        let outcome = send(layer(provider(), NOW), signed.clone().map(|_| Full::from(body))).await;
        assert_eq!(outcome.reason, reason, "{outcome:?}");
    }
}

#[tokio::test]
async fn an_answer_to_a_challenge_of_braintrees_is_no_signature_of_an_event() {
    let provider = || layer(Braintree::new("public", key()), NOW);
    let challenge = "0123456789abcdef0123456789abcdef";
    let asked = Request::get(format!("/?bt_challenge={challenge}"))
        .body(Full::default())
        .unwrap();
    let answer = send(provider(), asked).await;
    assert_eq!(answer.status, 200);
    let signature = String::from_utf8(answer.body.to_vec())
        .unwrap()
        .replace('|', "%7C");
    let body = format!("bt_signature={signature}&bt_payload={challenge}");
    let mut request = Request::post("/").body(Full::new(Bytes::from(body))).unwrap();
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert("content-type", form);
    assert_eq!(send(provider(), request).await.reason, Some(Reason::BadSignature));
}

/// Signed by Contentful's own toolkit, as a test of Prismatic's Contentful component publishes it.
#[tokio::test]
async fn what_contentfuls_toolkit_signs_verifies() {
    let secret = Secret::new(format!("{}{}", "a".repeat(32), "b".repeat(32))).unwrap();
    let body = r#"{"sys":{"id":"5KsDBWseXY6QegucYAoacS","type":"Entry"},"fields":{"title":{"en-US":"Hello, World!"}}}"#;
    let request = |body: &str| {
        let target = "/trigger/SW5zdGFuY2VGbG93Q29uZmlnOjE=";
        let headers = [
            ("content-type", "application/vnd.contentful.management.v1+json"),
            ("x-contentful-topic", "ContentManagement.Entry.publish"),
            (
                "x-contentful-signature",
                "8dec81505760a10b542fbc36d3aa0a772b11f759eca7b2351daaf5bba8c7c6f1",
            ),
            (
                "x-contentful-signed-headers",
                "content-type,x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic",
            ),
            ("x-contentful-timestamp", "1767225600000"),
        ];
        let request = headers
            .into_iter()
            .fold(Request::post(target), |request, (name, value)| {
                request.header(name, value)
            });
        request
            .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))
            .unwrap()
    };
    let contentful = || Contentful::new(secret.clone()).public_url("https://hooks.example.com");
    assert_eq!(
        send(layer(contentful(), 1_767_225_601), request(body))
            .await
            .status,
        204
    );
    let other = body.replace("Hello", "Hallo");
    let refused = send(layer(contentful(), 1_767_225_601), request(&other)).await;
    assert_eq!(refused.reason, Some(Reason::BadSignature));
}

#[tokio::test]
async fn contentfuls_list_of_headers_must_hold_itself_and_the_time() {
    let provider = || Contentful::new(key()).public_url(URL);
    let genuine = delivery(CONTENTFUL, "{}").sign_as(&provider(), &key()).unwrap();
    let list = genuine.headers()["x-contentful-signed-headers"]
        .to_str()
        .unwrap()
        .to_owned();
    let without = |name: &str| {
        list.split(',')
            .filter(|one| *one != name)
            .collect::<Vec<_>>()
            .join(",")
    };
    let mut reversed: Vec<_> = list.split(',').collect();
    reversed.reverse();
    for bad in [
        without("x-contentful-timestamp"),
        without("x-contentful-signed-headers"),
        reversed.join(","),
        format!("{list},x-contentful-topic"),
        list.replace("content-type", "content-type,content-type"),
    ] {
        let mut request = genuine.clone();
        let value = HeaderValue::from_str(&bad).unwrap();
        request.headers_mut().insert("x-contentful-signed-headers", value);
        let outcome = send(layer(provider(), NOW), request.map(Full::new)).await;
        assert_eq!(outcome.reason, Some(Reason::MalformedHeader), "{bad}");
    }
    let mut twice = genuine;
    twice
        .headers_mut()
        .append("x-contentful-topic", HeaderValue::from_static("test"));
    let outcome = send(layer(provider(), NOW), twice.map(Full::new)).await;
    assert_eq!(outcome.reason, Some(Reason::DuplicateHeader));
}
