//! Any sender of the library by its name, as the layer that a server would use.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use tower_webhook::key_source::{KeySource, KeyUrl};
use tower_webhook::provider::senders::{
    Adyen, BoxWebhooks, Braintree, Contentful, HTTP_MESSAGE_SIGNATURES, HubSpot, Mailgun, Mandrill, MsGraph,
    Twilio,
};
use tower_webhook::provider::{MessageSignatures, Part, PayPal, Scheme, SignatureKey, Sns, jwt, senders};
use tower_webhook::testing::Delivery;
use tower_webhook::{BoxError, ConfigError, ConfigErrorKind, Secret, Tenants, VerifyLayer};

use crate::judge::Terms;

/// The description that this request is judged by. Some senders have several, and what they have sent says which.
pub(crate) fn scheme(name: &str, kind: Option<&str>, request: &Request<Bytes>) -> Option<&'static Scheme> {
    let shows = |header: &str| request.headers().contains_key(header);
    let name = match name {
        "gitlab" if kind == Some("token") || (shows("x-gitlab-token") && !shows("webhook-signature")) => {
            "gitlab_token"
        }
        "flutterwave" if shows("verif-hash") && !shows("flutterwave-signature") => "flutterwave_token",
        "adyen" if shows("hmacsignature") => "adyen_platform",
        "hubspot" if shows("x-hubspot-signature-v3") => "hubspot",
        "hubspot" => match request
            .headers()
            .get("x-hubspot-signature-version")
            .map(http::HeaderValue::as_bytes)
        {
            Some(b"v2") => "hubspot_v2",
            Some(b"v1") => "hubspot_v1",
            _ => "hubspot",
        },
        other => other,
    };
    senders::by_name(name)
}

/// The layer of these terms, for this request.
pub(crate) fn layer(terms: &Terms, request: &Request<Bytes>) -> Result<VerifyLayer, ConfigError> {
    if !terms.scheme.is_own() {
        return described(terms, request);
    }
    let secrets = || terms.secrets.clone();
    let url = || terms.url.clone().unwrap_or_default();
    // Theirs is the URL without its query, which is each request's own.
    let path = || url().split('?').next().unwrap_or_default().to_owned();
    let pem = Shown(terms.first_secret());
    let tolerance = tolerance(terms);
    match terms.scheme.name() {
        "adyen" => VerifyLayer::new(Adyen::new(secrets())),
        "box" => VerifyLayer::new(BoxWebhooks::new(secrets()).tolerance(tolerance)),
        "braintree" => VerifyLayer::new(Braintree::new(braintree_key(request.body()), secrets())),
        "contentful" => VerifyLayer::new(Contentful::new(secrets()).public_url(path()).tolerance(tolerance)),
        "hubspot" => VerifyLayer::new(HubSpot::new(secrets()).public_url(path()).tolerance(tolerance)),
        "hubspot_v1" => VerifyLayer::new(HubSpot::v1(secrets())),
        "hubspot_v2" => VerifyLayer::new(HubSpot::v2(secrets()).public_url(path())),
        "mailgun" => VerifyLayer::new(Mailgun::new(secrets()).tolerance(tolerance)),
        "mandrill" => VerifyLayer::new(Mandrill::new(secrets()).public_url(path())),
        "twilio" => VerifyLayer::new(Twilio::new(secrets()).public_url(path())),
        "ms_graph" => VerifyLayer::new(MsGraph::new(secrets())),
        "messagebird" => VerifyLayer::new(jwt::messagebird(secrets(), url())),
        "google_pubsub" => {
            let keys = Shown(terms.secret(1));
            VerifyLayer::new(jwt::pubsub(keys, url(), terms.first_secret())?)
        }
        "monday" => VerifyLayer::new(jwt::monday(secrets(), url())),
        "plaid" => VerifyLayer::new(jwt::plaid(pem)?.tolerance(tolerance)),
        "aws_sns" => VerifyLayer::new(
            Sns::new(pem, topic(request.body()))
                .danger_accept_sha1()
                .tolerance(tolerance),
        ),
        "paypal" => {
            VerifyLayer::new(PayPal::live(Shown(terms.secret(1)), terms.first_secret()).tolerance(tolerance))
        }
        "rfc9421" => VerifyLayer::new(message_signatures(terms, request).tolerance(tolerance)),
        _ => described(terms, request),
    }
}

