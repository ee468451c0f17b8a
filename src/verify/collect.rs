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
/// A body that comes in one piece is kept as that piece. One that comes in several is joined in a buffer that doubles
/// with what has really arrived, so that a declared length costs nothing and tiny pieces cost what they hold.
pub(super) async fn collect<B>(body: B, limit: usize, mut update: impl FnMut(&[u8])) -> Result<Bytes, Refusal>
where
    B: Body<Error: Into<BoxError>> + Unpin,
{
    let mut body = body;
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut whole = Joined::Nothing;
    let broken = |error: B::Error| Refusal::new(Reason::BodyBroken).because(error);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context).map_err(broken)).await {
        // A body of endless tiny pieces must not keep the deadline from being looked at.
        consume_budget().await;
        let Ok(mut data) = frame?.into_data() else {
            continue;
        };
        if data.remaining() > limit - whole.len() {
            return Err(Reason::BodyTooLarge.into());
        }
        let piece = data.copy_to_bytes(data.remaining());
        update(&piece);
        whole.push(piece, declared.min(limit));
    }
    Ok(whole.into_bytes())
}

enum Joined {
    Nothing,
    One(Bytes),
    Many(BytesMut),
}

impl Joined {
    fn len(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::One(piece) => piece.len(),
            Self::Many(buffer) => buffer.len(),
        }
    }

    fn push(&mut self, piece: Bytes, expected: usize) {
        if piece.is_empty() {
            return;
        }
        *self = match std::mem::replace(self, Self::Nothing) {
            Self::Nothing => Self::One(piece),
            Self::One(first) => {
                let mut buffer = BytesMut::with_capacity(room(first.len() + piece.len(), expected));
                buffer.extend_from_slice(&first);
                buffer.extend_from_slice(&piece);
                Self::Many(buffer)
            }
            Self::Many(mut buffer) => {
                let needed = buffer.len() + piece.len();
                if needed > buffer.capacity() {
                    buffer.reserve(room(needed, expected) - buffer.len());
                }
                buffer.extend_from_slice(&piece);
                Self::Many(buffer)
            }
        };
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Nothing => Bytes::new(),
            Self::One(piece) => piece,
            Self::Many(buffer) => buffer.freeze(),
        }
    }
}

/// The next size of a buffer that must hold `needed`: twice that, or what is expected if that is nearer.
fn room(needed: usize, expected: usize) -> usize {
    let doubled = needed.saturating_mul(2).max(SMALL);
    if (needed..=doubled).contains(&expected) {
        expected
    } else {
        doubled
    }
}

/// The first buffer: a usual event fits.
const SMALL: usize = 4096;
