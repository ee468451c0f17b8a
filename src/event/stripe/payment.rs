//! Payments: what a customer owes in one go, and each attempt to collect it.

use serde::Deserialize;

use super::field::{Expandable, Metadata, metadata};
use super::snapshot::Object;
use crate::event::read::or_default;

/// A payment from the first attempt to the last.
///
/// Its `client_secret` is left out on purpose: whoever has it can complete the payment.
///
/// Source: <https://docs.stripe.com/api/payment_intents/object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PaymentIntent {
    /// Its id: `pi_…`.
    pub id: String,
    /// What is to be collected, in the currency's smallest unit.
    pub amount: i64,
    /// What a capture could still collect.
    #[serde(default, deserialize_with = "or_default")]
    pub amount_capturable: i64,
    /// What has been collected.
    #[serde(default, deserialize_with = "or_default")]
    pub amount_received: i64,
    /// The three-letter currency code, in lower case.
    pub currency: String,
    /// Where it stands: `requires_payment_method`, `requires_action`, `processing`, `succeeded`, `canceled` and others.
    pub status: String,
    /// When it was made, in seconds since 1970.
    pub created: u64,
    /// Who pays.
    pub customer: Option<Expandable>,
    /// What is paid with.
    pub payment_method: Option<Expandable>,
    /// The latest attempt.
    pub latest_charge: Option<Expandable>,
    /// The invoice it pays, in API versions before 2025-03-31.
    pub invoice: Option<Expandable>,
    /// The connected account the payment is for.
    pub on_behalf_of: Option<Expandable>,
    /// Your words about it.
    pub description: Option<String>,
    /// Where the receipt goes.
    pub receipt_email: Option<String>,
    /// When it was canceled, in seconds since 1970.
    pub canceled_at: Option<u64>,
    /// Why it was canceled.
    pub cancellation_reason: Option<String>,
    /// Why the last attempt failed.
    pub last_payment_error: Option<PaymentError>,
    /// What you attached to it.
    #[serde(default, deserialize_with = "metadata")]
    pub metadata: Metadata,
}

impl Object for PaymentIntent {
    const OBJECT: &'static str = "payment_intent";
    const KINDS: &'static [&'static str] = &["payment_intent.*"];
}

/// Why an attempt to pay failed.
///
/// Source: <https://docs.stripe.com/api/payment_intents/object#payment_intent_object-last_payment_error>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PaymentError {
    /// The kind of error: `card_error`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What went wrong, as a code: `card_declined`.
    pub code: Option<String>,
    /// Why the card's bank refused, where it said so: `insufficient_funds`.
    pub decline_code: Option<String>,
    /// What went wrong, in words that may be shown to the customer for a card error.
    pub message: Option<String>,
    /// The attempt that failed.
    pub charge: Option<Expandable>,
}

/// One attempt to move money.
///
/// Source: <https://docs.stripe.com/api/charges/object>.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Charge {
    /// Its id: `ch_…` or `py_…`.
    pub id: String,
    /// What was to be collected, in the currency's smallest unit.
    pub amount: i64,
    /// What was collected.
    #[serde(default, deserialize_with = "or_default")]
    pub amount_captured: i64,
    /// What was given back.
    #[serde(default, deserialize_with = "or_default")]
    pub amount_refunded: i64,
    /// The three-letter currency code, in lower case.
    pub currency: String,
    /// Where it stands: `succeeded`, `pending` or `failed`.
    pub status: String,
    /// Whether it succeeded or was authorized.
    pub paid: bool,
    /// Whether the money was collected and not merely authorized.
    #[serde(default, deserialize_with = "or_default")]
    pub captured: bool,
    /// Whether all of it was given back; for a part, see [`amount_refunded`](Self::amount_refunded).
    #[serde(default, deserialize_with = "or_default")]
    pub refunded: bool,
    /// Whether the customer disputes it.
    #[serde(default, deserialize_with = "or_default")]
    pub disputed: bool,
    /// When it was made, in seconds since 1970.
    pub created: u64,
    /// Who pays.
    pub customer: Option<Expandable>,
    /// The payment that this is an attempt at.
    pub payment_intent: Option<Expandable>,
    /// What is paid with.
    pub payment_method: Option<Expandable>,
    /// The invoice it pays, in API versions before 2025-03-31.
    pub invoice: Option<Expandable>,
    /// What it did to your balance.
    pub balance_transaction: Option<Expandable>,
    /// Why it failed, as a code.
    pub failure_code: Option<String>,
    /// Why it failed, in words.
    pub failure_message: Option<String>,
    /// Your words about it.
    pub description: Option<String>,
    /// Where the receipt goes.
    pub receipt_email: Option<String>,
    /// What you attached to it.
    #[serde(default, deserialize_with = "metadata")]
    pub metadata: Metadata,
}

impl Object for Charge {
    const OBJECT: &'static str = "charge";
    // One by one: `charge.dispute.*` carries a dispute and `charge.refund.updated` a refund.
    const KINDS: &'static [&'static str] = &[
        "charge.captured",
        "charge.expired",
        "charge.failed",
        "charge.pending",
        "charge.refunded",
        "charge.succeeded",
        "charge.updated",
    ];
}
