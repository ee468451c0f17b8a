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
    small: BytesMut,
    len: usize,
}

impl Pieces {
    fn push(&mut self, piece: Bytes) {
        self.len += piece.len();
        if self.first.is_empty() {
            self.first = piece;
        } else if piece.len() < LARGE {
            self.small.extend_from_slice(&piece);
            if self.small.len() >= LARGE {
                self.close();
            }
        } else {
            self.close();
            self.large.push(piece);
        }
    }

    /// Makes the small pieces a large one.
    fn close(&mut self) {
        if !self.small.is_empty() {
            self.large.push(std::mem::take(&mut self.small).freeze());
        }
    }

    fn join(mut self) -> Bytes {
        self.close();
        if self.large.is_empty() {
            return self.first;
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
const LARGE: usize = 16 * 1024;
