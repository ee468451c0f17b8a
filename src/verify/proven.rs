//! The request as the inner service gets it: with its proof, and with the bytes that were verified.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, TRAILER, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request};

use crate::verified::Verified;

/// Puts head, body and proof together again. What the head said of how the body was sent is true no more.
pub(super) fn with_proof<B: From<Bytes>>(mut head: Parts, verified: Verified) -> Request<B> {
    head.headers.remove(TRANSFER_ENCODING);
    head.headers.remove(TRAILER);
    state_length(&mut head.headers, verified.body().len());
    let body = B::from(verified.body().clone());
    verified.put_into(&mut head.extensions);
    Request::from_parts(head, body)
}

/// Says how long the body is, where the sender has not said it or has said it wrongly.
fn state_length(headers: &mut HeaderMap, length: usize) {
    let right = |value: &HeaderValue| {
        let text = value.to_str().unwrap_or_default();
        !text.starts_with(['+', '0']) && text.parse() == Ok(length)
    };
    let mut stated = headers.get_all(CONTENT_LENGTH).iter();
    if !stated.next().is_some_and(right) || stated.next().is_some() {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_stated_once_and_as_it_is() {
        for said in [
            &[] as &[&str],
            &["12"],
            &["7"],
            &["+12"],
            &["012"],
            &["twelve"],
            &["12", "12"],
        ] {
            let mut headers = HeaderMap::new();
            for length in said {
                headers.append(CONTENT_LENGTH, HeaderValue::from_static(length));
            }
            state_length(&mut headers, 12);
            let stated: Vec<_> = headers.get_all(CONTENT_LENGTH).iter().collect();
            assert_eq!(stated, ["12"], "{said:?}");
        }
    }
}
