//! The senders that are known to show a token, and any issuer of OpenID Connect's.

use std::time::Duration;

use http::Method as Verb;
use jsonwebtoken::Algorithm;

use super::jwks::Published;
use super::{Bearer, BodyHash, Jwt, Rules, Time, Trust, ring};
use crate::error::ConfigError;
use crate::key_source::{KeySource, KeyUrl};
use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::handshake::Handshake;
use crate::provider::place::{Part, header, json};
use crate::secret::SecretSource;
use crate::verified::Identity;

/// Plaid: a token signed with ES256 that holds the SHA-256 of the body. It has no event id, and the next update of an item has the
/// very same body, so each delivery is an event of its own.
///
/// Sources: <https://plaid.com/docs/api/webhooks/webhook-verification/>; of the tries
/// <https://support.plaid.com/hc/en-us/articles/40390675922967>.
pub const PLAID: Scheme = Scheme::own("plaid", "JWT (ES256) with the body's SHA-256")
    .docs("https://plaid.com/docs/api/webhooks/webhook-verification/")
    .source(Source::Excerpt("plaid.com"))
    .vectors(Vectors::Derived)
    .answer("200")
    .deadline(Duration::from_secs(10))
    .tries("for up to 24 hours, first after 30 seconds, each wait 4 times as long as the last")
    .key_is("a public key that your `KeySource` fetches")
    .signature(header("plaid-verification").token(""))
    .content(&[Part::Body])
    .kind(json("/webhook_code"))
    .identity(Identity::EachDelivery)
    .retries(Duration::from_secs(86_400), Duration::from_secs(8 * 86_400));

/// MessageBird: a token signed with HMAC that holds the SHA-256 of the URL and of the body. It says nothing of the method, and
/// its own suite of requests has each of those five.
///
/// Sources: <https://developers.messagebird.com/api/#verifying-http-requests>; of the answer and the tries its own example of a
/// receiver, in <https://github.com/messagebird/java-rest-api>.
pub const MESSAGEBIRD: Scheme = Scheme::own("messagebird", "JWT (HS256) with URL's and body's SHA-256")
    .docs("https://developers.messagebird.com/api/#verifying-http-requests")
    .source(Source::ThirdParty("messagebird/go-rest-api"))
    .vectors(Vectors::Derived)
    .answer("200")
    .tries("some times; how often is not said")
    .signature(header("messagebird-signature-jwt").token(""))
    .content(&[Part::Url, Part::Body])
    .methods(&[Verb::POST, Verb::GET, Verb::PUT, Verb::PATCH, Verb::DELETE])
    .empty_body();

/// monday.com: a token signed with HS256 that says nothing of the body.
///
/// Sources: <https://developer.monday.com/api-reference/docs/webhooks>,
/// <https://developer.monday.com/apps/docs/integration-authorization>.
pub const MONDAY: Scheme = Scheme::own("monday", "JWT (HS256)")
    .docs("https://developer.monday.com/api-reference/docs/webhooks")
    .source(Source::Excerpt("developer.monday.com"))
    .vectors(Vectors::Derived)
    .answer("200")
    .tries("once a minute for 30 minutes")
    .signature(header("authorization").token(""))
    .content(&[])
    .id_if_any(json("/event/triggerUuid"))
    .kind(json("/event/type"))
    .handshakes(&[Handshake::echo_if_any(json("/challenge")).json("challenge")])
    .retries(Duration::from_secs(1_800), Duration::from_secs(86_400));

/// Google Pub/Sub's push: an OpenID Connect token of the service account that pushes. It says nothing of the body.
///
/// It waits for an answer as long as the subscription's acknowledgement deadline: 10 seconds unless that says otherwise.
///
/// Sources: <https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions>,
/// <https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions>, of the answer
/// <https://cloud.google.com/pubsub/docs/push>.
pub const PUBSUB: Scheme = Scheme::own("google_pubsub", "JWT (RS256) of OpenID Connect")
    .docs("https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions")
    .source(Source::ThirdParty("NangoHQ/nango"))
    .vectors(Vectors::Derived)
    .answer("102, 200, 201, 202 or 204")
    .deadline(Duration::from_secs(10))
    .tries("until the subscription's retention ends")
    .key_is("a public key that your `KeySource` fetches")
    .signature(header("authorization").token("Bearer "))
    .content(&[])
    .id_if_any(json("/message/messageId"))
    .unstable(&["/deliveryAttempt"])
    .retries(Duration::from_secs(31 * 86_400), Duration::from_secs(32 * 86_400));