/// The delivery as the sender would sign it for this URL.
///
/// # Errors
///
/// When it can't be signed here: the private key is the sender's alone, or the secret is not in its form.
pub(crate) fn sign(
    scheme: &Scheme,
    delivery: &Delivery,
    (secret, key): (&Secret, Option<&Secret>),
    url: &str,
) -> Result<Request<Bytes>, ConfigError> {
    if !scheme.is_own() {
        return delivery.clone().public_url(url).sign(secret);
    }
    let secrets = || secret.clone();
    match scheme.name() {
        "adyen" => delivery.sign_as(&Adyen::new(secrets()), secret),
        "box" => delivery.sign_as(&BoxWebhooks::new(secrets()), secret),
        "braintree" => delivery.sign_as(&Braintree::new("the_public_key", secrets()), secret),
        "contentful" => delivery.sign_as(&Contentful::new(secrets()).public_url(url), secret),
        "hubspot" => delivery.sign_as(&HubSpot::new(secrets()).public_url(url), secret),
        "hubspot_v1" => delivery.sign_as(&HubSpot::v1(secrets()), secret),
        "hubspot_v2" => delivery.sign_as(&HubSpot::v2(secrets()).public_url(url), secret),
        "mailgun" => delivery.sign_as(&Mailgun::new(secrets()), secret),
        "mandrill" => delivery.sign_as(&Mandrill::new(secrets()).public_url(url), secret),
        "ms_graph" => delivery.sign_as(&MsGraph::new(secrets()), secret),
        "twilio" => delivery.sign_as(&Twilio::new(secrets()).public_url(url), secret),
        "rfc9421" => {
            let key = SignatureKey::hmac_sha256(secret);
            delivery.sign_as(
                &MessageSignatures::new(HTTP_MESSAGE_SIGNATURES, url).key("webhook-send", key),
                secret,
            )
        }
        "messagebird" => delivery.sign_as(&jwt::messagebird(secrets(), url), secret),
        "monday" => delivery.sign_as(&jwt::monday(secrets(), url), secret),
        "aws_sns" | "google_pubsub" | "paypal" | "plaid" => {
            let text = String::from_utf8_lossy(secret.expose()).into_owned();
            let key = key.ok_or_else(|| unsignable("say `--key FILE`: it is signed by a private key, whose other half the receiver gets from its own key source"))?;
            let none = Shown(String::new());
            match scheme.name() {
                "google_pubsub" => delivery.sign_as(&jwt::pubsub(none, url, text)?, key),
                "paypal" => delivery.sign_as(&PayPal::live(none, text), key),
                "plaid" => delivery.sign_as(&jwt::plaid(none)?, key),
                _ => delivery.sign_as(&Sns::new(none, [text]), key),
            }
        }
        _ => Err(unsignable(
            "its deliveries can't be signed here; `webhook check` judges captured ones",
        )),
    }
}

fn unsignable(advice: &str) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Scheme, advice)
}

fn described(terms: &Terms, request: &Request<Bytes>) -> Result<VerifyLayer, ConfigError> {
    let scheme = terms.scheme;
    // Its secret is made by the first request, and until then there is none.
    let asks_for_one = scheme.name() == "asana" && terms.unset;
    let mut sender = match asks_for_one {
        true => scheme.with(Tenants::new(|_| None)).on_secret(async |_| Ok(true)),
        false => scheme.with(terms.secrets.clone()),
    };
    if let Some(token) = terms.verify_token() {
        sender = sender.verify_token(token);
    }
    let origin = request.headers().get("webhook-request-origin");
    if let Some(origin) = origin.and_then(|origin| origin.to_str().ok()) {
        sender = sender.allow_origin(origin, None);
    }
    if let Some(tolerance) = terms.tolerance {
        sender = sender.tolerance(tolerance);
    }
    if let Some(url) = &terms.url {
        sender = sender.public_url(url);
    }
    VerifyLayer::new(sender)
}

/// The tolerance that was asked for, else the sender's own.
fn tolerance(terms: &Terms) -> Duration {
    let of_the_sender = terms.scheme.facts().tolerance;
    terms.tolerance.or(of_the_sender).unwrap_or(USUAL)
}

/// The key or the certificate that was given, whatever is asked for.
struct Shown(String);

impl KeySource for Shown {
    async fn fetch(&self, _: &KeyUrl) -> Result<Bytes, BoxError> {
        Ok(Bytes::from(self.0.clone()))
    }
}

/// The topic that an SNS message names, so that no list of topics need be given. What names none is refused whatever is taken.
fn topic(body: &[u8]) -> [String; 1] {
    let message: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    [message["TopicArn"].as_str().unwrap_or(NO_TOPIC).to_owned()]
}

/// The public key that Braintree names before its signature; it only says which private key is meant.
fn braintree_key(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body).replace("%7C", "|");
    let signature = text
        .split('&')
        .find_map(|pair| pair.strip_prefix("bt_signature="));
    let key = signature
        .and_then(|pairs| pairs.split('|').next())
        .filter(|key| !key.is_empty());
    key.unwrap_or("the_public_key").to_owned()
}

/// Every key that the secret can be, under the id that the request names.
fn message_signatures(terms: &Terms, request: &Request<Bytes>) -> MessageSignatures {
    let input = request
        .headers()
        .get("signature-input")
        .and_then(|value| value.to_str().ok());
    let id = input
        .and_then(|input| input.split("keyid=\"").nth(1)?.split('"').next())
        .unwrap_or_default();
    let text = terms.first_secret();
    // The verdict is on what was signed, and the report says whether the body was among it.
    let covers_the_body = input.is_some_and(|input| input.contains("\"content-digest\""));
    let content: &[Part] = if covers_the_body { &[Part::Body] } else { &[] };
    let scheme = HTTP_MESSAGE_SIGNATURES.content(content);
    let provider = MessageSignatures::new(scheme, terms.url.clone().unwrap_or_default());
    let pairs = [
        SignatureKey::rsa_pss_sha512(&text),
        SignatureKey::rsa_v1_5_sha256(&text),
        SignatureKey::ecdsa_p256_sha256(&text),
        SignatureKey::ecdsa_p384_sha384(&text),
        SignatureKey::ed25519(&text),
    ];
    let keys: Vec<SignatureKey> = pairs.into_iter().flatten().collect();
    let shared = terms
        .secrets
        .iter()
        .map(|secret: &Secret| SignatureKey::hmac_sha256(secret));
    let keys = if keys.is_empty() { shared.collect() } else { keys };
    keys.into_iter()
        .fold(provider, |provider, key| provider.key(id, key))
}

/// Plaid's and that of RFC 9421's signatures, whose time no description's place can name.
const USUAL: Duration = Duration::from_secs(300);
const NO_TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:none";
