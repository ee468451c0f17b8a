//! The rule of Adyen's standard notifications: an HMAC-SHA-256 in each item, over eight of its fields.

use std::borrow::Cow;
#[cfg(feature = "test-util")]
use std::time::SystemTime;

use bytes::Bytes;
#[cfg(feature = "test-util")]
use http::Request;
use http::request::Parts;
use serde::Deserialize;
use serde_json::value::RawValue;
use subtle::Choice;

#[cfg(feature = "test-util")]
use super::signing;
use super::{Judge, Own, Rule, Verdict, first, is_signed};
use crate::error::BoxError;
use crate::provider::Refusal;
use crate::provider::description::Scheme;
use crate::provider::json;
use crate::provider::keys::Keys;
use crate::provider::method::{KeyForm, Method};
use crate::provider::senders::ADYEN;
use crate::rejection::Reason;
use crate::secret::SecretSource;
use crate::signature::encoding::{Decoded, Encoding};
use crate::signature::hmac::Algorithm;

/// Adyen's standard notifications: see [`ADYEN`] for what is signed. The secret is the webhook's HMAC key, in hexadecimal as
/// Adyen shows it.
///
/// ```
/// use tower_webhook::provider::senders::Adyen;
/// use tower_webhook::{Secret, VerifyLayer};
///
/// let key = Secret::new("0123456789ABCDEF".repeat(4))?;
/// let layer = VerifyLayer::new(Adyen::new(key))?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
pub type Adyen = Own<AdyenRule>;

/// How Adyen signs its standard notifications.
#[derive(Debug, Default)]
pub struct AdyenRule(());

impl Adyen {
    /// Adyen with a webhook's HMAC key, several, or a source that looks them up.
    pub fn new(secrets: impl SecretSource) -> Self {
        Self::with(ADYEN, secrets, AdyenRule::default())
    }
}

impl Rule for AdyenRule {
    fn keys(&self) -> (Method, KeyForm) {
        (Method::Hmac(Algorithm::Sha256), KeyForm::Hex)
    }

    fn read(&self, _: &Scheme, _: &Parts) -> Result<Judge, Refusal> {
        Ok(Box::new(judge))
    }

    #[cfg(feature = "test-util")]
    fn sign(&self, keys: &Keys, _: SystemTime, request: &mut Request<Bytes>) -> Result<(), BoxError> {
        let mut document: serde_json::Value = serde_json::from_slice(request.body())?;
        let items = document["notificationItems"].as_array_mut().ok_or("no items")?;
        for item in items
            .iter_mut()
            .map(|wrapped| &mut wrapped["NotificationRequestItem"])
        {
            let written = item.to_string();
            let text = serde_json::from_str::<Item<'_>>(&written)?.text()?;
            item["additionalData"]["hmacSignature"] = signing::last(keys, &[&text], Encoding::Base64).into();
        }
        *request.body_mut() = document.to_string().into();
        Ok(())
    }
}

/// Each item must be signed, and all by one key. No signature binds the items to each other, so that whoever has captured some can
/// put them together as they like: the order makes no other event, and none may stand there twice.
fn judge(keys: &Keys, body: &Bytes) -> Result<Verdict, Refusal> {
    let items = signed_items(body)?;
    let matched = keys.macs().iter().map(|key| {
        let each = items
            .iter()
            .map(|(text, signature)| is_signed(key, &[text], &[*signature]));
        each.fold(Choice::from(1), |all, one| all & one)
    });
    let mut texts: Vec<&[u8]> = items.iter().map(|(text, _)| text.as_slice()).collect();
    texts.sort_unstable();
    let matched = first(matched);
    if matched.is_some() && texts.windows(2).any(|pair| pair[0] == pair[1]) {
        let cause = BoxError::from("an item of the notification stands twice");
        return Err(Refusal::new(Reason::MalformedHeader).because(cause));
    }
    Ok(Verdict {
        matched,
        signed: Some(texts.join(&b'\n')),
    })
}

/// What is signed of each item, with its signature. There is at least one.
fn signed_items(body: &[u8]) -> Result<Vec<(Vec<u8>, Decoded)>, Refusal> {
    let malformed = |cause: BoxError| Refusal::new(Reason::MalformedHeader).because(cause);
    let notification: Notification<'_> = json::from_slice(body).map_err(|error| malformed(error.into()))?;
    if !(1..=MAX_ITEMS).contains(&notification.items.len()) {
        return Err(malformed("a notification has from 1 to 100 items".into()));
    }
    let each = notification.items.iter().map(|wrapped| {
        let item = &wrapped.item;
        let signature = item
            .additional
            .as_ref()
            .and_then(|data| data.signature.as_deref());
        let signature = signature
            .filter(|text| !text.is_empty())
            .ok_or(Reason::MissingHeader)?;
        let decoded = Encoding::Base64.decode(signature.as_bytes(), Algorithm::Sha256.len());
        Ok((
            item.text().map_err(malformed)?,
            decoded.ok_or(Reason::MalformedHeader)?,
        ))
    });
    each.collect()
}

#[derive(Deserialize)]
struct Notification<'a> {
    #[serde(rename = "notificationItems", borrow)]
    items: Vec<Wrapped<'a>>,
}

#[derive(Deserialize)]
struct Wrapped<'a> {
    #[serde(rename = "NotificationRequestItem", borrow)]
    item: Item<'a>,
}

/// The signed fields. A field that matters and stands twice makes the item unreadable.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    #[serde(borrow, default)]
    psp_reference: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    original_reference: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    merchant_account_code: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    merchant_reference: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    amount: Option<Amount<'a>>,
    #[serde(borrow, default)]
    event_code: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    success: Option<&'a RawValue>,
    #[serde(rename = "additionalData", borrow, default)]
    additional: Option<Additional<'a>>,
}

#[derive(Deserialize)]
struct Amount<'a> {
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
    #[serde(borrow, default)]
    currency: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Additional<'a> {
    #[serde(rename = "hmacSignature", borrow, default)]
    signature: Option<Cow<'a, str>>,
}

impl Item<'_> {
    /// The fields with a colon between two of them, nothing for one that is missing. Adyen escapes no colon within a value, so
    /// none may stand there but in the merchant's own reference: else the same text could be split in another way.
    fn text(&self) -> Result<Vec<u8>, BoxError> {
        let amount = self.amount.as_ref();
        let value = amount.and_then(|amount| amount.value).map(RawValue::get);
        let success = self.success.map(RawValue::get);
        let fields = [
            self.psp_reference.as_deref(),
            self.original_reference.as_deref(),
            self.merchant_account_code.as_deref(),
            self.merchant_reference.as_deref(),
            value.map(plain),
            amount.and_then(|amount| amount.currency.as_deref()),
            self.event_code.as_deref(),
            success.map(plain),
        ];
        let fields = fields.map(Option::unwrap_or_default);
        let others = fields
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != MERCHANT_REFERENCE);
        if others.map(|(_, field)| field).any(|field| field.contains(':')) {
            return Err("a colon stands in a field other than the merchant's reference".into());
        }
        Ok(fields.join(":").into_bytes())
    }
}

/// A number, `true` or `false` as it stands, or within quotes; an escape in it stays one, and makes no signature match.
fn plain(raw: &str) -> &str {
    let quoted = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    quoted.unwrap_or(raw)
}

/// Among the fields of an item's text.
const MERCHANT_REFERENCE: usize = 3;
/// Adyen sends one, and up to six where many come together.
const MAX_ITEMS: usize = 100;
