//! Twilio's deliveries as types: messages, their status, calls, and the bounds that its signature leaves open.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeSet;

use axum::Router;
use axum::routing::post;
use proptest::prelude::*;
use support::{secret, verify};
use tower::ServiceExt;
use tower_webhook::Webhook;
use tower_webhook::event::Other;
use tower_webhook::event::twilio::{Call, Event, Message, MessageStatus};
use tower_webhook::provider::{GITHUB, Scheme, header};
use tower_webhook::testing::Delivery;

/// Twilio's name under a signature that this test can make.
const TWILIO: Scheme = Scheme::hmac_sha256("twilio").signature(header("x-signature").hex());

type Pairs = Vec<(String, String)>;

fn pairs(fields: &[(&str, &str)]) -> Pairs {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    fields.iter().map(owned).collect()
}

fn sid(letters: &str) -> String {
    format!("{letters}{}", "0a".repeat(16))
}

fn message() -> Pairs {
    let mut fields = pairs(&[
        ("ApiVersion", "2010-04-01"),
        ("Body", "Hello & welcome"),
        ("From", "+14155550100"),
        ("FromCity", "SAN FRANCISCO"),
        ("FromCountry", "US"),
        ("FromState", "CA"),
        ("FromZip", ""),
        ("MediaContentType0", "image/jpeg"),
        ("MediaUrl0", "https://api.twilio.com/m0"),
        ("NumMedia", "1"),
        ("NumSegments", "2"),
        ("SmsStatus", "received"),
        ("To", "+14155550199"),
        ("ToCountry", "US"),
    ]);
    let ids = ["MessageSid", "SmsSid", "SmsMessageSid"].map(|name| (name.to_owned(), sid("SM")));
    fields.extend(ids);
    fields.push(("AccountSid".into(), sid("AC")));
    fields
}

fn status() -> Pairs {
    let mut fields = pairs(&[
        ("MessageStatus", "undelivered"),
        ("SmsStatus", "undelivered"),
        ("ErrorCode", "30003"),
        ("To", "whatsapp:+14155550199"),
        ("From", "My Shop"),
    ]);
    fields.extend([("MessageSid".into(), sid("SM")), ("AccountSid".into(), sid("AC"))]);
    fields
}

fn call() -> Pairs {
    let mut fields = pairs(&[
        ("CallStatus", "completed"),
        ("CallDuration", "15"),
        ("CallbackSource", "call-progress-events"),
        ("Called", "+14155550199"),
        ("Caller", "client:ada"),
        ("Digits", "4711#"),
        ("Direction", "outbound-api"),
        ("From", "client:ada"),
        ("SequenceNumber", "3"),
        ("Timestamp", "Wed, 10 Jan 2024 10:00:00 +0000"),
        ("To", "+14155550199"),
        ("ToCity", "BERN"),
    ]);
    fields.extend([("CallSid".into(), sid("CA")), ("AccountSid".into(), sid("AC"))]);
    fields
}

fn form(fields: &Pairs) -> String {
    serde_urlencoded::to_string(fields).unwrap()
}

fn read(fields: &Pairs) -> Event {
    let event = Event::from_parts("said", form(fields));
    assert!(!format!("{event:?} {event:#?}").contains("4711"), "{event:?}");
    event
}

fn other(form: &str) -> Other {
    match Event::from_parts("said", form.to_owned()) {
        Event::Other(other) => {
            assert_eq!((other.kind(), &other.body()[..]), ("said", form.as_bytes()));
            other
        }
        typed => panic!("{form}: {typed:?}"),
    }
}

#[test]
fn a_message_comes_in() {
    let Event::Message(message) = read(&message()) else {
        panic!()
    };
    assert_eq!(
        (message.from.as_str(), message.body.as_str()),
        ("+14155550100", "Hello & welcome")
    );
    assert_eq!(
        (message.message_sid.clone(), message.num_segments),
        (sid("SM"), Some(2))
    );
    assert_eq!(message.media[0].url, "https://api.twilio.com/m0");
    assert_eq!(message.media[0].content_type.as_deref(), Some("image/jpeg"));
    assert_eq!(message.from_country.as_deref(), Some("US"));
}

#[test]
fn a_message_has_ten_media_at_most() {
    let with_media = |count: usize| {
        let mut fields = message();
        fields.retain(|(name, _)| name != "NumMedia");
        fields.push(("NumMedia".into(), count.to_string()));
        fields.extend(
            (1..count).map(|number| (format!("MediaUrl{number}"), "https://api.twilio.com/m".into())),
        );
        fields
    };
    let Event::Message(message) = read(&with_media(10)) else {
        panic!()
    };
    assert_eq!(message.media.len(), 10);
    assert!(other(&form(&with_media(11))).reason().is_some());
}

#[test]
fn a_message_gets_on() {
    let Event::MessageStatus(message) = read(&status()) else {
        panic!()
    };
    assert_eq!(
        (message.status.as_str(), message.error_code),
        ("undelivered", Some(30003))
    );
    assert_eq!(message.from.as_deref(), Some("My Shop"));
}

#[test]
fn a_call_gets_on() {
    let Event::Call(call) = read(&call()) else {
        panic!()
    };
    assert_eq!(
        (call.status.as_str(), call.call_duration, call.sequence_number),
        ("completed", Some(15), Some(3))
    );
    assert_eq!(call.digits.unwrap().as_str(), "4711#");
    assert_eq!(
        (call.from.as_str(), call.to.as_str()),
        ("client:ada", "+14155550199")
    );
}

