//! Signing a captured request anew, as it stands.

use std::time::SystemTime;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request};

use super::{Delivery, unusable};
use crate::error::ConfigError;
use crate::provider::Scheme;
use crate::provider::place::{At, Part};
use crate::signature::header::single;

impl Delivery {
    /// The delivery that a captured request is, to be signed anew. Head, body and the time in them stay as they are, to the letter;
    /// of what is signed only the public URL is still to be said.
    ///
    /// ```
    /// use tower_webhook::provider::STRIPE;
    /// use tower_webhook::{Secret, testing::Delivery};
    ///
    /// let (old, new) = (Secret::new("the secret of January")?, Secret::new("the secret of July")?);
    /// let captured = Delivery::new(STRIPE, "{}").sign(&old)?;
    /// let again = Delivery::captured(STRIPE, &captured);
    /// assert_eq!(again.sign(&old)?.headers(), captured.headers());
    /// assert_ne!(again.sign(&new)?.headers(), captured.headers());
    /// # Ok::<(), tower_webhook::ConfigError>(())
    /// ```
    pub fn captured(scheme: Scheme, request: &Request<Bytes>) -> Self {
        let (head, body) = request.clone().into_parts();
        let mut delivery = Self::new(scheme.for_headers(&head.headers), body);
        if let Some(time) = stated_time(&scheme, request) {
            delivery.time = time;
        }
        delivery.captured = Some(Box::new(head));
        delivery
    }

    pub(super) fn method(&self) -> &Method {
        self.captured
            .as_deref()
            .map_or(&Method::POST, |head| &head.method)
    }

    /// What stands at this place of the captured head.
    pub(super) fn captured_text(&self, at: At) -> Option<String> {
        let head = self.captured.as_deref()?;
        let text = self.scheme.text_in_head(&head.headers, at).ok()??;
        Some(text.to_owned())
    }

    pub(super) fn unsigned_again(&self, head: &Parts) -> Result<Request<Bytes>, ConfigError> {
        let signed = self.scheme.content.iter().filter_map(|part| match part {
            Part::Header(name) => Some(*name),
            _ => None,
        });
        for name in signed {
            single(&head.headers, name)
                .map_err(|_| unusable(&format!("without `{name}`, which is signed, the request")))?;
        }
        Ok(Request::from_parts(head.clone(), self.body.clone()))
    }
}

/// The time that a captured request states by its sender's description, wherever that has it and however the sender writes it.
/// Nobody has vouched for it: `None` where there is none, or none that can be read.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use tower_webhook::provider::senders::LINEAR;
/// use tower_webhook::testing::stated_time;
///
/// let request = http::Request::new(r#"{"webhookTimestamp":1700000000000}"#.into());
/// let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
/// assert_eq!(stated_time(&LINEAR, &request), Some(time));
/// ```
#[must_use]
pub fn stated_time(scheme: &Scheme, request: &Request<Bytes>) -> Option<SystemTime> {
    scheme.for_headers(request.headers()).stated_time(request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{STRIPE, header};
    use crate::secret::Secret;

    const ACME: Scheme = Scheme::hmac_sha256("acme")
        .signature(header("x-signature").hex())
        .content(&[Part::Method, Part::Header("x-topic"), Part::Body]);

    fn again(scheme: Scheme, request: &Request<Bytes>) -> Result<Request<Bytes>, ConfigError> {
        Delivery::captured(scheme, request).sign(&Secret::new("a secret of acme's own").unwrap())
    }

    #[test]
    fn method_headers_and_body_stay_and_are_signed() {
        let posted = Request::post("/")
            .header("x-topic", "paid")
            .body("{}".into())
            .unwrap();
        let mut put = posted.clone();
        *put.method_mut() = Method::PUT;
        let (posted, put) = (again(ACME, &posted).unwrap(), again(ACME, &put).unwrap());
        assert_eq!((put.method(), put.body()), (&Method::PUT, &Bytes::from("{}")));
        assert_eq!(put.headers()["x-topic"], "paid");
        assert_ne!(put.headers()["x-signature"], posted.headers()["x-signature"]);
        let bare = Request::post("/").body(Bytes::new()).unwrap();
        assert!(again(ACME, &bare).is_err(), "a header that is signed is missing");
    }

    #[test]
    fn the_time_stays_to_the_letter() {
        let request = Request::post("/").header("stripe-signature", "t=soon,v1=00");
        let signed = again(STRIPE, &request.body(Bytes::new()).unwrap()).unwrap();
        let signature = signed.headers()["stripe-signature"].to_str().unwrap();
        assert!(signature.starts_with("t=soon,"), "{signature}");
    }
}
