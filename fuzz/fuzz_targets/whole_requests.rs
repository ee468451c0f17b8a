//! Any request at all: method, target, headers, frames. Nobody has signed it, so nothing of it comes in.
#![no_main]

use arbitrary::Arbitrary;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Version};
use libfuzzer_sys::{Corpus, fuzz_target};

use tower_webhook::RefusalClass;
use tower_webhook::testing::{Delivery, ManualClock};
use tower_webhook_fuzz::{Endpoint, Frames, NOW, Sender, secrets};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    sender: u8,
    method: Option<&'a str>,
    target: Option<&'a str>,
    version: u8,
    /// Headers of a genuine delivery with this body, to be sent with another.
    borrowed: Option<&'a [u8]>,
    headers: Vec<(Name<'a>, &'a [u8])>,
    frames: Frames,
}

#[derive(Debug, Arbitrary)]
enum Name<'a> {
    Signature,
    Other(u8),
    ContentType,
    ContentEncoding,
    ContentLength,
    Any(&'a [u8]),
}

fuzz_target!(|input: Input<'_>| -> Corpus { run(input).map_or(Corpus::Reject, |()| Corpus::Keep) });

fn run(input: Input<'_>) -> Option<()> {
    let sender = Sender::pick(input.sender);
    let is_post = input.method.is_none_or(|method| method == "POST");
    let whole = input.frames.whole();
    if input.borrowed.is_some() && input.borrowed == whole.as_deref() {
        // Its own headers: that would be a genuine delivery.
        return None;
    }
    let request = write(input, sender)?;
    let endpoint = Endpoint::new(sender.scheme);
    let answer = endpoint.deliver(request);
    endpoint.assert_untouched();
    assert!(answer.body.is_empty(), "{answer:?}");
    let class = answer.reason.expect("a reason").class();
    assert_eq!(answer.status, class.status(), "{answer:?}");
    match class {
        RefusalClass::Method => assert!(!is_post, "{answer:?}"),
        RefusalClass::Unreadable => assert_eq!(
            whole, None,
            "only a broken body is unreadable before it is proven"
        ),
        RefusalClass::Unauthenticated | RefusalClass::Unsupported | RefusalClass::TooLarge => {
            assert!(is_post)
        }
        other => panic!("{other:?} is no answer to a forged delivery"),
    }
    Some(())
}

/// The request; `None` when it is none that HTTP can carry.
fn write(input: Input<'_>, sender: Sender) -> Option<Request<Frames>> {
    let mut request = Request::new(input.frames);
    if let Some(body) = input.borrowed {
        let delivery = Delivery::new(sender.scheme, Bytes::copy_from_slice(body));
        let genuine = delivery
            .at(ManualClock::at_unix(NOW).time())
            .sign(&secrets())
            .ok()?;
        *request.headers_mut() = genuine.headers().clone();
    }
    *request.method_mut() = input
        .method
        .map_or(Some(Method::POST), |method| method.parse().ok())?;
    *request.uri_mut() = input.target.unwrap_or("/").parse().ok()?;
    *request.version_mut() = match input.version % 4 {
        0 => Version::HTTP_10,
        1 => Version::HTTP_2,
        _ => Version::HTTP_11,
    };
    for (name, value) in input.headers.into_iter().take(64) {
        let name = match name {
            Name::Signature => HeaderName::from_static(sender.header),
            Name::Other(number) => {
                let at = usize::from(number).checked_rem(sender.others.len())?;
                HeaderName::from_static(sender.others[at])
            }
            Name::ContentType => http::header::CONTENT_TYPE,
            Name::ContentEncoding => http::header::CONTENT_ENCODING,
            Name::ContentLength => http::header::CONTENT_LENGTH,
            Name::Any(name) => HeaderName::from_bytes(name).ok()?,
        };
        request
            .headers_mut()
            .append(name, HeaderValue::from_bytes(value).ok()?);
    }
    Some(request)
}
