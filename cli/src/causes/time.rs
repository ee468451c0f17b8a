//! Clocks that differ: by how much, and whether all else is right.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Request;
use tower_webhook::testing::stated_time;

use crate::judge::Terms;

/// Says how far the time is off, and judges the delivery as if it had come in time.
pub(super) async fn skew(terms: &Terms, request: &Request<Bytes>, reason: &str) -> Option<String> {
    let (then, off) = match stated_time(&terms.scheme, request) {
        Some(stated) => (stated, said_by(terms.now, stated)),
        None => edge(terms, request, reason).await?,
    };
    let then = Terms {
        now: then,
        ..terms.clone()
    };
    let advice = match then.judge(request.clone()).await.verdict {
        "accept" | "handshake" => {
            "the signature is right: a clock is wrong, or the delivery was held back or sent again"
        }
        _ => "with a right time it would be refused too",
    };
    Some(format!("clock skew: {off}: {advice}"))
}

fn said_by(now: SystemTime, stated: SystemTime) -> String {
    let (off, side) = match now.duration_since(stated) {
        Ok(age) => (age, "older"),
        Err(ahead) => (ahead.duration(), "newer"),
    };
    format!("the delivery is {} s {side} than the clock", off.as_secs())
}

/// The nearest time at which a delivery counts whose time only its provider can read: a token's, a certificate's. Found by asking at
/// other times.
async fn edge(terms: &Terms, request: &Request<Bytes>, reason: &str) -> Option<(SystemTime, String)> {
    let is_late = reason == "stale_timestamp";
    let at = |off: u64| {
        let off = Duration::from_secs(off);
        match is_late {
            true => terms.now.checked_sub(off),
            false => terms.now.checked_add(off),
        }
    };
    let (mut refused, mut passed) = (0, 1_u64);
    while refuses(terms, request, at(passed)?, reason).await {
        (refused, passed) = (passed, passed.checked_mul(2).filter(|off| *off < FARTHEST)?);
    }
    while passed - refused > 1 {
        let middle = refused + (passed - refused) / 2;
        match refuses(terms, request, at(middle)?, reason).await {
            true => refused = middle,
            false => passed = middle,
        }
    }
    let said = match is_late {
        true => format!("the delivery counted until {passed} s ago"),
        false => format!("the delivery counts in {passed} s only"),
    };
    Some((at(passed)?, said))
}

async fn refuses(terms: &Terms, request: &Request<Bytes>, now: SystemTime, reason: &str) -> bool {
    let terms = Terms { now, ..terms.clone() };
    terms.judge(request.clone()).await.reason == reason
}

/// Seconds: some 68 years.
const FARTHEST: u64 = 1 << 31;
