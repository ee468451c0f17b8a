//! A body for plain hyper: what comes in from the wire, or bytes in its place.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::error::BoxError;

/// Any body of bytes, of a request on its way in and of an answer on its way out.
///
/// The layers read the incoming body and put the verified bytes in its place, so they ask for a body that can be made of
/// bytes; hyper's `Incoming` can't. Axum's own body can, so with axum nobody needs this one.
///
/// ```
/// use http::Request;
/// use hyper::body::Incoming;
/// use tower::ServiceBuilder;
/// use tower_webhook::Body;
///
/// let stack = ServiceBuilder::new().map_request(|request: Request<Incoming>| request.map(Body::new));
/// ```
pub struct Body(Kind);

enum Kind {
    Bytes(Bytes),
    Streamed(Pin<Box<dyn HttpBody<Data = Bytes, Error = BoxError> + Send>>),
}

impl Body {
    /// A body that goes on as it comes.
    pub fn new<B>(body: B) -> Self
    where
        B: HttpBody<Data: Buf, Error: Into<BoxError>> + Send + 'static,
    {
        Self(Kind::Streamed(Box::pin(Plain(Box::pin(body)))))
    }

    /// A body without a byte.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }
}

impl Default for Body {
    fn default() -> Self {
        Self(Kind::Bytes(Bytes::new()))
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self(Kind::Bytes(bytes.into()))
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Bytes(bytes) if bytes.is_empty() => Poll::Ready(None),
            Kind::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Kind::Streamed(body) => body.as_mut().poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Bytes(bytes) => bytes.is_empty(),
            Kind::Streamed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Streamed(body) => body.size_hint(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(..)")
    }
}

/// A body with its data as bytes and its error boxed.
struct Plain<B>(Pin<Box<B>>);

impl<B: HttpBody<Data: Buf, Error: Into<BoxError>>> HttpBody for Plain<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let bytes = |frame: Frame<B::Data>| frame.map_data(|mut data| data.copy_to_bytes(data.remaining()));
        self.0
            .as_mut()
            .poll_frame(context)
            .map_ok(bytes)
            .map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn next(body: &mut Body) -> Option<Bytes> {
        let mut context = Context::from_waker(Waker::noop());
        match Pin::new(body).poll_frame(&mut context) {
            Poll::Ready(frame) => frame.map(|frame| frame.expect("no error").into_data().expect("data")),
            Poll::Pending => panic!("it has arrived"),
        }
    }

    #[test]
    fn it_says_what_it_holds_and_gives_it_once() {
        let streamed = || Body::new(Body::from("whole"));
        for (mut body, length) in [
            (Body::from("whole"), 5),
            (streamed(), 5),
            (Body::empty(), 0),
            (Body::new(Body::empty()), 0),
        ] {
            assert_eq!(body.size_hint().exact(), Some(length));
            assert_eq!(body.is_end_stream(), length == 0);
            if length > 0 {
                assert_eq!(next(&mut body).expect("a frame"), "whole");
            }
            assert!(body.is_end_stream());
            assert_eq!(body.size_hint().exact(), Some(0));
            assert_eq!(next(&mut body), None);
        }
    }
}
