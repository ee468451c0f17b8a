//! Reading the body: once, under a limit, with one copy of it in memory.

use std::future::poll_fn;
use std::pin::Pin;

use bytes::{Buf, Bytes, BytesMut};
use http_body::Body;
use tokio::task::coop::consume_budget;

use crate::error::BoxError;
use crate::provider::Refusal;
use crate::rejection::Reason;

/// The whole body. Each piece is shown to `update` as it arrives.
///
/// A body that comes in one piece is kept as that piece. One that comes in several is joined when it has ended, in a buffer of
/// just its size: twice that is the most it ever takes, and what a length declares costs nothing.
pub(super) async fn collect<B>(
    body: &mut B,
    limit: usize,
    mut update: impl FnMut(&[u8]),
) -> Result<Bytes, Refusal>
where
    B: Body<Error: Into<BoxError>> + Unpin,
{
    let mut whole = Pieces::default();
    loop {
        // A body of endless tiny pieces must not keep the deadline from being looked at. Asked before there is a frame, or the
        // future would keep room for one.
        consume_budget().await;
        let Some(frame) = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await else {
            break;
        };
        let frame = frame.map_err(|error| Refusal::new(Reason::BodyBroken).because(error))?;
        let Ok(mut data) = frame.into_data() else {
            continue;
        };
        if data.remaining() > limit - whole.len {
            return Err(Reason::BodyTooLarge.into());
        }
        let piece = data.copy_to_bytes(data.remaining());
        update(&piece);
        whole.push(piece);
    }
    Ok(whole.join())
}

/// What has arrived: large pieces as they came, small ones joined to large ones, so that what surrounds each counts little.
#[derive(Default)]
struct Pieces {
    /// Apart, so that a body in one piece takes nothing more.
    first: Bytes,
    large: Vec<Bytes>,
    small: Vec<u8>,
    len: usize,
}

impl Pieces {
    fn push(&mut self, piece: Bytes) {
        if self.len == 0 {
            self.first = piece;
            self.len = self.first.len();
            return;
        }
        self.len += piece.len();
        if self.first.len() < LARGE {
            // It may be a few bytes of the server's buffer, all of which it would keep.
            let first = std::mem::take(&mut self.first);
            self.copy(&first);
        }
        if piece.len() < LARGE {
            self.copy(&piece);
        } else {
            self.close();
            self.large.push(piece);
        }
    }

    /// Fills up blocks that are never larger than `LARGE`: one that doubled past it would be half empty.
    fn copy(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            let (now, later) = piece.split_at(piece.len().min(LARGE - self.small.len()));
            let needed = self.small.len() + now.len();
            if needed > self.small.capacity() {
                let capacity = (2 * self.small.capacity()).clamp(needed, LARGE);
                self.small.reserve_exact(capacity - self.small.len());
            }
            self.small.extend_from_slice(now);
            piece = later;
            if self.small.len() == LARGE {
                self.close();
            }
        }
    }

    /// Makes the small pieces a large one.
    fn close(&mut self) {
        if !self.small.is_empty() {
            let block = std::mem::take(&mut self.small).into_boxed_slice();
            self.large.push(block.into());
        }
    }

    fn join(mut self) -> Bytes {
        self.close();
        if self.large.is_empty() {
            return self.first;
        }
        if let ([], [whole]) = (&*self.first, &*self.large) {
            return whole.clone();
        }
        let mut whole = BytesMut::with_capacity(self.len);
        whole.extend_from_slice(&self.first);
        // Each piece goes as soon as it has been copied.
        self.large
            .drain(..)
            .for_each(|piece| whole.extend_from_slice(&piece));
        whole.freeze()
    }
}

/// Large beside what a piece drags along, small beside a body whose size matters.
const LARGE: usize = 16_384;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pieces_fill_blocks_and_large_ones_stay_what_they_are() {
        let mut pieces = Pieces::default();
        let mut text = Vec::new();
        for (count, byte) in (1_usize..).zip((0..=250).cycle()) {
            text.extend_from_slice(&[byte; 7]);
            pieces.push(Bytes::copy_from_slice(&[byte; 7]));
            if !pieces.large.is_empty() {
                break;
            }
            let (first, room) = match count {
                1 => (7, 0),
                _ => (0, LARGE.min(7 * count.next_power_of_two())),
            };
            assert_eq!((pieces.first.len(), pieces.small.capacity()), (first, room));
        }
        assert_eq!(
            (pieces.large[0].len(), pieces.small.len()),
            (LARGE, text.len() - LARGE)
        );
        let large = Bytes::from(vec![7; LARGE + 1]);
        pieces.push(large.clone());
        assert_eq!(pieces.large[2].as_ptr(), large.as_ptr());
        assert_eq!(pieces.join(), [text, large.into()].concat());
    }
}
