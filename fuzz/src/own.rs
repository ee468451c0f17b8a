//! The senders with rules of their own: an endpoint of each, and its seeds' signer.

use bytes::Bytes;
use http::Request;
use tower_webhook::provider::Scheme;
use tower_webhook::provider::senders::{
    Adyen, BoxWebhooks, Braintree, Contentful, HubSpot, Mailgun, Mandrill, MsGraph, Twilio,
};
use tower_webhook::testing::Delivery;
use tower_webhook::{ConfigError, Secret};

use crate::endpoint::Endpoint;
use crate::sender::{endpoint_secret, seed_secret};

/// The URL that every sender is given.
pub const URL: &str = "https://hooks.example.com/here";

/// An endpoint of this sender; `None` for one whose keys are fetched or that needs a feature.
pub fn endpoint(scheme: &Scheme) -> Option<Endpoint> {
    let secret = || secret(scheme, endpoint_secret(scheme), 'f');
    if !scheme.is_own() {
        return Some(Endpoint::of(scheme.with(secret()).public_url(URL)));
    }
    Some(match scheme.name() {
        "adyen" => Endpoint::of(Adyen::new(secret())),
        "box" => Endpoint::of(BoxWebhooks::new(secret())),
        "braintree" => Endpoint::of(Braintree::new("public", secret())),
        "contentful" => Endpoint::of(Contentful::new(secret()).public_url(URL)),
        "hubspot" => Endpoint::of(HubSpot::new(secret()).public_url(URL)),
        "hubspot_v1" => Endpoint::of(HubSpot::v1(secret())),
        "hubspot_v2" => Endpoint::of(HubSpot::v2(secret()).public_url(URL)),
        "mailgun" => Endpoint::of(Mailgun::new(secret())),
        "mandrill" => Endpoint::of(Mandrill::new(secret()).public_url(URL)),
        "ms_graph" => Endpoint::of(MsGraph::new(secret())),
        "twilio" => Endpoint::of(Twilio::new(secret()).public_url(URL)),
        _ => return None,
    })
}

/// The delivery as this sender signs it with a secret that no endpoint has; `None` as for [`endpoint`].
pub fn signed(scheme: &Scheme, delivery: &Delivery) -> Option<Result<Request<Bytes>, ConfigError>> {
    let secret = secret(scheme, seed_secret(scheme), 'e');
    let shared = || secret.clone();
    if !scheme.is_own() {
        return Some(delivery.sign(&secret));
    }
    Some(match scheme.name() {
        "adyen" => delivery.sign_as(&Adyen::new(shared()), &secret),
        "box" => delivery.sign_as(&BoxWebhooks::new(shared()), &secret),
        "braintree" => delivery.sign_as(&Braintree::new("public", shared()), &secret),
        "contentful" => delivery.sign_as(&Contentful::new(shared()).public_url(URL), &secret),
        "hubspot" => delivery.sign_as(&HubSpot::new(shared()).public_url(URL), &secret),
        "hubspot_v1" => delivery.sign_as(&HubSpot::v1(shared()), &secret),
        "hubspot_v2" => delivery.sign_as(&HubSpot::v2(shared()).public_url(URL), &secret),
        "mailgun" => delivery.sign_as(&Mailgun::new(shared()), &secret),
        "mandrill" => delivery.sign_as(&Mandrill::new(shared()).public_url(URL), &secret),
        "ms_graph" => delivery.sign_as(&MsGraph::new(shared()), &secret),
        "twilio" => delivery.sign_as(&Twilio::new(shared()).public_url(URL), &secret),
        _ => return None,
    })
}

/// Contentful's secrets have 64 characters, which no description says.
fn secret(scheme: &Scheme, usual: Secret, letter: char) -> Secret {
    match scheme.name() {
        "contentful" => Secret::new(letter.to_string().repeat(64)).expect("a text"),
        _ => usual,
    }
}
