//! Every log line and every metric of the crate, by name.
//!
//! With the feature `tracing` they are `tracing` events under the target `tower_webhook`; with the feature `metrics` they
//! are counters. None holds a secret, a signature, a computed MAC or a piece of a body. Without either feature the
//! functions here do nothing.
//!
//! docs/metrics.md lists them for whoever builds an alert.
#![cfg_attr(
    not(feature = "tracing"),
    allow(unused_variables, reason = "the log alone tells all of it")
)]

use std::error::Error;

#[cfg(any(feature = "tracing", feature = "metrics"))]
use crate::rejection::Reason;
use crate::rejection::Rejection;

/// A delivery passed; which secret matched tells when the old one of a rotation can go.
pub(crate) fn verified(provider: &'static str, secret: usize, tenant: Option<&str>, id: Option<&str>) {
    #[cfg(feature = "tracing")]
    tracing::debug!(target: TARGET, provider, secret, tenant, id, "verified");
    #[cfg(feature = "metrics")]
    metrics::counter!("webhook_verified_total", "provider" => provider, "secret" => index(secret))
        .increment(1);
}

/// A delivery was opened into its events.
pub(crate) fn split(provider: &'static str, events: usize) {
    #[cfg(feature = "tracing")]
    tracing::debug!(target: TARGET, provider, events, "split");
    #[cfg(feature = "metrics")]
    metrics::counter!("webhook_split_events_total", "provider" => provider).increment(events as u64);
}

/// A delivery was refused.
pub(crate) fn rejected(provider: &'static str, rejection: &Rejection, cause: Option<&(dyn Error + 'static)>) {
    let (reason, status) = (rejection.reason().code(), rejection.status().as_u16());
    #[cfg(feature = "tracing")]
    match rejection.reason() {
        Reason::LayerMissing
        | Reason::SecretsUnavailable
        | Reason::StoreUnavailable
        | Reason::ClockSuspect => {
            tracing::error!(target: TARGET, provider, reason, status, cause, "rejected");
        }
        _ => tracing::warn!(target: TARGET, provider, reason, status, cause, "rejected"),
    }
    #[cfg(feature = "metrics")]
    {
        metrics::counter!("webhook_rejected_total", "provider" => provider, "reason" => reason).increment(1);
        if rejection.reason() == Reason::ClockSuspect {
            metrics::counter!("webhook_clock_suspect_total").increment(1);
        }
    }
}

/// A duplicate of a completed event was answered.
pub(crate) fn duplicate(provider: &'static str, key: &dyn std::fmt::Display) {
    #[cfg(feature = "tracing")]
    tracing::info!(target: TARGET, provider, %key, "duplicate");
    #[cfg(feature = "metrics")]
    metrics::counter!("webhook_duplicates_total", "provider" => provider).increment(1);
}

/// A handler has run and its claim was settled.
pub(crate) fn handled(
    provider: &'static str,
    key: &dyn std::fmt::Display,
    outcome: &'static str,
    attempt: u32,
) {
    #[cfg(feature = "tracing")]
    tracing::debug!(target: TARGET, provider, %key, outcome, attempt, "handled");
    #[cfg(feature = "metrics")]
    metrics::counter!("webhook_handled_total", "provider" => provider, "outcome" => outcome).increment(1);
}

/// A handler returned an error. Without a claim nothing is known of its event.
pub(crate) fn handler_failed(
    provider: Option<&'static str>,
    key: Option<&dyn std::fmt::Display>,
    error: &(dyn Error + 'static),
) {
    #[cfg(feature = "tracing")]
    tracing::error!(target: TARGET, provider, key = key.map(tracing::field::display), error, "the handler failed; the event is released for the next try");
}

/// An event that no handler of a router takes.
pub(crate) fn ignored(provider: &'static str, kind: Option<&str>) {
    #[cfg(feature = "tracing")]
    tracing::info!(target: TARGET, provider, kind, "ignored");
    #[cfg(feature = "metrics")]
    metrics::counter!("webhook_ignored_total", "provider" => provider).increment(1);
}

/// A handler panicked.
pub(crate) fn panicked(provider: &'static str, key: &dyn std::fmt::Display) {
    #[cfg(feature = "tracing")]
    tracing::error!(target: TARGET, provider, %key, "the handler panicked; the event is released for the next try");
}

/// An event failed for good, or too often.
pub(crate) fn dead_letter(provider: &'static str, key: &dyn std::fmt::Display, attempt: u32) {
    #[cfg(feature = "tracing")]
    tracing::error!(target: TARGET, provider, %key, attempt, "dead letter");
    #[cfg(feature = "metrics")]
    metrics::counter!("webhook_dead_letters_total", "provider" => provider).increment(1);
}

/// A handler lost its claim while it ran.
pub(crate) fn lease_lost(provider: &'static str, key: &dyn std::fmt::Display) {
    #[cfg(feature = "tracing")]
    tracing::error!(target: TARGET, provider, %key, "the lease was lost while the handler ran; another attempt may run");
    #[cfg(feature = "metrics")]
    metrics::counter!("webhook_leases_lost_total", "provider" => provider).increment(1);
}

/// A verb on a held claim failed in the store.
pub(crate) fn settle_failed(
    provider: &'static str,
    verb: &'static str,
    error: Option<&(dyn Error + 'static)>,
) {
    #[cfg(feature = "tracing")]
    tracing::error!(target: TARGET, provider, verb, error, "the claim could not be settled");
    #[cfg(feature = "metrics")]
    metrics::counter!("webhook_settle_failures_total", "provider" => provider).increment(1);
}

/// Said once, at start-up, of something that works but that an operator should know.
pub(crate) fn advise(provider: &'static str, advice: &str) {
    #[cfg(feature = "tracing")]
    tracing::warn!(target: TARGET, provider, "{advice}");
}

/// Said once, at start-up, of a property that is as it should be.
pub(crate) fn inform(provider: &'static str, fact: &str) {
    #[cfg(feature = "tracing")]
    tracing::info!(target: TARGET, provider, "{fact}");
}

/// A label that costs nothing: an endpoint has few secrets.
#[cfg(feature = "metrics")]
fn index(secret: usize) -> &'static str {
    ["0", "1", "2", "3", "4", "5", "6", "7"]
        .get(secret)
        .copied()
        .unwrap_or("more")
}

#[cfg(feature = "tracing")]
const TARGET: &str = "tower_webhook";
