//! Senders that show a JSON Web Token: what is demanded of it is configured, and never read from it.
#![cfg(feature = "jsonwebtoken")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/peers.rs"]
mod peers;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::Full;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::key_source::{KeySource, KeyUrl};
use tower_webhook::provider::jwt::{
    Jwt, MESSAGEBIRD, MONDAY, PLAID, PUBSUB, messagebird, monday, oidc, plaid, pubsub,
};
use tower_webhook::provider::{Scheme, header};
use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook::{Binding, BoxError, Rejection, Secret, UnsignedBody, Verified, VerifyLayer};

type Body = Full<Bytes>;

const NOW: u64 = 1_700_000_000;
const AUDIENCE: &str = "https://example.com/monday";

/// What became of a request: how its proof is bound, or why it was refused.
async fn verdict(jwt: Jwt, now: u64, request: Request<Body>) -> Result<Binding, &'static str> {
    let clock = ManualClock::at_unix(now);
    let layer = VerifyLayer::new(jwt).unwrap().clock(clock);
    let handler = service_fn(async |request: Request<Body>| {
        let extensions = request.extensions();
        let signed = extensions.get::<Verified>().map(Verified::binding);
        let bound = signed.or_else(|| extensions.get::<UnsignedBody>().map(UnsignedBody::binding));
        let mut response = http::Response::new(Body::default());
        response.extensions_mut().insert(bound.unwrap());
        Ok::<_, std::convert::Infallible>(response)
    });
    let response = layer.layer(handler).oneshot(request).await.unwrap();
    if let Some(rejection) = response.extensions().get::<Rejection>() {
        assert_ne!(response.status(), StatusCode::OK);
        return Err(rejection.reason().code());
    }
    Ok(*response.extensions().get::<Binding>().unwrap())
}

fn request(header: &str, token: &str, body: &[u8]) -> Request<Body> {
    let request = Request::post("/hook").header(header, token);
    request.body(Full::new(Bytes::copy_from_slice(body))).unwrap()
}

fn secret() -> Secret {
    Secret::new("signing-secret").unwrap()
}

/// Keys at hand: one document for every URL, and a note of what was asked for.
struct Shipped(Value);

impl KeySource for Shipped {
    async fn fetch(&self, url: &KeyUrl) -> Result<Bytes, BoxError> {
        if url.as_str().ends_with("/get/nobody") {
            return Err("there is no such key".into());
        }
        Ok(self.0.to_string().into())
    }
}

/// The private key with the scalar 1…, and its public half as a JWK.
fn p256() -> (EncodingKey, Value) {
    let secret = p256::SecretKey::from_slice(&[1; 32]).unwrap();
    let point = secret.public_key().to_sec1_bytes();
    let jwk = json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "k1", "use": "sig",
        "x": text(&point[1..33]), "y": text(&point[33..65])});
    (EncodingKey::from_ec_der(&p256_der()), jwk)
}

fn p256_der() -> Vec<u8> {
    use p256::pkcs8::EncodePrivateKey;
    let secret = p256::SecretKey::from_slice(&[1; 32]).unwrap();
    secret.to_pkcs8_der().unwrap().as_bytes().to_vec()
}

