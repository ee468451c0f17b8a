//! Senders that sign by the same few rules: one description each.
//!
//! ```
//! use tower_webhook::provider::senders::SHOPIFY;
//! use tower_webhook::{Secret, VerifyLayer};
//!
//! let layer = VerifyLayer::new(SHOPIFY.with(Secret::new("the app's client secret")?))?;
//! # Ok::<(), tower_webhook::ConfigError>(())
//! ```

mod adyen;
mod airtable;
mod asana;
mod auth0;
#[cfg(feature = "x509-cert")]
mod aws_sns;
mod azure_event_grid;
mod bigcommerce;
mod bitbucket;
mod box_webhooks;
mod braintree;
mod calendly;
mod circleci;
mod clerk;
mod clickup;
mod cloudevents;
mod coinbase_commerce;
mod contentful;
#[cfg(feature = "ed25519")]
mod discord;
mod docusign;
mod dropbox;
mod flutterwave;
mod forgejo;
mod front;
mod gitea;
mod gitlab;
mod gitlab_token;
mod gocardless;
mod heroku;
#[cfg(feature = "sfv")]
mod http_message_signatures;
mod hubspot;
mod intercom;
mod intuit;
mod jira;
mod lemon_squeezy;
mod line;
mod linear;
mod mailgun;
mod mandrill;
mod meta;
mod mollie;
mod ms_graph;
mod msteams;
mod notion;
mod npm;
mod okta;
mod openai;
mod paddle;
mod pagerduty;
#[cfg(feature = "crc32fast")]
mod paypal;
mod paystack;
mod postmark;
mod razorpay;
mod resend;
mod sanity;
#[cfg(feature = "p256")]
mod sendgrid;
mod sentry;
mod shopify;
mod square;
mod supabase;
mod svix;
mod telegram;
mod trello;
mod twilio;
mod twitch;
mod twitter;
mod typeform;
mod vercel;
mod viber;
mod woocommerce;
mod workos;
mod xero;
mod zendesk;
mod zoom;

use super::description::Scheme;
use super::github::GITHUB;
#[cfg(feature = "jsonwebtoken")]
use super::jwt::{MESSAGEBIRD, MONDAY, PLAID, PUBSUB};
use super::slack::SLACK;
use super::standard_webhooks::STANDARD_WEBHOOKS;
use super::stripe::STRIPE;

pub use super::own::adyen::Adyen;
pub use super::own::boxed::BoxWebhooks;
pub use super::own::braintree::Braintree;
pub use super::own::contentful::Contentful;
pub use super::own::hubspot::HubSpot;
pub use super::own::mailgun::Mailgun;
pub use super::own::mandrill::Mandrill;
pub use super::own::ms_graph::MsGraph;
pub use super::own::twilio::Twilio;

pub use adyen::{ADYEN, ADYEN_PLATFORM};
pub use airtable::AIRTABLE;
pub use asana::ASANA;
pub use auth0::AUTH0;
#[cfg(feature = "x509-cert")]
pub use aws_sns::AWS_SNS;
pub use azure_event_grid::AZURE_EVENT_GRID;
pub use bigcommerce::BIGCOMMERCE;
pub use bitbucket::BITBUCKET;
pub use box_webhooks::BOX;
pub use braintree::BRAINTREE;
pub use calendly::CALENDLY;
pub use circleci::CIRCLECI;
pub use clerk::CLERK;
pub use clickup::CLICKUP;
pub use cloudevents::CLOUDEVENTS;
pub use coinbase_commerce::COINBASE_COMMERCE;
pub use contentful::CONTENTFUL;
#[cfg(feature = "ed25519")]
pub use discord::DISCORD;
pub use docusign::DOCUSIGN;
pub use dropbox::DROPBOX;
pub use flutterwave::{FLUTTERWAVE, FLUTTERWAVE_TOKEN};
pub use forgejo::FORGEJO;
pub use front::FRONT;
pub use gitea::GITEA;
pub use gitlab::GITLAB;
pub use gitlab_token::GITLAB_TOKEN;
pub use gocardless::GOCARDLESS;
pub use heroku::HEROKU;
#[cfg(feature = "sfv")]
pub use http_message_signatures::HTTP_MESSAGE_SIGNATURES;
pub use hubspot::{HUBSPOT, HUBSPOT_V1, HUBSPOT_V2};
pub use intercom::INTERCOM;
pub use intuit::INTUIT;
pub use jira::JIRA;
pub use lemon_squeezy::LEMON_SQUEEZY;
pub use line::LINE;
pub use linear::LINEAR;
pub use mailgun::MAILGUN;
pub use mandrill::MANDRILL;
pub use meta::META;
pub use mollie::MOLLIE;
pub use ms_graph::MS_GRAPH;
pub use msteams::MSTEAMS;
pub use notion::NOTION;
pub use npm::NPM;
pub use okta::OKTA;
pub use openai::OPENAI;
pub use paddle::PADDLE;
pub use pagerduty::PAGERDUTY;
#[cfg(feature = "crc32fast")]
pub use paypal::PAYPAL;
pub use paystack::PAYSTACK;
pub use postmark::POSTMARK;
pub use razorpay::RAZORPAY;
pub use resend::RESEND;
pub use sanity::SANITY;
#[cfg(feature = "p256")]
pub use sendgrid::SENDGRID;
pub use sentry::SENTRY;
pub use shopify::SHOPIFY;
pub use square::SQUARE;
pub use supabase::SUPABASE;
pub use svix::SVIX;
pub use telegram::TELEGRAM;
pub use trello::TRELLO;
pub use twilio::TWILIO;
pub use twitch::TWITCH;
pub use twitter::TWITTER;
pub use typeform::TYPEFORM;
pub use vercel::VERCEL;
pub use viber::VIBER;
pub use woocommerce::WOOCOMMERCE;
pub use workos::WORKOS;
pub use xero::XERO;
pub use zendesk::ZENDESK;
pub use zoom::ZOOM;

