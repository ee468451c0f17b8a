//! Any text in a signature's header: only the signer's own passes, or one that holds it as its form allows.
#![no_main]

use arbitrary::Arbitrary;
use bytes::Bytes;
use http::HeaderValue;
use libfuzzer_sys::{Corpus, fuzz_target};

use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook_fuzz::{Endpoint, Form, Frames, NOW, Sender, secrets};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    sender: u8,
    body: &'a [u8],
    lines: Vec<Vec<Piece<'a>>>,
}

/// What a header's line is put together from.
#[derive(Debug, Arbitrary)]
enum Piece<'a> {
    /// The line that the signer wrote.
    Signed,
    /// The right signature alone.
    Right,
    /// The right signature with one bit of one byte changed.
    Wrong(u8, u8),
    /// The right signature in capitals.
    Capitals,
    Prefix,
    Version,
    OtherVersion,
    Time,
    Comma,
    Blank,
    Equals,
    /// Many candidates at once.
    Repeat(u8),
    Text(&'a [u8]),
}

fuzz_target!(|input: Input<'_>| -> Corpus { run(&input) });

fn run(input: &Input<'_>) -> Corpus {
    let sender = Sender::pick(input.sender);
    let clock = ManualClock::at_unix(NOW);
    let body = [b"{\"id\":\"1\",\"data\":{\"id\":\"2\"}}".as_slice(), input.body].concat();
    let delivery = Delivery::new(sender.scheme, Bytes::from(body)).at(clock.time());
    let signed = delivery.sign(&secrets()).expect("nothing here is unusable");
    let line = signed.headers()[sender.header]
        .to_str()
        .expect("ASCII")
        .to_owned();
    let lines: Option<Vec<_>> = input
        .lines
        .iter()
        .map(|pieces| HeaderValue::from_bytes(&write(pieces, &line, sender.form)).ok())
        .collect();
    let Some(lines) = lines else { return Corpus::Reject };

    let mut request = signed.map(Frames::from);
    request.headers_mut().remove(sender.header);
    for value in &lines {
        request.headers_mut().append(sender.header, value.clone());
    }
    let endpoint = Endpoint::new(sender.scheme);
    let answer = endpoint.deliver(request);
    match lines.as_slice() {
        [value] if value == line.as_str() => assert!(!answer.is_unproven(), "the signer's own was refused"),
        [value] if may_pass(value.as_bytes(), &line, sender.form) => {}
        _ => {
            assert!(answer.is_unproven(), "{lines:?} got {answer:?}");
            endpoint.assert_untouched();
        }
    }
    Corpus::Keep
}

fn write(pieces: &[Piece<'_>], line: &str, form: Form) -> Vec<u8> {
    let right = signature(line, form);
    let mut text = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Signed => text.extend_from_slice(line.as_bytes()),
            Piece::Right => text.extend_from_slice(right.as_bytes()),
            Piece::Wrong(at, bit) => {
                let start = text.len();
                text.extend_from_slice(right.as_bytes());
                text[start + usize::from(*at) % right.len()] ^= 1 << (bit % 8);
            }
            Piece::Capitals => text.extend_from_slice(right.to_uppercase().as_bytes()),
            Piece::Prefix => text.extend_from_slice(&line.as_bytes()[..line.len() - right.len()]),
            Piece::Version => text.extend_from_slice(if form == Form::Pairs { b"v1=" } else { b"v1," }),
            Piece::OtherVersion => text.extend_from_slice(if form == Form::Pairs { b"v0=" } else { b"v1a," }),
            Piece::Time => text.extend_from_slice(format!("t={NOW}").as_bytes()),
            Piece::Comma => text.push(b','),
            Piece::Blank => text.push(b' '),
            Piece::Equals => text.push(b'='),
            Piece::Repeat(times) => {
                let item = text.clone();
                text.extend(item.repeat(usize::from(*times % 20)));
            }
            Piece::Text(bytes) => text.extend_from_slice(bytes),
        }
        text.truncate(8192);
    }
    text
}

/// The signature in the line that the signer wrote.
fn signature(line: &str, form: Form) -> &str {
    match form {
        Form::Whole(prefix) => &line[prefix.len()..],
        Form::Pairs => line.split_once("v1=").expect("a signature").1,
        Form::List => line.split_once("v1,").expect("a signature").1,
    }
}

/// Whether the form allows a line other than the signer's that holds the right signature: pairs in another order, a second
/// signature beside it. A form that has no such room allows none.
fn may_pass(value: &[u8], line: &str, form: Form) -> bool {
    let Ok(text) = std::str::from_utf8(value) else {
        return false;
    };
    let right = signature(line, form);
    match form {
        Form::Whole(_) => false,
        Form::Pairs => {
            let time = line.split_once(',').expect("two pairs").0;
            let times: Vec<_> = text.split(',').filter(|pair| pair.starts_with("t=")).collect();
            times == [time]
                && text
                    .split(',')
                    .any(|pair| pair.strip_prefix("v1=") == Some(right))
        }
        Form::List => text
            .split(' ')
            .any(|item| item.strip_prefix("v1,") == Some(right)),
    }
}
