//! A request body made of frames: pieces of data, trailers, a failure, and a length that may be a lie.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use arbitrary::{Arbitrary, Unstructured};
use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};

/// The frames that are still to come.
#[derive(Debug, Default)]
pub struct Frames {
    frames: VecDeque<Next>,
    /// The length that the body claims to have, if it claims one.
    pub declared: Option<u64>,
}

#[derive(Debug)]
enum Next {
    Data(Bytes),
    Trailers,
    Failure,
}

impl Frames {
    /// A body in these pieces that says nothing of its length.
    pub fn new(pieces: impl IntoIterator<Item = Bytes>) -> Self {
        let frames = pieces.into_iter().map(Next::Data).collect();
        Self {
            frames,
            declared: None,
        }
    }

    /// All the data there is, if the connection does not break before its end, and no more of it was declared.
    pub fn whole(&self) -> Option<Vec<u8>> {
        let mut whole = Vec::new();
        for next in &self.frames {
            match next {
                Next::Data(piece) => whole.extend_from_slice(piece),
                Next::Trailers => {}
                Next::Failure => return None,
            }
        }
        let is_all = self
            .declared
            .is_none_or(|declared| declared <= whole.len() as u64);
        is_all.then_some(whole)
    }

    /// How many bytes there are before the end or the failure.
    pub fn len(&self) -> usize {
        let lengths = self.frames.iter().map(|next| match next {
            Next::Data(piece) => piece.len(),
            Next::Trailers | Next::Failure => 0,
        });
        lengths.sum()
    }

    /// Whether there is no byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl From<Bytes> for Frames {
    fn from(whole: Bytes) -> Self {
        Self::new([whole])
    }
}

/// The text in pieces that end where these lengths say; what is left over is the last.
pub fn split(whole: &[u8], lengths: &[u8]) -> Frames {
    let mut rest = whole;
    let mut pieces = Vec::new();
    for length in lengths {
        let (piece, others) = rest.split_at(usize::from(*length).min(rest.len()));
        pieces.push(Bytes::copy_from_slice(piece));
        rest = others;
    }
    pieces.push(Bytes::copy_from_slice(rest));
    Frames::new(pieces)
}

impl<'a> Arbitrary<'a> for Frames {
    fn arbitrary(input: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let declared = Option::<u64>::arbitrary(input)?;
        let mut frames = VecDeque::new();
        for _ in 0..input.int_in_range(0..=24)? {
            frames.push_back(match input.int_in_range(0..=15)? {
                0 => Next::Failure,
                1 => Next::Trailers,
                _ => Next::Data(Bytes::copy_from_slice(<&[u8]>::arbitrary(input)?)),
            });
        }
        Ok(Self { frames, declared })
    }
}

impl Body for Frames {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        Poll::Ready(self.frames.pop_front().map(|next| match next {
            Next::Data(piece) => Ok(Frame::data(piece)),
            Next::Trailers => Ok(Frame::trailers(HeaderMap::new())),
            Next::Failure => Err("the connection broke"),
        }))
    }

    fn size_hint(&self) -> SizeHint {
        self.declared.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
