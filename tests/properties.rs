//! What holds for every delivery: the signer's are let through, each change is refused, and a key says what the identity says.
#![cfg(feature = "test-util")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "vectors/endpoint.rs"]
mod endpoint;
#[path = "vectors/said.rs"]
mod said;

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use tower_webhook::Identity;
use tower_webhook::provider::{GITHUB, STRIPE, Scheme, header};

use endpoint::{Pieces, post};
use said::{ACME, NEW, NOW, OLD, Said, said, send, tenant_key};

/// The body in pieces that end at these places.
fn cut(body: &Bytes, places: &[Index]) -> Pieces {
    let mut ends: Vec<_> = places.iter().map(|place| place.index(body.len() + 1)).collect();
    ends.push(body.len());
    ends.sort_unstable();
    let starts = std::iter::once(0).chain(ends.clone());
    Pieces::new(starts.zip(ends).map(|(start, end)| body.slice(start..end)))
}

/// Longer than the words that are cut, so that a sender's name is left.
const WORD: &str = "tower-webhook";

fn settings() -> ProptestConfig {
    ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn t118_a_signed_delivery_reaches_the_handler_to_the_byte(said in said(), places in vec(any::<Index>(), 0..12)) {
        let request = said.sign().map(|body| cut(&body, &places));
        let outcome = send(&said.verify(), request);
        prop_assert_eq!(outcome.status, StatusCode::OK, "{:?}", outcome.reason);
        let reached = outcome.reached.unwrap();
        prop_assert_eq!(&reached.body, &said.body());
        prop_assert_eq!(reached.proof.body(), &reached.body);
        prop_assert_eq!(reached.proof.id().map(|id| id.value().to_string()), Some(said.id.clone()));
        let time = reached.proof.timestamp().map(|time| (*time.value(), time.is_signed()));
        let sent = SystemTime::UNIX_EPOCH + Duration::from_secs(said.time);
        prop_assert_eq!(time, (said.scheme.name() != "github").then_some((sent, true)));
        prop_assert_eq!(reached.proof.secret_index(), usize::from(said.secret == OLD));
    }

    #[test]
    fn one_changed_bit_of_the_body_is_refused(said in said(), place in any::<Index>(), bit in 0..8_u32) {
        let request = said.sign().map(|body| {
            let mut body = body.to_vec();
            let at = place.index(body.len());
            body[at] ^= 1_u8 << bit;
            Pieces::from(Bytes::from(body))
        });
        let outcome = send(&said.verify(), request);
        prop_assert!(outcome.is_refused(), "{outcome:?}");
        prop_assert_eq!(outcome.reason, Some("bad_signature"));
    }

    #[test]
    fn one_changed_bit_of_what_is_signed_in_the_head_is_refused(
        said in said(), which in any::<Index>(), place in any::<Index>(), bit in 0..8_u32,
    ) {
        let mut request = said.request();
        let unsigned = ["content-type", "x-github-delivery", "x-github-event", "x-acme-id"];
        let signed = request.headers().iter().filter(|(name, _)| !unsigned.contains(&name.as_str()));
        let signed: Vec<_> = signed.map(|(name, value)| (name.clone(), value.as_bytes().to_vec())).collect();
        let (name, mut value) = signed[which.index(signed.len())].clone();
        let at = place.index(value.len());
        value[at] ^= 1_u8 << bit;
        let value = HeaderValue::from_bytes(&value);
        prop_assume!(value.is_ok(), "HTTP can't carry it");
        request.headers_mut().insert(&name, value.unwrap());
        let outcome = send(&said.verify(), request);
        prop_assert!(outcome.is_refused(), "{name}: {outcome:?}");
    }

    #[test]
    fn t060_a_time_outside_the_tolerance_is_refused(said in said(), beyond in 1..1_000_000_u64, future in any::<bool>()) {
        prop_assume!(said.scheme.name() != "github", "GitHub signs no time");
        let time = if future { NOW + 300 + beyond } else { NOW - 300 - beyond };
        let late = Said { time, ..said };
        let outcome = send(&late.verify(), late.request());
        prop_assert!(outcome.is_refused(), "{outcome:?}");
        prop_assert_eq!(outcome.reason, Some(if future { "future_timestamp" } else { "stale_timestamp" }));
    }

    #[test]
    fn t087_the_key_stays_when_a_retry_changes_what_it_may(
        said in said(), time in NOW - 300..=NOW + 300, secret in select(vec![OLD, NEW]), pending in any::<u8>(),
    ) {
        let again = Said { time, secret, pending, ..said.clone() };
        prop_assert_eq!(said.key(), again.key());
    }

    #[test]
    fn a_signed_id_alone_is_the_key_an_unsigned_one_is_bound_to_the_content(said in said(), other in said()) {
        let content = Said { text: other.text, bytes: other.bytes, ..said.clone() };
        prop_assume!(content.body() != said.body());
        let signed = matches!(said.scheme.name(), "stripe" | "slack" | "standard_webhooks");
        prop_assert_eq!(said.key() == content.key(), signed);
        let renamed = Said { id: format!("{}x", said.id), ..said.clone() };
        prop_assert_ne!(said.key(), renamed.key());
    }

    #[test]
    fn t076_the_content_alone_is_the_key_where_that_is_chosen(said in said()) {
        let by_content = |said: &Said| said.key_with(|dedup| dedup.identity(Identity::SignedContent));
        let renamed = Said { id: format!("{}x", said.id), ..said.clone() };
        let in_the_body = matches!(said.scheme.name(), "stripe" | "slack");
        prop_assert_eq!(by_content(&said) != by_content(&renamed), in_the_body);
        prop_assert_ne!(by_content(&said), said.key());
    }

    #[test]
    fn t082_another_origin_is_another_key(said in said(), scope in "[a-z]{1,8}") {
        let key = said.key();
        prop_assert_ne!(key, said.key_with(|dedup| dedup.scope(scope)));
        let account = Said { account: format!("{}x", said.account), ..said.clone() };
        let has_accounts = matches!(said.scheme.name(), "stripe" | "slack");
        prop_assert_eq!(key != account.key(), has_accounts);
        let elsewhere = if said.scheme.name() == "acme" { GITHUB } else { ACME };
        prop_assert_ne!(key, Said { scheme: elsewhere, ..said.clone() }.key());
        let tenants = ["a", "b"].map(|name| tenant_key(&said, name));
        prop_assert!(tenants[0] != tenants[1] && !tenants.contains(&key));
    }

    #[test]
    fn t083_no_two_lists_of_parts_have_one_key(word in "[a-z]{3,9}", first in any::<Index>(), second in any::<Index>(), said in said()) {
        let (first, second) = (1 + first.index(word.len() - 1), 1 + second.index(word.len() - 1));
        prop_assume!(first != second);
        let account = |at: usize| Said { account: word[..at].into(), id: word[at..].into(), scheme: STRIPE, ..said.clone() };
        prop_assert_ne!(account(first).key(), account(second).key());
        // Scope and sender stand side by side: together they spell the same word, however it is cut.
        let scoped = |at: usize| {
            let scheme = Scheme::hmac_sha256(&WORD[at..]).signature(header("x-word-signature").hex());
            Said { scheme, ..said.clone() }.key_with(|dedup| dedup.scope(&WORD[..at]))
        };
        prop_assert_ne!(scoped(first), scoped(second));
    }

    #[test]
    fn whatever_nobody_signed_is_refused_without_a_panic(
        said in said(),
        names in vec((any::<Index>(), "[a-z-]{1,20}", any::<bool>()), 0..6),
        values in vec(vec(any::<u8>(), 0..80), 6),
        body in vec(any::<u8>(), 0..300),
    ) {
        prop_assume!(body != said.body());
        let genuine = said.sign();
        let known: Vec<_> = genuine.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let more = names.iter().zip(&values).map(|((which, name, forged), value)| match forged {
            true => (known[which.index(known.len())].0, value.as_slice()),
            false => (name.as_str(), value.as_slice()),
        });
        let more = more.filter(|(_, value)| HeaderValue::from_bytes(value).is_ok());
        let request = post(known.iter().copied().chain(more), Pieces::from(Bytes::from(body))).unwrap();
        let outcome = send(&said.verify(), request);
        prop_assert!(outcome.reached.is_none() && outcome.body.is_empty());
        let media_type = outcome.status == StatusCode::UNSUPPORTED_MEDIA_TYPE;
        prop_assert!(outcome.is_refused() || media_type, "{outcome:?}");
    }
}
