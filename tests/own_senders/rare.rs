//! What is hardly ever sent: taken where the sender means it, and refused where it only looks like it.

use aws_lc_rs::digest;
use bytes::Bytes;
use http::{HeaderValue, Request};
use http_body_util::Full;
use tower_webhook::provider::senders::{
    ADYEN, Adyen, BRAINTREE, Braintree, HUBSPOT_V2, HubSpot, Mandrill, TWILIO, Twilio,
};
use tower_webhook::provider::{Scheme, header};
use tower_webhook::testing::Delivery;
use tower_webhook::{Reason, Secret};

use super::case::{layer, send};
use super::rules::{ADYEN_BODY, KEY, NOW, URL, delivery, key};

#[tokio::test]
async fn hubspots_body_is_missing_only_where_its_method_has_none() {
    let provider = || HubSpot::v2(key()).public_url(URL);
    for (method, body, status) in [
        ("GET", "", 204),
        ("POST", "", 401),
        ("GET", " ", 401),
        ("POST", " ", 401),
    ] {
        let request = Request::builder().method(method).uri("/in");
        let request = request.body(Bytes::from_static(body.as_bytes())).unwrap();
        let signed = Delivery::captured(HUBSPOT_V2, &request)
            .sign_as(&provider(), &key())
            .unwrap();
        let outcome = send(layer(provider(), NOW), signed.map(Full::new)).await;
        assert_eq!(outcome.status, status, "{method} {body:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn mandrills_new_webhook_is_found_there_by_head_alone() {
    for (method, answer) in [
        ("HEAD", (200, None)),
        ("GET", (405, Some(Reason::Method))),
        ("POST", (401, Some(Reason::MissingHeader))),
    ] {
        let asked = Request::builder().method(method).uri("/in");
        let layer = layer(Mandrill::new(key()).public_url(URL), NOW);
        let outcome = send(layer, asked.body(Full::default()).unwrap()).await;
        assert_eq!((outcome.status, outcome.reason), answer, "{method}");
    }
}

/// The type is nobody's word, and what a form would be is not what is signed of any other body.
#[tokio::test]
async fn a_body_of_twilios_that_is_called_no_form_must_be_signed_by_its_hash() {
    let provider = || Twilio::new(key()).public_url(URL);
    let mut signed = delivery(TWILIO, "A=1")
        .form()
        .sign_as(&provider(), &key())
        .unwrap();
    assert_eq!(
        send(layer(provider(), NOW), signed.clone().map(Full::new))
            .await
            .status,
        204
    );
    let json = HeaderValue::from_static("application/json");
    signed.headers_mut().insert("content-type", json);
    let outcome = send(layer(provider(), NOW), signed.map(Full::new)).await;
    assert_eq!(outcome.reason, Some(Reason::BadSignature));
}

/// In what order the fields stand nobody signs, so which of two is the first would be anybody's to choose.
#[tokio::test]
async fn a_kind_of_twilios_that_stands_twice_is_refused() {
    let provider = || Twilio::new(key()).public_url(URL);
    for (body, reason) in [
        ("MessageStatus=sent&To=1&To=2", None),
        (
            "MessageStatus=sent&MessageStatus=delivered",
            Some(Reason::MalformedBody),
        ),
        (
            "MessageStatus=sent&SmsStatus=sent&SmsStatus=delivered",
            Some(Reason::MalformedBody),
        ),
    ] {
        let signed = delivery(TWILIO, body)
            .form()
            .sign_as(&provider(), &key())
            .unwrap();
        let outcome = send(layer(provider(), NOW), signed.map(Full::new)).await;
        assert_eq!(outcome.reason, reason, "{body}");
    }
}

#[tokio::test]
async fn adyens_null_is_signed_as_nothing_and_its_number_as_its_digits() {
    let unset = ADYEN_BODY.replace(r#","success":"true""#, "");
    for (body, from, to) in [
        (
            &*unset,
            r#""pspReference":"p""#,
            r#""pspReference":"p","success":null"#,
        ),
        (ADYEN_BODY, r#""value":1"#, r#""value":"1""#),
        (ADYEN_BODY, r#""success":"true""#, r#""success":true"#),
    ] {
        let signed = delivery(ADYEN, body).sign_as(&Adyen::new(key()), &key()).unwrap();
        let text = std::str::from_utf8(signed.body()).unwrap();
        assert!(text.contains(from), "{text}");
        let other = Full::from(text.replacen(from, to, 1));
        let outcome = send(layer(Adyen::new(key()), NOW), signed.map(|_| other)).await;
        assert_eq!(outcome.status, 204, "{to}: {outcome:?}");
    }
}

/// With and without the line break at its end it is the same payload, so a key that signed both has signed it.
#[tokio::test]
async fn a_key_of_braintrees_may_sign_the_payload_with_and_without_its_line_break() {
    const PAYLOAD: Scheme = Scheme::hmac_sha1("payload").signature(header("x-signature").hex());
    let private_key = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, KEY.as_bytes());
    let private_key = Secret::from_bytes(private_key.as_ref()).unwrap();
    let sign = |payload: &'static str| {
        let signed = Delivery::new(PAYLOAD, payload).sign(&private_key).unwrap();
        let signature = signed.headers()["x-signature"].to_str().unwrap();
        format!("public%7C{signature}")
    };
    let (one, other) = (sign("PG4vPg=="), sign("PG4vPg==\n"));
    for signatures in [&one, &other, &format!("{one}%26{other}")] {
        let body = format!("bt_signature={signatures}&bt_payload=PG4vPg%3D%3D%0A");
        let request = delivery(BRAINTREE, "").form().unsigned().unwrap();
        let request = request.map(|_| Full::from(body));
        let outcome = send(layer(Braintree::new("public", key()), NOW), request).await;
        assert_eq!(outcome.status, 204, "{signatures}: {outcome:?}");
    }
}