/// Every description of this crate, by name: also of the senders that a [`Provider`](super::Provider) of their own checks, which
/// [`is_own`](Scheme::is_own) tells apart.
pub const ALL: &[Scheme] = &[
    ADYEN,
    ADYEN_PLATFORM,
    AIRTABLE,
    ASANA,
    AUTH0,
    #[cfg(feature = "x509-cert")]
    AWS_SNS,
    AZURE_EVENT_GRID,
    BIGCOMMERCE,
    BITBUCKET,
    BOX,
    BRAINTREE,
    CALENDLY,
    CIRCLECI,
    CLERK,
    CLICKUP,
    CLOUDEVENTS,
    COINBASE_COMMERCE,
    CONTENTFUL,
    #[cfg(feature = "ed25519")]
    DISCORD,
    DOCUSIGN,
    DROPBOX,
    FLUTTERWAVE,
    FLUTTERWAVE_TOKEN,
    FORGEJO,
    FRONT,
    GITEA,
    GITHUB,
    GITLAB,
    GITLAB_TOKEN,
    GOCARDLESS,
    #[cfg(feature = "jsonwebtoken")]
    PUBSUB,
    HEROKU,
    #[cfg(feature = "sfv")]
    HTTP_MESSAGE_SIGNATURES,
    HUBSPOT,
    HUBSPOT_V1,
    HUBSPOT_V2,
    INTERCOM,
    INTUIT,
    JIRA,
    LEMON_SQUEEZY,
    LINE,
    LINEAR,
    MAILGUN,
    MANDRILL,
    #[cfg(feature = "jsonwebtoken")]
    MESSAGEBIRD,
    META,
    MOLLIE,
    #[cfg(feature = "jsonwebtoken")]
    MONDAY,
    MS_GRAPH,
    MSTEAMS,
    NOTION,
    NPM,
    OKTA,
    OPENAI,
    PADDLE,
    PAGERDUTY,
    #[cfg(feature = "crc32fast")]
    PAYPAL,
    PAYSTACK,
    #[cfg(feature = "jsonwebtoken")]
    PLAID,
    POSTMARK,
    RAZORPAY,
    RESEND,
    SANITY,
    #[cfg(feature = "p256")]
    SENDGRID,
    SENTRY,
    SHOPIFY,
    SLACK,
    SQUARE,
    STANDARD_WEBHOOKS,
    STRIPE,
    SUPABASE,
    SVIX,
    TELEGRAM,
    TRELLO,
    TWILIO,
    TWITCH,
    TWITTER,
    TYPEFORM,
    VERCEL,
    VIBER,
    WOOCOMMERCE,
    WORKOS,
    XERO,
    ZENDESK,
    ZOOM,
];

/// Whether this build has every sender. A feature that a sender of [`ALL`] stands behind is to be named here.
#[doc(hidden)]
#[must_use]
pub fn are_complete() -> bool {
    cfg!(all(
        feature = "crc32fast",
        feature = "ed25519",
        feature = "jsonwebtoken",
        feature = "p256",
        feature = "sfv",
        feature = "x509-cert"
    ))
}

/// The description with this name.
///
/// ```
/// use tower_webhook::provider::senders;
///
/// assert_eq!(senders::by_name("paddle").unwrap().name(), "paddle");
/// assert!(senders::by_name("nobody").is_none());
/// ```
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Scheme> {
    ALL.iter().find(|scheme| scheme.name() == name)
}
