//! The body of a request that was refused by its head: read away, so that the connection can be kept.
//!
//! HTTP/1.1 has no way to stop a sender in the middle of a request. A server that answers and leaves the body unread has to close the
//! connection; what is on its way then meets a closed socket, and many a sender reports that instead of the answer.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::time::Duration;

use bytes::Buf;
use http::Version;
use http::header::EXPECT;
use http::request::Parts;
use http_body::Body;
use tokio::task::coop::consume_budget;

use crate::deadline::within;

/// Reads the body to its end, unless that would take too much or too long, or nobody waits for it: in HTTP/2 a stream ends alone, and
/// who expects to be told to go on has not begun to send.
pub(super) async fn drain<B: Body + Unpin>(head: &Parts, body: &mut B) {
    let is_sent = head.version <= Version::HTTP_11 && !head.headers.contains_key(EXPECT);
    if is_sent && body.size_hint().lower() <= MOST {
        let _: Option<()> = within(DEADLINE, pin!(read(body))).await;
    }
}

async fn read<B: Body + Unpin>(body: &mut B) {
    let mut left = MOST;
    loop {
        consume_budget().await;
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await;
        let Some(Ok(frame)) = frame else { return };
        let length = frame.data_ref().map_or(0, Buf::remaining) as u64;
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

/// More than that costs more than a new connection.
const MOST: u64 = 256 * 1024;
/// What is on its way arrives within it; a sender that takes longer shall not hold the answer up.
const DEADLINE: Duration = Duration::from_secs(1);
