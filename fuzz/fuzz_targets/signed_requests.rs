//! Any document, rightly signed and delivered twice: handled once, or refused without a claim.
#![no_main]

use std::time::Duration;

use arbitrary::Arbitrary;
use bytes::Bytes;
use http::{Request, StatusCode};
use libfuzzer_sys::{Corpus, fuzz_target};

use tower_webhook::RefusalClass;
use tower_webhook::testing::Delivery;
use tower_webhook_fuzz::{Answer, Document, Endpoint, Frames, Sender, secrets, split};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    sender: u8,
    body: Body<'a>,
    id: &'a str,
    kind: &'a str,
    form: bool,
    first: &'a [u8],
    second: &'a [u8],
    later: u8,
}

#[derive(Debug, Arbitrary)]
enum Body<'a> {
    Json(Document),
    Wrapped(Document),
    Any(&'a [u8]),
}

impl Body<'_> {
    fn write(&self) -> Vec<u8> {
        match self {
            Self::Json(document) => document.0.clone().into_bytes(),
            Self::Wrapped(document) => {
                let form = serde_urlencoded::to_string([("payload", &document.0)]);
                form.expect("any text is a form's").into_bytes()
            }
            Self::Any(bytes) => bytes.to_vec(),
        }
    }
}

fuzz_target!(|input: Input<'_>| -> Corpus { run(&input).map_or(Corpus::Reject, |()| Corpus::Keep) });

fn run(input: &Input<'_>) -> Option<()> {
    let sender = Sender::pick(input.sender);
    let body = input.body.write();
    let endpoint = Endpoint::new(sender.scheme);
    let sign = || -> Option<Request<Bytes>> {
        let delivery = Delivery::new(sender.scheme, body.clone())
            .id(input.id)
            .kind(input.kind);
        let delivery = if input.form { delivery.form() } else { delivery };
        delivery.at(endpoint.clock().time()).sign(&secrets()).ok()
    };
    let first = endpoint.deliver(sign()?.map(|whole| split(&whole, input.first)));
    let handled = endpoint.handled();
    endpoint.clock().advance(Duration::from_secs(input.later.into()));
    let second = endpoint.deliver(sign()?.map(|whole| split(&whole, input.second)));
    assert_eq!(
        (first.reason, &first.body),
        (second.reason, &second.body),
        "the same delivery, another answer"
    );

    match handled.as_slice() {
        [(proof, bytes, key)] => {
            assert_eq!((first.status, second.status), (StatusCode::OK, StatusCode::OK));
            assert_eq!(endpoint.handled().len(), 1, "the second ran again");
            assert_eq!(
                endpoint.spy().claims(),
                [*key, *key],
                "the same event, another key"
            );
            assert_eq!(
                (proof.body(), bytes),
                (&Bytes::from(body.clone()), proof.body()),
                "not what was signed"
            );
            assert_eq!(
                proof.timestamp().map(|time| time.is_signed()),
                proof.timestamp().map(|_| true)
            );
        }
        [] => refused(&endpoint, &first),
        _ => panic!("the handler ran {} times for one delivery", handled.len()),
    }
    copied(&endpoint, input, sender, &body);
    Some(())
}

/// What is genuine and did not reach the handler: unreadable, unprovable, or a handshake.
fn refused(endpoint: &Endpoint, answer: &Answer) {
    endpoint.assert_untouched();
    match answer.reason.map(tower_webhook::Reason::class) {
        // An id or a time that can't be signed without doubt, such as one with the separator in it.
        Some(RefusalClass::Unauthenticated | RefusalClass::Unreadable) => assert!(answer.body.is_empty()),
        Some(other) => panic!("{other:?} is no answer to a genuine delivery"),
        None => {
            assert_eq!(answer.status, StatusCode::OK);
            assert!(!answer.body.is_empty() && answer.body.iter().all(|byte| (0x20..0x7f).contains(byte)));
        }
    }
}

/// The same bytes under headers that name another sender are nobody's.
fn copied(endpoint: &Endpoint, input: &Input<'_>, sender: Sender, body: &[u8]) {
    let Ok(other) = Delivery::new(sender.scheme, body.to_vec())
        .id(input.id)
        .sign(&other_secrets())
    else {
        return;
    };
    let (handled, asked) = (endpoint.handled().len(), endpoint.spy().verbs());
    let answer = endpoint.deliver(other.map(Frames::from));
    assert!(answer.is_unproven(), "signed with another secret, but {answer:?}");
    assert_eq!(
        (endpoint.handled().len(), endpoint.spy().verbs()),
        (handled, asked)
    );
}

fn other_secrets() -> tower_webhook::Secrets {
    tower_webhook::Secrets::new("whsec_bm90IHRoZSBzYW1lIHNlY3JldCBhdCBhbGw=").expect("a secret")
}