/// Plaid's deliveries. The source is asked for `https://production.plaid.com/webhook_verification_key/get/KEY_ID`: send the last
/// part of that path as `key_id` to Plaid's endpoint of this name, with your credentials, and answer what it answers. A key that
/// has expired doesn't count.
///
/// ```
/// use tower_webhook::VerifyLayer;
/// use tower_webhook::provider::jwt::plaid;
/// # use bytes::Bytes;
/// # use tower_webhook::{BoxError, key_source::{KeySource, KeyUrl}};
/// # struct Fetcher;
/// # impl KeySource for Fetcher {
/// #     async fn fetch(&self, _: &KeyUrl) -> Result<Bytes, BoxError> { Err("none".into()) }
/// # }
///
/// let layer = VerifyLayer::new(plaid(Fetcher)?)?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
///
/// # Errors
///
/// None in this version; a host that is none would be one.
pub fn plaid(source: impl KeySource) -> Result<Jwt, ConfigError> {
    let base = "https://production.plaid.com/webhook_verification_key/get/";
    let keys = Published::each("production.plaid.com", base, source)?;
    let rules = Rules {
        header: "plaid-verification",
        body: Some(BodyHash {
            claim: "request_body_sha256",
            absent_when_empty: false,
        }),
        time: Time::Issued(Duration::from_secs(300)),
        ..Rules::of(&[Algorithm::ES256])
    };
    Ok(Jwt::new(PLAID, rules, Trust::Published(keys)))
}

/// MessageBird's deliveries, to an endpoint that it knows by this public URL. Where the URL is given without a query, the
/// request's own is part of it.
///
/// ```
/// use tower_webhook::provider::jwt::messagebird;
/// use tower_webhook::{Secret, VerifyLayer};
///
/// let secret = Secret::new("the signing key of the account")?;
/// let layer = VerifyLayer::new(messagebird(secret, "https://example.com/hooks/messagebird"))?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub fn messagebird(secrets: impl SecretSource, public_url: impl Into<String>) -> Jwt {
    let rules = Rules {
        header: "messagebird-signature-jwt",
        issuers: vec!["MessageBird".into()],
        body: Some(BodyHash {
            claim: "payload_hash",
            absent_when_empty: true,
        }),
        url: Some(("url_hash", public_url.into())),
        ..Rules::of(&[Algorithm::HS256, Algorithm::HS384, Algorithm::HS512])
    };
    Jwt::new(MESSAGEBIRD, rules, ring(secrets))
}

/// monday.com's deliveries, to an endpoint that it knows by this public URL. The secret is the app's signing secret, or its client
/// secret for webhooks that were made by a mutation. Webhooks made with a personal token carry no token at all.
///
/// ```
/// use tower_webhook::provider::jwt::{MONDAY, monday};
/// use tower_webhook::testing::Delivery;
/// use tower_webhook::{Secret, VerifyLayer};
///
/// let secret = Secret::new("the signing secret of the app")?;
/// let monday = || monday(secret.clone(), "https://example.com/hooks/monday");
/// let layer = VerifyLayer::new(monday())?;
///
/// // A delivery of a test's own, as monday.com would show it.
/// let event = r#"{"event":{"type":"create_item","triggerUuid":"b5ed2e17"}}"#;
/// let request = Delivery::new(MONDAY, event).sign_as(&monday(), &secret)?;
/// assert!(request.headers().contains_key("authorization"));
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub fn monday(secrets: impl SecretSource, public_url: impl Into<String>) -> Jwt {
    let rules = Rules {
        bearer: Bearer::Perhaps,
        audience: Some(public_url.into()),
        ..Rules::of(&[Algorithm::HS256])
    };
    Jwt::new(MONDAY, rules, ring(secrets))
}