#[test]
fn t134_a_field_with_another_bound_is_no_field() {
    let shifted = form(&call()).replace("Digits=4711%23", "Digit=s4711%23");
    assert!(other(&shifted).reason().is_some());
    let shifted = form(&call()).replace("Digits=4711%23", "Digits4=711%23");
    assert!(other(&shifted).reason().is_some());
}

#[test]
fn what_twilio_does_not_document_is_kept_to_the_byte() {
    let valid = form(&message());
    for (wrong, reason) in [
        (format!("{valid}&New=1"), true),
        (format!("{valid}&Body=again"), false),
        (valid.replace("From=%2B14155550100&", ""), true),
        (valid.replace("NumMedia=1", "NumMedia=2"), true),
        (valid.replace("NumMedia=1", "NumMedia=99999999999999999999"), true),
        (valid.replace("NumMedia=1", "NumMedia=1000000000"), true),
        (valid.replace("SmsStatus=received", "SmsStatus=Received"), true),
        (valid.replace("MediaUrl0=https", "MediaUrl0=file"), true),
        ("a=1".into(), false),
        ("%FF=1".into(), false),
        (r#"{"specversion":"1.0"}"#.into(), false),
        (String::new(), false),
    ] {
        assert_eq!(other(&wrong).reason().is_some(), reason, "{wrong}");
    }
}

#[test]
fn an_error_names_no_text_of_the_form() {
    let form = format!("{}&s3cret=pr1vate", form(&message()));
    let error = Message::from_form(form.as_bytes()).unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        !source.contains("s3cret") && !source.contains("pr1vate"),
        "{source}"
    );
    assert!(source.contains("document"), "{source}");
}

/// All ways to move one bound between a name and its value, or between two fields, by some letters: what Twilio would sign alike.
fn shifts(fields: &Pairs) -> Vec<Pairs> {
    let mut sorted = fields.clone();
    sorted.sort();
    let mut found = Vec::new();
    for (index, (name, value)) in sorted.iter().enumerate() {
        let text = format!("{name}{value}");
        for bound in (1..text.len()).filter(|bound| *bound != name.len() && text.is_char_boundary(*bound)) {
            let mut shifted = sorted.clone();
            shifted[index] = (text[..bound].to_owned(), text[bound..].to_owned());
            found.push(shifted);
        }
        // The field swallows the one behind it.
        if let Some((next, behind)) = sorted.get(index + 1) {
            let mut merged = sorted.clone();
            merged[index].1 = format!("{value}{next}{behind}");
            merged.remove(index + 1);
            found.push(merged);
        }
    }
    found
}

/// The fields in which nobody but the sender has a say.
fn facts(event: &Event) -> Option<BTreeSet<String>> {
    match event {
        Event::Message(event) => {
            Some([event.from.clone(), event.to.clone(), event.message_sid.clone()].into())
        }
        Event::MessageStatus(event) => Some([event.status.clone(), event.message_sid.clone()].into()),
        Event::Call(event) => Some(
            [
                event.from.clone(),
                event.to.clone(),
                event.status.clone(),
                event.call_sid.clone(),
            ]
            .into(),
        ),
        _ => None,
    }
}

#[test]
fn t134_no_bound_can_be_moved_so_that_the_facts_change() {
    for fields in [message(), status(), call()] {
        let genuine = facts(&read(&fields)).unwrap();
        let shifts = shifts(&fields);
        assert!(shifts.len() > 100);
        let mut typed = 0;
        for shifted in shifts {
            if let Some(facts) = facts(&read(&shifted)) {
                typed += 1;
                assert_eq!(facts, genuine, "{shifted:?}");
            }
        }
        assert!(typed <= 10, "{typed} shifted forms are still typed");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_form_is_read_without_a_panic_and_kept(text in "[A-Za-z0-9=&%+ ]{0,80}") {
        let event = Event::from_parts("said", text.clone());
        if let Event::Other(other) = event {
            prop_assert_eq!(&other.body()[..], text.as_bytes());
        }
    }

    #[test]
    fn any_text_may_stand_in_a_body(text in "\\PC{0,40}") {
        let mut fields = message();
        fields.iter_mut().find(|(name, _)| name == "Body").unwrap().1.clone_from(&text);
        let Event::Message(message) = Event::from_parts("", form(&fields)) else {
            panic!("no message")
        };
        prop_assert_eq!(message.body, text);
    }
}

#[tokio::test]
async fn a_struct_reads_its_own_form_of_its_own_sender() {
    async fn code<E: tower_webhook::Event>(scheme: Scheme, fields: &Pairs) -> u16 {
        let app: Router = Router::new().route("/", post(|_: Webhook<E>| async {}).layer(verify(scheme)));
        let request = Delivery::new(scheme, form(fields))
            .form()
            .sign(&secret())
            .unwrap();
        let response = app.oneshot(request.map(axum::body::Body::from)).await.unwrap();
        response.status().as_u16()
    }
    assert_eq!(code::<Event>(TWILIO, &message()).await, 200);
    assert_eq!(code::<Message>(TWILIO, &message()).await, 200);
    assert_eq!(code::<MessageStatus>(TWILIO, &status()).await, 200);
    assert_eq!(code::<Call>(TWILIO, &call()).await, 200);
    assert_eq!(code::<Message>(TWILIO, &status()).await, 400);
    assert_eq!(code::<Call>(TWILIO, &message()).await, 400);
    assert_eq!(code::<Call>(TWILIO, &pairs(&[("a", "b")])).await, 400);
    assert_eq!(code::<Message>(GITHUB, &message()).await, 400);
}
