//! Any form, rightly signed: read as a stricter reader reads it, or refused.
#![no_main]

use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use libfuzzer_sys::{Corpus, fuzz_target};

use tower_webhook::event::slack::{self, SlashCommand};
use tower_webhook::event::{Event, Form, Json};
use tower_webhook::provider::{Payload, SLACK, Scheme, form, header};
use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook::{RefusalClass, Verified};
use tower_webhook_fuzz::{Endpoint, NOW, secrets, split};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    slack: bool,
    fields: Vec<(Name<'a>, &'a [u8])>,
    pieces: &'a [u8],
}

#[derive(Debug, Arbitrary)]
enum Name<'a> {
    Payload,
    Command,
    TriggerId,
    TeamId,
    UserId,
    ChannelId,
    ResponseUrl,
    Any(&'a [u8]),
}

/// A sender of forms that asks nothing of them.
const FORMS: Scheme = Scheme::hmac_sha256("forms")
    .signature(header("x-forms-signature").hex())
    .kind(form("command"))
    .payload(Payload::JsonOrForm { field: "payload" });

fuzz_target!(|input: Input<'_>| -> Corpus { run(&input) });

fn run(input: &Input<'_>) -> Corpus {
    let body = write(&input.fields);
    let scheme = if input.slack { SLACK } else { FORMS };
    let delivery = Delivery::new(scheme, body.clone())
        .form()
        .at(ManualClock::at_unix(NOW).time());
    let Ok(request) = delivery.sign(&secrets()) else {
        return Corpus::Reject;
    };
    let endpoint = Endpoint::new(scheme);
    let answer = endpoint.deliver(request.map(|whole| split(&whole, input.pieces)));
    let fields = strict(&body);
    match endpoint.handled().first() {
        Some((proof, bytes, _)) => {
            assert_eq!(bytes, &body, "not what was signed");
            let fields = fields.expect("a form that readers disagree about reached the handler");
            read(proof, &fields);
        }
        // Slack's handshake is answered in front of the handler.
        None if answer.reason.is_none() => assert!(input.slack && !answer.body.is_empty()),
        None => {
            assert_eq!(
                answer.reason.map(tower_webhook::Reason::class),
                Some(RefusalClass::Unreadable)
            );
            assert_eq!(endpoint.spy().claims(), [], "what is unreadable is not claimed");
        }
    }
    Corpus::Keep
}

fn write(fields: &[(Name<'_>, &[u8])]) -> Vec<u8> {
    let pairs = fields.iter().map(|(name, value)| {
        let name: &[u8] = match name {
            Name::Payload => b"payload",
            Name::Command => b"command",
            Name::TriggerId => b"trigger_id",
            Name::TeamId => b"team_id",
            Name::UserId => b"user_id",
            Name::ChannelId => b"channel_id",
            Name::ResponseUrl => b"response_url",
            Name::Any(name) => name,
        };
        [name, b"=", *value].concat()
    });
    pairs.collect::<Vec<_>>().join(&b'&')
}

/// Every reader finds in the form what the strict one finds, or says that it can't read it.
fn read(proof: &Verified, fields: &BTreeMap<String, String>) {
    let Form(map) = Form::<BTreeMap<String, String>>::read(proof).expect("a sound form is read");
    assert_eq!(&map, fields);
    if let Ok(command) = SlashCommand::read(proof) {
        assert_eq!(Some(&command.command), fields.get("command"));
        assert_eq!(Some(&command.user_id), fields.get("user_id"));
        assert_eq!(command.response_url.as_str(), fields["response_url"]);
    }
    let document = proof.document().ok();
    let wrapped = fields.get("payload").map(|text| text.as_bytes());
    assert_eq!(
        document.as_deref(),
        wrapped,
        "the document is the wrapped one, decoded once"
    );
    if let Ok(Json(value)) = Json::<serde_json::Value>::read(proof) {
        let expected = serde_json::from_slice::<serde_json::Value>(wrapped.unwrap_or_default());
        assert_eq!(Some(value), expected.ok());
    }
    let slack = slack::Event::read(proof);
    assert_eq!(
        slack.is_ok(),
        proof.provider() == "slack",
        "Slack's event type reads Slack's deliveries, all of them"
    );
}

/// The form's fields; `None` when two readers could disagree about them.
fn strict(body: &[u8]) -> Option<BTreeMap<String, String>> {
    let mut fields = BTreeMap::new();
    for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let (name, value) = (
            decode(halves.next()?)?,
            decode(halves.next().unwrap_or_default())?,
        );
        if fields.insert(name, value).is_some() {
            return None;
        }
    }
    Some(fields)
}

fn decode(text: &[u8]) -> Option<String> {
    let mut decoded = Vec::new();
    let mut rest = text;
    while let Some((byte, others)) = rest.split_first() {
        rest = others;
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = rest
                    .get(..2)
                    .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
                rest = &rest[2..];
                u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?
            }
            other => *other,
        });
    }
    String::from_utf8(decoded).ok()
}
