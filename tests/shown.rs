//! Senders that show a token or a password: compared in constant time, and never taken for a signature.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/peers.rs"]
mod peers;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::provider::senders::{
    AUTH0, CLOUDEVENTS, FLUTTERWAVE, FLUTTERWAVE_TOKEN, GITLAB, GITLAB_TOKEN, OKTA, POSTMARK, TELEGRAM,
};
use tower_webhook::provider::{Scheme, header};
use tower_webhook::testing::Delivery;
use tower_webhook::{
    Binding, ConfigErrorKind, Rejection, Secret, Secrets, UnsignedBody, Verified, VerifyLayer,
};

type Body = Full<Bytes>;

const TOKEN: &str = "C2FVsBQIhrscChlQIMV-b5sSYspob7oD";
const PAIR: &str = "hooks:C2FVsBQIhrscChlQIMV-b5sSYspob7oD";

fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

async fn respond(scheme: Scheme, secrets: impl Into<Secrets>, request: Request<Body>) -> Response<Body> {
    let handler = service_fn(async |request: Request<Body>| {
        assert!(
            request.extensions().get::<Verified>().is_none(),
            "nobody signed it"
        );
        let mut response = Response::new(Body::default());
        let proof = request.extensions().get::<UnsignedBody>().unwrap();
        response.extensions_mut().insert(proof.clone());
        Ok::<_, std::convert::Infallible>(response)
    });
    let layer = VerifyLayer::new(scheme.with(secrets.into())).unwrap();
    layer.layer(handler).oneshot(request).await.unwrap()
}

/// The proof, or the reason for which there is none.
async fn verdict(
    scheme: Scheme,
    secrets: impl Into<Secrets>,
    request: Request<Body>,
) -> Result<UnsignedBody, &'static str> {
    let response = respond(scheme, secrets, request).await;
    match response.extensions().get::<Rejection>() {
        Some(rejection) => {
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
            Err(rejection.reason().code())
        }
        None => Ok(response.extensions().get::<UnsignedBody>().unwrap().clone()),
    }
}

/// Threat 150, for each sender that shows a token.
#[tokio::test]
async fn t150_what_is_shown_is_compared_whole_and_proves_no_body() {
    let senders = [
        (GITLAB_TOKEN, TOKEN),
        (TELEGRAM, TOKEN),
        (OKTA, TOKEN),
        (AUTH0, TOKEN),
        (FLUTTERWAVE_TOKEN, TOKEN),
        (CLOUDEVENTS, TOKEN),
        (POSTMARK, PAIR),
    ];
    for (scheme, text) in senders {
        let body = r#"{"update_id":7,"eventId":"e","id":"e"}"#;
        let signed = Delivery::new(scheme, body)
            .sign(&secret(text))
            .unwrap()
            .map(Full::new);
        let proof = verdict(scheme, secret(text), signed.clone()).await.unwrap();
        assert_eq!(proof.binding(), Binding::Bearer, "{}", scheme.name());
        let several = Secrets::new("hooks:another long password, number one").unwrap();
        let several = several.and(text).unwrap();
        let several = several.and("hooks:another long password, number two").unwrap();
        let proof = verdict(scheme, several, signed.clone()).await.unwrap();
        assert_eq!(proof.secret_index(), 1, "{}", scheme.name());
        assert!(proof.id().is_none_or(|id| !id.is_signed()), "{}", scheme.name());
        let name = match scheme.facts().signature.split_once(": ") {
            Some((name, _)) => name.to_owned(),
            None => unreachable!("it stands in a header"),
        };
        let shown = signed.headers()[&name].as_bytes().to_vec();
        for position in 0..shown.len() {
            let mut forged = shown.clone();
            forged[position] ^= 1;
            let mut request = signed.clone();
            request.headers_mut().insert(
                http::HeaderName::from_bytes(name.as_bytes()).unwrap(),
                http::HeaderValue::from_bytes(&forged).unwrap(),
            );
            let refused = verdict(scheme, secret(text), request).await;
            assert!(refused.is_err(), "{}: byte {position}", scheme.name());
        }
    }
}

/// A token is a sender of its own: whoever expects a signature is never content with one.
#[tokio::test]
async fn t150_a_token_is_never_a_fallback_for_a_signature() {
    for (signing, shown, text) in [
        (GITLAB, GITLAB_TOKEN, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
        (FLUTTERWAVE, FLUTTERWAVE_TOKEN, TOKEN),
    ] {
        let request = Delivery::new(shown, "{}")
            .sign(&secret(text))
            .unwrap()
            .map(Full::new);
        let outcome = verdict(signing, secret(text), request).await;
        assert_eq!(outcome.unwrap_err(), "missing_header", "{}", signing.name());
    }
}

#[tokio::test]
async fn ids_are_read_where_each_sender_has_them() {
    let signed = Delivery::new(TELEGRAM, r#"{"update_id":10000,"message":{}}"#);
    let request = signed.sign(&secret(TOKEN)).unwrap().map(Full::new);
    let proof = verdict(TELEGRAM, secret(TOKEN), request).await.unwrap();
    assert_eq!(*proof.id().unwrap().value(), "10000");
    for body in [
        r#"{"update_id":"7"}"#,
        r#"{"update_id":7.5}"#,
        r#"{"update_id":1e3}"#,
    ] {
        let request = Delivery::new(TELEGRAM, body)
            .sign(&secret(TOKEN))
            .unwrap()
            .map(Full::new);
        let response = respond(TELEGRAM, secret(TOKEN), request).await;
        assert_eq!(response.status().as_u16() / 100, 4, "{body}");
    }
}

#[tokio::test]
async fn the_peers_basic_and_key_cases_hold() {
    let (Some(basic), Some(keys)) = (peers::cases("basic_auth"), peers::cases("api_key")) else {
        return;
    };
    assert_eq!((basic.len(), keys.len()), (6, 2));
    for case in basic.iter().chain(&keys) {
        let scheme = match case.header.as_deref() {
            None => Scheme::basic("basic"),
            Some("webhook-key") => Scheme::token("key").signature(header("webhook-key").token("")),
            Some(_) => Scheme::token("key").signature(header("authorization").token("Bearer ")),
        };
        let mut request = Request::post("/")
            .body(Full::new(Bytes::from(case.body.clone())))
            .unwrap();
        for (name, value) in &case.headers {
            let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let outcome = verdict(scheme, secret(&case.secrets[0]), request).await;
        assert_eq!(outcome.is_ok(), case.accept, "{}: {outcome:?}", case.id);
    }
}

#[test]
fn a_password_without_its_user_is_refused_at_start_up() {
    let error = VerifyLayer::new(POSTMARK.with(secret(TOKEN))).unwrap_err();
    assert_eq!(error.kind(), ConfigErrorKind::UndecodableSecret);
    assert!(error.to_string().contains("user:password"), "{error}");
}

#[tokio::test]
async fn oktas_verification_is_answered_and_reaches_no_handler() {
    let mut request = Request::get("/okta").body(Body::default()).unwrap();
    request
        .headers_mut()
        .insert("x-okta-verification-challenge", "abc123".parse().unwrap());
    let response = respond(OKTA, secret(TOKEN), request).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.extensions().get::<UnsignedBody>().is_none());
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, r#"{"verification":"abc123"}"#);
}
