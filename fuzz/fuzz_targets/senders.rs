//! A captured delivery of any sender whose secret is shared, changed in any way and signed by nobody: it reaches neither handler nor store.
//!
//! The seeds are made of the descriptions: `cargo run --manifest-path fuzz/Cargo.toml --example seeds`. They are signed with a
//! secret that the endpoint does not have.
#![no_main]

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request};
use libfuzzer_sys::{Corpus, fuzz_target};

use tower_webhook::RefusalClass;
use tower_webhook::provider::senders;
use tower_webhook_fuzz::{Frames, endpoint};

fuzz_target!(|input: &[u8]| -> Corpus { run(input).map_or(Corpus::Reject, |()| Corpus::Keep) });

fn run(input: &[u8]) -> Option<()> {
    let (name, captured) = split_at(input, b"\n")?;
    let scheme = senders::by_name(str::from_utf8(name).ok()?)?;
    let endpoint = endpoint(scheme)?;
    let answer = endpoint.deliver(parse(captured)?);
    endpoint.assert_untouched();
    match answer.reason.map(tower_webhook::Reason::class) {
        Some(RefusalClass::Internal | RefusalClass::Conflict) => panic!("{name:?}: {answer:?}"),
        Some(class) => assert_eq!(answer.status, class.status(), "{answer:?}"),
        // What has no reason is an answered handshake, which no handler saw.
        None => assert!(answer.status.is_success(), "{answer:?}"),
    }
    Some(())
}

/// A request as it stands in a file: a line with method and target, headers, an empty line, the body.
fn parse(captured: &[u8]) -> Option<Request<Frames>> {
    let (head, body) = split_at(captured, b"\n\n")?;
    let mut lines = head.split(|byte| *byte == b'\n');
    let (method, target) = split_at(lines.next()?, b" ")?;
    let mut request = Request::new(Frames::new([Bytes::copy_from_slice(body)]));
    *request.method_mut() = Method::from_bytes(method).ok()?;
    *request.uri_mut() = str::from_utf8(target).ok()?.parse().ok()?;
    for line in lines {
        let (name, value) = split_at(line, b": ")?;
        let (name, value) = (
            HeaderName::from_bytes(name).ok()?,
            HeaderValue::from_bytes(value).ok()?,
        );
        request.headers_mut().try_append(name, value).ok()?;
    }
    Some(request)
}

fn split_at<'a>(text: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = text
        .windows(separator.len())
        .position(|window| window == separator)?;
    Some((&text[..at], &text[at + separator.len()..]))
}