/// Google Pub/Sub's push, with the audience of the subscription and the service account that pushes, by its address. Google's
/// keys are at `https://www.googleapis.com/oauth2/v3/certs`.
///
/// ```
/// use tower_webhook::VerifyLayer;
/// use tower_webhook::provider::jwt::pubsub;
/// # use bytes::Bytes;
/// # use tower_webhook::{BoxError, key_source::{KeySource, KeyUrl}};
/// # struct Fetcher;
/// # impl KeySource for Fetcher {
/// #     async fn fetch(&self, _: &KeyUrl) -> Result<Bytes, BoxError> { Err("none".into()) }
/// # }
///
/// let account = "pusher@example.iam.gserviceaccount.com";
/// let layer = VerifyLayer::new(pubsub(Fetcher, "https://example.com/hooks/pubsub", account)?)?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
///
/// # Errors
///
/// None in this version; a URL that is none would be one.
pub fn pubsub(
    source: impl KeySource,
    audience: impl Into<String>,
    service_account: impl Into<String>,
) -> Result<Jwt, ConfigError> {
    let certificates = KeyUrl::new("https://www.googleapis.com/oauth2/v3/certs")?;
    let rules = Rules {
        bearer: Bearer::Always,
        issuers: vec!["https://accounts.google.com".into(), "accounts.google.com".into()],
        audience: Some(audience.into()),
        ..Rules::of(&[Algorithm::RS256])
    };
    let jwt = Jwt::new(
        PUBSUB,
        rules,
        Trust::Published(Published::set(certificates, source)),
    );
    Ok(jwt
        .claim("email", service_account)
        .claim("email_verified", "true"))
}

/// Deliveries with `Authorization: Bearer` and a token of an OpenID Connect issuer, signed with RS256: of Microsoft Entra ID, say.
/// Demand with [`Jwt::claim`] whatever else tells your sender from others of the same issuer.
///
/// The description says the rest: `Scheme::own("name", "JWT").content(&[])`, since the token says nothing of the body.
///
/// ```
/// use tower_webhook::VerifyLayer;
/// use tower_webhook::key_source::KeyUrl;
/// use tower_webhook::provider::jwt::oidc;
/// use tower_webhook::provider::{Scheme, header, json};
/// # use bytes::Bytes;
/// # use tower_webhook::{BoxError, key_source::KeySource};
/// # struct Fetcher;
/// # impl KeySource for Fetcher {
/// #     async fn fetch(&self, _: &KeyUrl) -> Result<Bytes, BoxError> { Err("none".into()) }
/// # }
///
/// const ACME: Scheme = Scheme::own("acme", "JWT (RS256) of OpenID Connect")
///     .signature(header("authorization").token("Bearer "))
///     .id(json("/id"));
///
/// let keys = KeyUrl::new("https://login.example.com/keys")?;
/// let acme = oidc(ACME, "https://login.example.com", "https://example.com/hooks/acme", keys, Fetcher);
/// let layer = VerifyLayer::new(acme.claim("azp", "the client that Acme sends as"))?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub fn oidc(
    scheme: Scheme,
    issuer: impl Into<String>,
    audience: impl Into<String>,
    keys: KeyUrl,
    source: impl KeySource,
) -> Jwt {
    let rules = Rules {
        bearer: Bearer::Always,
        issuers: vec![issuer.into()],
        audience: Some(audience.into()),
        ..Rules::of(&[Algorithm::RS256])
    };
    Jwt::new(
        scheme.content(&[]),
        rules,
        Trust::Published(Published::set(keys, source)),
    )
}

impl Rules {
    fn of(algorithms: &'static [Algorithm]) -> Self {
        Self {
            header: "authorization",
            bearer: Bearer::Never,
            algorithms,
            equal: Vec::new(),
            issuers: Vec::new(),
            audience: None,
            time: Time::Expires,
            body: None,
            url: None,
        }
    }
}
