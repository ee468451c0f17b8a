//! The senders whose deliveries are forged: those of the crate, and one for each other way a description can say it.

use std::time::Duration;

use tower_webhook::provider::Part::{Body, Element, Header, Text};
use tower_webhook::provider::{
    GITHUB, GITHUB_SHA1, Payload, SLACK, STANDARD_WEBHOOKS, STRIPE, Scheme, element, header, json,
};
use tower_webhook::{Secret, Secrets, provider};

/// A description, with what a forger would know of it.
#[derive(Debug, Clone, Copy)]
pub struct Sender {
    pub scheme: Scheme,
    pub header: &'static str,
    pub form: Form,
    /// Headers that the sender reads beside the signature's.
    pub others: &'static [&'static str],
}

/// How the signature's header is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The whole value, behind a prefix.
    Whole(&'static str),
    /// `v1=…` among comma-separated pairs.
    Pairs,
    /// `v1,…` among space-separated items.
    List,
}

/// When every delivery is sent and received, in seconds since 1970.
pub const NOW: u64 = 1_800_000_000;

/// The text that every sender signs with; it is Base64 behind a prefix, too, for the sender that wants it so.
pub const KEY_TEXT: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// The secrets that belong to [`KEY_TEXT`].
pub fn secrets() -> Secrets {
    Secrets::new(KEY_TEXT).expect("a secret of the right form")
}

/// The secret that a described sender's seeds are signed with, in the form that it gives its secrets.
pub fn seed_secret(scheme: &Scheme) -> Secret {
    secret_in_form(
        scheme,
        ["0123456789abcdef"; 4].concat(),
        "C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    )
}

/// Another one of that form, which the endpoint has.
pub fn endpoint_secret(scheme: &Scheme) -> Secret {
    secret_in_form(
        scheme,
        ["fedcba9876543210"; 4].concat(),
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
}

fn secret_in_form(scheme: &Scheme, hex: String, base64: &str) -> Secret {
    let facts = scheme.facts();
    let secret = match (facts.key.contains("hexadecimal"), facts.algorithm) {
        (true, _) => Secret::new(hex),
        (false, "user and password") => Secret::new(format!("user:{base64}")),
        (false, _) => Secret::new(base64),
    };
    secret.expect("a secret of the right form")
}

/// An id that nobody signs beside a time that is signed.
const ACME: Scheme = Scheme::hmac_sha256("acme")
    .signature(header("x-acme-signature").prefix("sha256=").hex())
    .content(&[Header("x-acme-time"), Text("."), Body])
    .timestamp(header("x-acme-time").unix_seconds())
    .id(header("x-acme-id"))
    .kind(json("/type"));

/// A time in milliseconds in the signature's own header.
const MILLIS: Scheme = Scheme::hmac_sha1("millis")
    .signature(header("x-millis-signature").pairs("v1").base64())
    .content(&[Element("t"), Text("."), Body])
    .timestamp(element("t").unix_milliseconds())
    .id_if_any(json("/id"))
    .payload(Payload::Json);

/// A time as RFC 3339 writes it, signed behind the body.
const TAIL: Scheme = Scheme::hmac_sha512("tail")
    .signature(header("x-tail-signature").prefix("").base64url())
    .content(&[Body, Text("."), Header("x-tail-time")])
    .timestamp(header("x-tail-time").rfc3339())
    .id(json("/data/id"))
    .tolerance(Duration::from_secs(60));

/// No time at all, and several signatures.
const LIST: Scheme = Scheme::hmac_sha256("list")
    .signature(header("x-list-signature").list("v1").hex())
    .empty_body();

/// What is signed is a header's text and the body: by it, any text can be signed where another description reads a time.
pub const PLAIN: Scheme = Scheme::hmac_sha256("plain")
    .signature(header("x-plain-signature").hex())
    .content(&[Header("x-plain-time"), Text("."), Body])
    .id(header("x-plain-time"));

const fn sender(
    scheme: provider::Scheme,
    header: &'static str,
    form: Form,
    others: &'static [&'static str],
) -> Sender {
    Sender {
        scheme,
        header,
        form,
        others,
    }
}

pub const SENDERS: [Sender; 9] = [
    sender(
        GITHUB,
        "x-hub-signature-256",
        Form::Whole("sha256="),
        &["x-github-delivery", "x-github-event"],
    ),
    sender(
        GITHUB_SHA1,
        "x-hub-signature",
        Form::Whole("sha1="),
        &["x-github-delivery", "x-github-event"],
    ),
    sender(STRIPE, "stripe-signature", Form::Pairs, &[]),
    sender(
        SLACK,
        "x-slack-signature",
        Form::Whole("v0="),
        &["x-slack-request-timestamp"],
    ),
    sender(
        STANDARD_WEBHOOKS,
        "webhook-signature",
        Form::List,
        &["webhook-id", "webhook-timestamp"],
    ),
    sender(
        ACME,
        "x-acme-signature",
        Form::Whole("sha256="),
        &["x-acme-time", "x-acme-id"],
    ),
    sender(MILLIS, "x-millis-signature", Form::Pairs, &[]),
    sender(TAIL, "x-tail-signature", Form::Whole(""), &["x-tail-time"]),
    sender(LIST, "x-list-signature", Form::List, &[]),
];

impl Sender {
    /// The sender that this number stands for.
    pub fn pick(number: u8) -> Self {
        SENDERS[usize::from(number) % SENDERS.len()]
    }
}