/// As a JWK has its numbers.
fn text(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

fn hash(text: &str) -> String {
    use sha2::Digest;
    let hash = sha2::Sha256::digest(text);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn delivery(scheme: Scheme, body: &str) -> Delivery {
    let now = std::time::UNIX_EPOCH + std::time::Duration::from_secs(NOW);
    Delivery::new(scheme, body.to_owned()).at(now).uri("/hook")
}

fn token(algorithm: Algorithm, kid: Option<&str>, claims: &Value, key: &EncodingKey) -> String {
    let mut header = Header::new(algorithm);
    header.kid = kid.map(str::to_owned);
    encode(&header, claims, key).unwrap()
}

fn vectors(provider: &str) -> Vec<Value> {
    let all = peers::shared::read("vectors.json");
    let all = all.iter().flat_map(|all| all.as_array().unwrap());
    all.filter(|case| case["provider"] == provider).cloned().collect()
}

#[tokio::test]
async fn plaids_vectors_and_each_change_of_one_byte() {
    for case in vectors("plaid") {
        let key: Value = serde_json::from_str(case["secret"].as_str().unwrap()).unwrap();
        let sent = case["headers"]["Plaid-Verification"].as_str().unwrap();
        let (body, now) = (case["body_utf8"].as_str().unwrap(), case["now"].as_u64().unwrap());
        let judge = async |token: &str, body: &[u8]| {
            let jwt = plaid(Shipped(json!({"key": key}))).unwrap();
            verdict(jwt, now, request("plaid-verification", token, body)).await
        };
        let expected = match case["expect"].as_str().unwrap() {
            "ok" => Ok(Binding::Body),
            "timestamp_too_old" => Err("stale_timestamp"),
            other => Err(if other == "bad_signature" {
                "bad_signature"
            } else {
                "?"
            }),
        };
        assert_eq!(judge(sent, body.as_bytes()).await, expected, "{}", case["id"]);
        if expected.is_err() {
            continue;
        }
        for position in 0..body.len() {
            let mut forged = body.as_bytes().to_vec();
            forged[position] ^= 1;
            assert_eq!(
                judge(sent, &forged).await,
                Err("bad_signature"),
                "body {position}"
            );
        }
        for position in 0..sent.len() {
            let mut forged = sent.as_bytes().to_vec();
            forged[position] ^= 1;
            let forged = String::from_utf8(forged).unwrap();
            assert!(judge(&forged, body.as_bytes()).await.is_err(), "token {position}");
        }
    }
}

#[tokio::test]
async fn t028_the_algorithm_is_configured_and_never_the_tokens() {
    let (private, jwk) = p256();
    let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let claims = json!({"iat": NOW, "request_body_sha256": digest});
    let judge = async |token: String| {
        let jwt = plaid(Shipped(jwk.clone())).unwrap();
        verdict(jwt, NOW, request("plaid-verification", &token, b"")).await
    };
    let good = token(Algorithm::ES256, Some("k1"), &claims, &private);
    // The body is empty, which Plaid's never are: genuine, and then no JSON.
    assert_eq!(judge(good.clone()).await, Err("malformed_body"));
    // The public key is no secret: whoever signs with it as a MAC's key has signed nothing.
    let public = EncodingKey::from_secret(jwk.to_string().as_bytes());
    let mac = token(Algorithm::HS256, Some("k1"), &claims, &public);
    assert_eq!(judge(mac).await, Err("unsupported_version"));
    let (_, rest) = good.split_once('.').unwrap();
    let named = |length| format!(r#"{{"alg":"ES256","kid":"{}"}}"#, "k".repeat(length));
    for (header, expected) in [
        (r#"{"alg":"none","kid":"k1"}"#, "malformed_header"),
        (r#"{"alg":"RS256","kid":"k1"}"#, "unsupported_version"),
        (r#"{"alg":"ES384","kid":"k1"}"#, "unsupported_version"),
        (r#"{"alg":"ES256"}"#, "malformed_header"),
        (r#"{"alg":"ES256","kid":"../k1"}"#, "malformed_header"),
        (r#"{"alg":"ES256","kid":""}"#, "malformed_header"),
        (r#"{"alg":"ES256","kid":".k1"}"#, "malformed_header"),
        (r#"{"alg":"ES256","kid":"k/1"}"#, "malformed_header"),
        (&named(129), "malformed_header"),
        (&named(128), "bad_signature"),
        (r#"{"alg":"ES256","kid":"nobody"}"#, "secrets_unavailable"),
    ] {
        use base64::Engine;
        let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(header);
        assert_eq!(judge(format!("{header}.{rest}")).await, Err(expected), "{header}");
    }
}

#[tokio::test]
async fn plaids_token_is_young_and_its_key_has_not_expired() {
    let (private, mut jwk) = p256();
    let digest = hash("{}");
    let sent = |iat: u64| {
        let claims = json!({"iat": iat, "request_body_sha256": digest});
        token(Algorithm::ES256, Some("k1"), &claims, &private)
    };
    let judge = async |jwk: &Value, iat| {
        let jwt = plaid(Shipped(jwk.clone())).unwrap();
        verdict(jwt, NOW, request("plaid-verification", &sent(iat), b"{}")).await
    };
    assert_eq!(judge(&jwk, NOW - 300).await, Ok(Binding::Body));
    assert_eq!(judge(&jwk, NOW - 301).await, Err("stale_timestamp"));
    assert_eq!(judge(&jwk, NOW + 300).await, Ok(Binding::Body));
    assert_eq!(judge(&jwk, NOW + 301).await, Err("future_timestamp"));
    for expired in [NOW - 1, NOW] {
        jwk["expired_at"] = json!(expired);
        assert_eq!(judge(&jwk, NOW).await, Err("bad_signature"));
    }
    jwk["expired_at"] = json!(NOW + 1);
    assert_eq!(judge(&jwk, NOW).await, Ok(Binding::Body));
    jwk["expired_at"] = Value::Null;
    assert_eq!(judge(&jwk, NOW).await, Ok(Binding::Body));
    assert_eq!(PLAID.binding(), Binding::Body);
}

#[tokio::test]
async fn messagebirds_cases_hold_whatever_their_method() {
    let Some(cases) = peers::cases("messagebird") else {
        return;
    };
    for case in &cases {
        let secret = Secret::new(case.secrets[0].as_str()).unwrap();
        let (name, token) = &case.headers[0];
        let jwt = messagebird(secret, case.url.as_str());
        // The token doesn't cover the method, and a webhook is a POST here.
        let outcome = verdict(jwt, case.now, request(name, token, &case.body)).await;
        assert_eq!(outcome.is_ok(), case.accept, "{}: {outcome:?}", case.id);
    }
    assert_eq!(cases.len(), 44);
}

#[tokio::test]
async fn mondays_vector_is_an_unsigned_body_for_this_endpoint_alone() {
    for case in vectors("monday") {
        let sent = case["headers"]["Authorization"].as_str().unwrap();
        let body = case["body_utf8"].as_str().unwrap().as_bytes();
        let judge = async |token: &str, audience: &str, now| {
            verdict(
                monday(secret(), audience),
                now,
                request("authorization", token, body),
            )
            .await
        };
        assert_eq!(judge(sent, AUDIENCE, NOW).await, Ok(Binding::Bearer));
        assert_eq!(
            judge(&format!("Bearer {sent}"), AUDIENCE, NOW).await,
            Ok(Binding::Bearer)
        );
        assert_eq!(
            judge(sent, "https://example.com/other", NOW).await,
            Err("bad_signature")
        );
        assert_eq!(
            judge(sent, AUDIENCE, NOW + 300 + 61).await,
            Err("stale_timestamp")
        );
        for position in 0..sent.len() {
            let mut forged = sent.as_bytes().to_vec();
            forged[position] ^= 1;
            let forged = String::from_utf8(forged).unwrap();
            assert!(judge(&forged, AUDIENCE, NOW).await.is_err(), "byte {position}");
        }
    }
    assert_eq!(MONDAY.binding(), Binding::Bearer);
    let longer = token(
        Algorithm::HS512,
        None,
        &json!({"aud": AUDIENCE, "exp": NOW + 300}),
        &EncodingKey::from_secret(b"signing-secret"),
    );
    let outcome = verdict(
        monday(secret(), AUDIENCE),
        NOW,
        request("authorization", &longer, b"{}"),
    )
    .await;
    assert_eq!(outcome, Err("unsupported_version"));
}

const GRID: Scheme = Scheme::own("grid", "JWT").signature(header("authorization").token("Bearer "));

#[tokio::test]
async fn a_bearer_token_must_be_of_this_issuer_for_this_audience_and_hold_the_claims() {
    let (private, jwk) = p256();
    let claims =
        json!({"iss": "https://issuer.example", "aud": ["other", "hooks"], "exp": NOW + 60, "azp": "sender"});
    let judge = async |change: &[(&str, Value)]| {
        let mut claims = claims.clone();
        for (name, value) in change {
            claims[*name] = value.clone();
        }
        let url = KeyUrl::new("https://issuer.example/keys").unwrap();
        let keys = Shipped(json!({"keys": [jwk]}));
        let jwt = oidc(GRID, "https://issuer.example", "hooks", url, keys)
            .es256()
            .claim("azp", "sender");
        let sent = format!(
            "Bearer {}",
            token(Algorithm::ES256, Some("k1"), &claims, &private)
        );
        verdict(jwt, NOW, request("authorization", &sent, b"{}")).await
    };
    assert_eq!(judge(&[]).await, Ok(Binding::Bearer));
    for (name, value) in [
        ("aud", json!("hooks")),
        ("exp", json!(NOW - 60)),
        ("nbf", json!(NOW + 60)),
    ] {
        assert_eq!(judge(&[(name, value)]).await, Ok(Binding::Bearer), "{name}");
    }
    for (name, value, expected) in [
        ("iss", json!("https://issuer.example.evil"), "bad_signature"),
        ("iss", Value::Null, "bad_signature"),
        ("aud", json!("other"), "bad_signature"),
        ("aud", json!(["other"]), "bad_signature"),
        ("azp", json!("somebody"), "bad_signature"),
        ("exp", json!(NOW - 61), "stale_timestamp"),
        ("exp", Value::Null, "malformed_timestamp"),
        ("nbf", json!(NOW + 61), "future_timestamp"),
    ] {
        assert_eq!(
            judge(&[(name, value.clone())]).await,
            Err(expected),
            "{name}: {value}"
        );
    }
}

#[tokio::test]
async fn messagebirds_token_is_its_own_for_this_url_and_says_nothing_of_a_body_that_is_not_there() {
    let url = "https://example.com/sms?id=1";
    let claims = json!({"iss": "MessageBird", "exp": NOW + 60, "url_hash": hash(url)});
    let judge = async |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        let key = EncodingKey::from_secret(b"signing-secret");
        let sent = token(Algorithm::HS256, None, &claims, &key);
        let mut request = request("messagebird-signature-jwt", &sent, b"");
        *request.uri_mut() = "/sms?id=1".parse().unwrap();
        verdict(messagebird(secret(), url), NOW, request).await
    };
    assert!(judge("nbf", json!(NOW)).await.is_ok());
    assert_eq!(judge("iss", json!("Messagebird")).await, Err("bad_signature"));
    assert_eq!(judge("payload_hash", json!(hash(""))).await, Err("bad_signature"));
}

#[tokio::test]
async fn pubsubs_token_is_googles_for_a_verified_account() {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let modulus = &pair.public_key_raw()[9..265];
    let jwk = json!({"kty": "RSA", "alg": "RS256", "kid": "test-key", "e": "AQAB", "n": text(modulus)});
    let jwt = || {
        let keys = Shipped(json!({"keys": [jwk]}));
        pubsub(keys, "hooks", "push@example.com").unwrap()
    };
    let signer = Secret::from_bytes(pair.serialize_der()).unwrap();
    let made = delivery(PUBSUB, "{}").sign_as(&jwt(), &signer).unwrap();
    let sent = made.headers()["authorization"].to_str().unwrap().to_owned();
    let shown = async |sent: &str| verdict(jwt(), NOW, request("authorization", sent, b"{}")).await;
    assert_eq!(shown(&sent).await, Ok(Binding::Bearer));
    assert!(shown(sent.trim_start_matches("Bearer ")).await.is_err());
    let key = EncodingKey::from_rsa_der(&pair.serialize_der()[26..]); // behind what PKCS #8 writes
    for (name, value) in [
        ("iss", json!("https://accounts.example")),
        ("email_verified", json!(false)),
        ("email", json!("pull@example.com")),
    ] {
        let mut claims = json!({"iss": "accounts.google.com", "aud": "hooks", "exp": NOW + 60,
            "email": "push@example.com", "email_verified": true});
        let bearer = |claims: &Value| {
            format!(
                "Bearer {}",
                token(Algorithm::RS256, Some("test-key"), claims, &key)
            )
        };
        assert_eq!(shown(&bearer(&claims)).await, Ok(Binding::Bearer));
        claims[name] = value;
        assert_eq!(shown(&bearer(&claims)).await, Err("bad_signature"), "{name}");
    }
}

#[tokio::test]
async fn what_the_signer_signs_verifies() {
    let url = "https://example.com/hook";
    for body in ["{}", ""] {
        let signed = delivery(MESSAGEBIRD, body).sign_as(&messagebird(secret(), url), &secret());
        let (head, body) = signed.unwrap().into_parts();
        let sent = Request::from_parts(head, Full::new(body));
        let outcome = verdict(messagebird(secret(), url), NOW, sent).await;
        assert!(outcome.is_ok(), "{outcome:?}");
    }
    let keys = || {
        let (_, mut jwk) = p256();
        jwk["kid"] = json!("test-key");
        Shipped(json!({"keys": [jwk]}))
    };
    let private = Secret::from_bytes(p256_der()).unwrap();
    let signed = delivery(PLAID, "{}").sign_as(&plaid(keys()).unwrap(), &private);
    let outcome = verdict(plaid(keys()).unwrap(), NOW, signed.unwrap().map(Full::new)).await;
    assert!(outcome.is_ok(), "{outcome:?}");
    let signed = delivery(MONDAY, "{}").sign_as(&monday(secret(), AUDIENCE), &secret());
    let outcome = verdict(monday(secret(), AUDIENCE), NOW, signed.unwrap().map(Full::new)).await;
    assert_eq!(outcome, Ok(Binding::Bearer));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_known_is_not_asked_for_again() {
    let (private, jwk) = p256();
    let url = KeyUrl::new("https://issuer.example/keys").unwrap();
    let asked = Arc::<AtomicUsize>::default();
    let keys = Counted(Shipped(json!({"keys": [jwk]})), Arc::clone(&asked));
    let jwt = oidc(GRID, "https://issuer.example", "hooks", url, keys).es256();
    let layer = VerifyLayer::new(jwt).unwrap().clock(ManualClock::at_unix(NOW));
    let claims = json!({"iss": "https://issuer.example", "aud": "hooks", "exp": NOW + 60});
    let sent = token(Algorithm::ES256, Some("k1"), &claims, &private);
    for _ in 0..2 {
        let handler = service_fn(async |_: Request<Body>| {
            Ok::<_, std::convert::Infallible>(http::Response::new(Body::default()))
        });
        let request = request("authorization", &format!("Bearer {sent}"), b"{}");
        let response = layer.layer(handler).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        tokio::time::advance(std::time::Duration::from_secs(120)).await;
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

/// Counts how often it is asked.
struct Counted(Shipped, Arc<AtomicUsize>);

impl KeySource for Counted {
    async fn fetch(&self, url: &KeyUrl) -> Result<Bytes, BoxError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.fetch(url).await
    }
}

#[test]
fn what_any_token_could_match_is_refused_at_start_up() {
    let keys = || Shipped(json!({"keys": []}));
    assert!(VerifyLayer::new(pubsub(keys(), "", "push@example.com").unwrap()).is_err());
    assert!(VerifyLayer::new(pubsub(keys(), "hooks", "").unwrap()).is_err());
    assert!(VerifyLayer::new(pubsub(keys(), "hooks", "push@example.com").unwrap()).is_ok());
    assert!(VerifyLayer::new(monday(secret(), "")).is_err());
}
